import type { Connect } from '../../core/poll/stream.ts'
import { wholeNumber } from './answer.ts'
import { cursorAt, fetchNumbered, type NumberedPage, type Place, placeAt, workspaceList } from './numbered-pages.ts'

const what = 'Slack integration logs'

/**
 * The integration logs of a workspace, which Slack sorts in an order that it does not state: if the newest entries come
 * last, the pages behind the first are read from the last one to the second.
 * https://docs.slack.dev/reference/methods/team.integrationLogs
 */
export const connect: Connect = (connection) => {
  const { list, check } = workspaceList(connection, { path: '/api/team.integrationLogs', member: 'logs', what })
  return {
    async fetchPage({ cursor }) {
      const page = await fetchNumbered(list, placeAt(cursor))
      const { events, failures } = page
      const next = page.place.isDownward ? previousPlace(page) : nextPlace(page)
      if (!next) return { events, failures }
      // Behind the first page only a list without numbers of pages is still read from old to new.
      const leadsToNewer = next.isDownward ? page.place.page === 1 : page.pages === undefined && ascends(page)
      return { events, failures, next: cursorAt(next), ...(leadsToNewer && { leadsToNewer }) }
    },
    check,
  }
}

function nextPlace(page: NumberedPage): Place | undefined {
  const { place, pages, hasMore } = page
  if (!hasMore) return undefined
  if (pages !== undefined && place.page === 1 && ascends(page)) return { ...place, isDownward: true, page: pages }
  return { ...place, page: place.page + 1 }
}

/** The first page was read at the beginning. */
function previousPlace({ place, pages = place.page }: NumberedPage): Place | undefined {
  const page = Math.min(place.page - 1, pages)
  return page < 2 ? undefined : { ...place, page }
}

/** Whether the last of its entries that have times is newer than the first: one out of order must not hide all new ones. */
function ascends({ events }: NumberedPage): boolean {
  const times = events.flatMap(({ date }) => wholeNumber(date) ?? [])
  const [first = 0] = times
  return (times.at(-1) ?? first) > first
}
