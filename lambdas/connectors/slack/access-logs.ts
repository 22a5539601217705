import { TransientError } from '../../core/errors.ts'
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

const what = 'Slack access logs'

/**
 * The access logs of a workspace: one row for each user, address and client, which Slack rewrites with each access.
 *
 * The first hundred pages are asked for without a time: a row that is used again leaves every range that ends in the
 * past, and would shift unread rows to pages that were read. The pages behind are reached by `before`, which steps on
 * with each page for the same reason.
 *
 * https://docs.slack.dev/reference/methods/team.accessLogs
 */
export const connect: Connect = (connection) => {
  const { list, check } = workspaceList(connection, { path: '/api/team.accessLogs', member: 'logins', what })
  return {
    async fetchPage({ cursor }) {
      const page = await fetchNumbered(list, placeAt(cursor))
      const next = nextPlace(page)
      const { events, failures } = page
      return { events, failures, ...(next && { next: cursorAt(next) }) }
    },
    ...(connection.options.updates === 'none' && {
      appearedAt({ date_first: first }) {
        const seconds = wholeNumber(first)
        return seconds === undefined ? undefined : seconds * 1000
      },
    }),
    check,
  }
}

function nextPlace(page: NumberedPage): Place | undefined {
  const { place, rows } = page
  const { before } = place
  const following = { ...place, page: place.page + 1 }
  if (before === undefined && place.page < lastNumber) return page.hasMore ? following : undefined
  if (before === undefined) return hidesMore(page) ? { page: 1, before: lowest(page) } : undefined
  expectWithin(page, before)
  if (!page.hasMore) return undefined
  const low = rows > 0 ? lowest(page) : before
  if (low < before) return { page: 1, before: low }
  if (place.page < lastNumber) return following
  throw new TransientError(
    `${what}: the ${lastNumber} pages that Slack shows are full of entries of one second ` +
      `(${new Date(before * 1000).toISOString()}), so those before it cannot be reached`,
  )
}

/** @throws {TransientError} when the page holds later rows, so that a step would lead nowhere */
function expectWithin({ events, place }: NumberedPage, before: number): void {
  const [first] = events
  const time = first && (wholeNumber(first.date_first) ?? wholeNumber(first.date_last))
  if (time === undefined || time <= before) return
  throw new TransientError(
    `${what}: page ${place.page} of the entries up to ${new Date(before * 1000).toISOString()} begins with a later one`,
  )
}

/**
 * The lowest value on the page of the member by which its rows are sorted, in seconds since 1970. Slack does not say
 * which it is; where a page fits both, the later times are the safe choice.
 * @throws {TransientError} when they are sorted by neither
 */
function lowest({ events, place: { before = Number.POSITIVE_INFINITY } }: NumberedPage): number {
  for (const member of ['date_last', 'date_first']) {
    const times = events.flatMap((event) => wholeNumber(event[member]) ?? [])
    const falls = times.every((time, index) => time <= Math.min(before, times[index - 1] ?? before))
    const last = times.at(-1)
    if (falls && last !== undefined) return last
  }
  throw new TransientError(
    `${what}: the entries behind page ${lastNumber} cannot be reached, because the page before them is sorted neither ` +
      'by date_last nor by date_first, or has no times',
  )
}
