import { CursorError, TransientError } from '../../core/errors.ts'
import { isObject, type JsonObject } from '../../core/json/json.ts'
import type { Page } from '../../core/poll/stream.ts'
import { listIn, wholeNumber } from './answer.ts'
import type { SlackClient } from './client.ts'

/** The lists of Slack's Web API that are read by number of page. */

/** A place in such a list, which a cursor names. */
export interface Place {
  /** Number of the page, from 1. */
  readonly page: number
  /** Whether the pages before this one are read next, not those behind it. */
  readonly isDownward?: boolean
  /** Counts the pages of the rows up to this time alone, in seconds since 1970. */
  readonly before?: number
  /** The rows on each page by which pages are counted, unless it is the stream's own number. */
  readonly size?: number
}

const form = /^(?:before:(\d{1,11})(?::page:(\d{1,7}))?|(page|down):(\d{1,7}))(?:\/(\d{1,5}))?$/

/** @throws {CursorError} when no version of this connector made the cursor */
export function placeAt(cursor: string | undefined): Place {
  if (cursor === undefined) return { page: 1 }
  const [whole, before, within = '1', way, page = within, size] = form.exec(cursor) ?? []
  if (whole === undefined || Number(page) === 0 || size === '0') throw new CursorError('the cursor is not one of ours')
  return {
    page: Number(page),
    ...(way === 'down' && { isDownward: true }),
    ...(before !== undefined && { before: Number(before) }),
    ...(size !== undefined && { size: Number(size) }),
  }
}

/** Such as `page:7`, `down:7`, `before:1768474700` and `before:1768474700:page:2`; `/500` at the end is a size. */
export function cursorAt({ page, isDownward, before, size }: Place): string {
  const number = `${isDownward ? 'down' : 'page'}:${page}`
  const within = before === undefined ? number : `before:${before}${page === 1 ? '' : `:${number}`}`
  return size === undefined ? within : `${within}/${size}`
}

/** A page as Slack answers it. */
export interface NumberedPage extends Pick<Page, 'events' | 'failures'> {
  /** Where it lies, counted as it was asked for. */
  readonly place: Place
  /** Rows on it, readable or not. */
  readonly rows: number
  /** Number of pages, if Slack tells. */
  readonly pages?: number
  /** Number of rows on all pages, if Slack tells. */
  readonly total?: number
  /** Rows that a page can hold. */
  readonly size: number
  /** Whether another page lies behind it. Without numbers of Slack, only an empty page is the last. */
  readonly hasMore: boolean
}

export interface NumberedList {
  readonly client: SlackClient
  readonly path: string
  /** Member of the answer that holds the rows. */
  readonly member: string
  readonly what: string
  readonly teamId: string | undefined
  /** Rows that a page holds unless fewer are asked for. */
  readonly pageSize: number
}

export const scope = 'admin'

/**
 * Fetches the page at a place.
 * @param size rows to ask for at most; pages of another size are counted so that no row is left out
 * @throws {TransientError} when Slack shows another page
 */
export async function fetchNumbered(list: NumberedList, from: Place, size: number): Promise<NumberedPage> {
  const place = inPagesOf(size, from, list.pageSize)
  const { page, before } = place
  const parameters = new URLSearchParams({
    count: String(place.size ?? list.pageSize),
    page: String(page),
    ...(before !== undefined && { before: String(before) }),
    ...(list.teamId !== undefined && { team_id: list.teamId }),
  })
  const { what, teamId, member } = list
  const withCursor = page > 1 || before !== undefined
  const asked = await list.client.get(list.path, parameters)
  const { events, failures, envelope } = listIn(asked, member, {
    what,
    scope,
    withCursor,
    ...(teamId !== undefined && { teamId }),
  })
  const rows = events.length + failures.length
  const paging = pagingIn(envelope, rows)
  const { pages } = paging
  if (paging.page !== undefined && paging.page !== page && (pages === undefined || page <= pages)) {
    throw new TransientError(`${what}: Slack shows page ${paging.page} in place of page ${page}`)
  }
  return {
    events: events.map(({ event }) => event),
    failures,
    place,
    rows,
    ...(pages !== undefined && { pages }),
    ...(paging.total !== undefined && { total: paging.total }),
    size: paging.count ?? place.size ?? list.pageSize,
    hasMore: pages === undefined ? rows > 0 : page < pages,
  }
}

/** The same place, or one that is read a little earlier, in pages of another size. */
function inPagesOf(size: number, { size: counted, ...place }: Place, pageSize: number): Place {
  const old = counted ?? pageSize
  const page = place.isDownward ? Math.ceil((place.page * old) / size) : Math.floor(((place.page - 1) * old) / size) + 1
  // A size stays stated once it has changed, because the pages that were read before were counted otherwise.
  return { ...place, page, ...((counted !== undefined || size !== pageSize) && { size }) }
}

/** The member `paging`, which is optional, as are its own. */
function pagingIn({ paging }: JsonObject, rows: number) {
  const { count, total, page, pages } = paging !== undefined && isObject(paging) ? paging : {}
  const positive = (value: unknown) => wholeNumber(value) || undefined
  return {
    count: positive(count),
    total: wholeNumber(total),
    page: positive(page),
    // None at all is right for an empty list alone.
    pages: rows === 0 ? wholeNumber(pages) : positive(pages),
  }
}
