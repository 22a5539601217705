import { CursorError, TransientError } from '../../core/errors.ts'
import { isText } from '../../core/json/forms.ts'
import { isObject, type JsonObject } from '../../core/json/json.ts'
import type { Connect, Page, StreamConnector } from '../../core/poll/stream.ts'
import { listIn, wholeNumber } from './answer.ts'
import { checkWorkspaceToken } from './check.ts'
import { type SlackClient, slackClient } from './client.ts'

/** The lists of Slack's Web API that are read by number of page. */

/** A place in such a list, which a cursor names. */
export interface Place {
  /** Number of the page, from 1. */
  readonly page: number
  /** Whether the pages before this one are read next, not those behind it. */
  readonly isDownward?: true
  /** Leaves out the rows after this time and counts pages without them, in seconds since 1970. */
  readonly before?: number
}

const form = /^(?:before:(\d{1,11})(?::page:(\d{1,7}))?|(page|down):(\d{1,7}))$/

/** @throws {CursorError} when no version of this connector made the cursor */
export function placeAt(cursor: string | undefined): Place {
  if (cursor === undefined) return { page: 1 }
  const [whole, before, within = '1', way, page = within] = form.exec(cursor) ?? []
  if (whole === undefined || Number(page) === 0) throw new CursorError('the cursor names no page')
  return {
    page: Number(page),
    ...(way === 'down' && { isDownward: true }),
    ...(before !== undefined && { before: Number(before) }),
  }
}

/** Such as `page:7`, `down:7`, `before:1768474700` and `before:1768474700:page:2`. */
export function cursorAt({ page, isDownward, before }: Place): string {
  const number = `${isDownward ? 'down' : 'page'}:${page}`
  if (before === undefined) return number
  return page === 1 ? `before:${before}` : `before:${before}:${number}`
}

/** A page as Slack answers it. */
export interface NumberedPage extends Pick<Page, 'events' | 'failures'> {
  readonly place: Place
  /** Rows on it, readable or not. */
  readonly rows: number
  /** Rows that a page can hold. */
  readonly size: number
  /** Number of pages, if Slack tells. */
  readonly pages?: number
  /** Number of rows on all pages, if Slack tells. */
  readonly total?: number
  /** Whether another page lies behind it. Without numbers of Slack, only an empty page is the last. */
  readonly hasMore: boolean
}

/** Slack shows no page beyond this one. */
export const lastNumber = 100

/**
 * Whether the last page that Slack shows has others behind it. The number of pages may count those alone that it shows.
 */
export function hidesMore({ place, rows, size, pages, total, hasMore }: NumberedPage): boolean {
  if (place.page < lastNumber) return false
  return hasMore || (pages === lastNumber && (total === undefined ? rows >= size : total > lastNumber * size))
}

export interface NumberedList {
  readonly client: SlackClient
  readonly path: string
  /** Member of the answer that holds the rows. */
  readonly member: string
  readonly what: string
  readonly teamId: string | undefined
  readonly pageSize: number
}

/** The scope that these lists need. */
const scope = 'admin'

/** A list of the workspace that the options of its source name, and the check of whose token it is read with. */
export function workspaceList(
  { options, pageSize, ...connection }: Parameters<Connect>[0],
  facts: Pick<NumberedList, 'path' | 'member' | 'what'>,
): { readonly list: NumberedList; readonly check: NonNullable<StreamConnector['check']> } {
  const client = slackClient(connection)
  const teamId = isText(options.teamId) ? options.teamId : undefined
  return {
    list: { ...facts, client, teamId, pageSize },
    check: () => checkWorkspaceToken(client, { what: facts.what, scope, teamId }),
  }
}

/**
 * Fetches the page at a place.
 * @throws {TransientError} when Slack shows another page
 */
export async function fetchNumbered(list: NumberedList, place: Place): Promise<NumberedPage> {
  const { what, teamId } = list
  const { page, before } = place
  const parameters = new URLSearchParams({
    count: String(list.pageSize),
    page: String(page),
    ...(before !== undefined && { before: String(before) }),
    ...(teamId !== undefined && { team_id: teamId }),
  })
  const asked = await list.client.get(list.path, parameters)
  const withCursor = page > 1 || before !== undefined
  const purpose = { what, scope, withCursor, ...(teamId !== undefined && { teamId }) }
  const { events, failures, envelope } = listIn(asked, list.member, purpose)
  const rows = events.length + failures.length
  const { page: shown, count = list.pageSize, pages, total } = pagingIn(envelope, rows)
  if (shown !== undefined && shown !== page && page <= (pages ?? page)) {
    throw new TransientError(`${what}: Slack shows page ${shown} in place of page ${page}`)
  }
  return {
    events: events.map(({ event }) => event),
    failures,
    place,
    rows,
    size: count,
    ...(pages !== undefined && { pages }),
    ...(total !== undefined && { total }),
    hasMore: pages === undefined ? rows > 0 : page < pages,
  }
}

/** The member `paging`, which is optional, as are its own. */
function pagingIn({ paging }: JsonObject, rows: number) {
  const { count, total, page, pages } = paging !== undefined && isObject(paging) ? paging : {}
  const positive = (value: unknown) => wholeNumber(value) || undefined
  return {
    count: positive(count),
    total: wholeNumber(total),
    page: positive(page),
    // No page at all is right for an empty list alone.
    pages: rows === 0 ? wholeNumber(pages) : positive(pages),
  }
}
