import { RecordError, TransientError } from '../../core/errors.ts'
import type { Failure } from '../../core/intake/failure.ts'
import type { Connect } from '../../core/poll/stream.ts'
import { wholeNumber } from './answer.ts'
import {
  cursorAt,
  fetchNumbered,
  hidesMore,
  lastNumber,
  type NumberedPage,
  type Place,
  placeAt,
  workspaceList,
} from './numbered-pages.ts'

const what = 'Slack integration logs'

/**
 * The integration logs of a workspace, which Slack sorts in an order that it does not state: if the newest entries come
 * last, the pages behind the first are read from the last one to the second. No parameter leads beyond the last page
 * that Slack shows, so entries of the window behind it are reported as missing.
 * https://docs.slack.dev/reference/methods/team.integrationLogs
 */
export const connect: Connect = (connection) => {
  const { list, check } = workspaceList(connection, { path: '/api/team.integrationLogs', member: 'logs', what })
  return {
    async fetchPage({ cursor, from }) {
      const page = await fetchNumbered(list, placeAt(cursor))
      const { events, failures } = page
      const next = page.place.isDownward ? previousPlace(page) : nextPlace(page)
      if (!next) return { events, failures: [...failures, ...missingBehind(page, from)] }
      // Behind the first page only a list without numbers of pages is still read from old to new.
      const leadsToNewer = next.isDownward ? page.place.page === 1 : page.pages === undefined && ascends(page)
      return { events, failures, next: cursorAt(next), ...(leadsToNewer && { leadsToNewer }) }
    },
    check,
  }
}

/** @throws {TransientError} when the newest entries stand behind the last page that Slack shows */
function nextPlace(page: NumberedPage): Place | undefined {
  const { place, pages, total = 0, size, hasMore } = page
  if (!hasMore || place.page === lastNumber) return undefined
  if (pages === undefined || place.page > 1 || !ascends(page)) return { ...place, page: place.page + 1 }
  if (pages <= lastNumber && total <= lastNumber * size) return { ...place, isDownward: true, page: pages }
  throw new TransientError(
    `${what}: Slack lists them from old to new and shows ${lastNumber} pages, so that the newest cannot be reached`,
  )
}

/** A failure for the entries from a time on, in milliseconds since 1970, that Slack has and shows on no page. */
function missingBehind(page: NumberedPage, from: number): Failure[] {
  if (page.place.isDownward || !hidesMore(page)) return []
  const oldest = Math.min(...timesOn(page))
  if (oldest * 1000 < from) return []
  const before = Number.isFinite(oldest) ? new Date(oldest * 1000).toISOString() : undefined
  return [
    {
      error: new RecordError(
        'incomplete',
        `Slack shows ${lastNumber} pages of integration logs, and no way to the entries before ${before ?? 'its last page'}`,
      ),
      bytes: Buffer.from(JSON.stringify({ list: 'team.integrationLogs', before })),
    },
  ]
}

/** The first page was read at the beginning. */
function previousPlace({ place, pages = place.page }: NumberedPage): Place | undefined {
  const page = Math.min(place.page - 1, pages)
  return page < 2 ? undefined : { ...place, page }
}

/**
 * Whether the last of its entries that have times is newer than the first: one out of order must not hide all new ones.
 */
function ascends(page: NumberedPage): boolean {
  const times = timesOn(page)
  const [first = 0] = times
  return (times.at(-1) ?? first) > first
}

const timesOn = ({ events }: NumberedPage): number[] => events.flatMap(({ date }) => wholeNumber(date) ?? [])
