import type { SimulatedRequest } from '../shared/provider-simulator.ts'
import type { Cursors, RowPlace, SimulatedFeed } from '../shared/simulated-feed.ts'
import { compareRows } from '../shared/simulated-feed.ts'
import type { SimulatedAnswer } from '../shared/simulator-faults.ts'

export const auditPath = '/audit/v1/logs'

const most = 9_999

export interface AuditLog {
  readonly feed: SimulatedFeed
  readonly cursors: Cursors<RowPlace>
  readonly largestPage: number
}

/**
 * A page of the audit log, newest first. Rows of one second are never split, so that a page can be larger than asked
 * for; some are smaller. A cursor stands for a place alone: without `oldest` it leads through all of the past.
 * https://docs.slack.dev/reference/audit-logs-api/methods-actions-reference
 */
export function auditPage(
  { url, now, fault }: SimulatedRequest,
  { feed, cursors, largestPage }: AuditLog,
): SimulatedAnswer {
  const { searchParams: query } = url
  const [oldest, latest] = [secondsIn(query, 'oldest') ?? 0, secondsIn(query, 'latest') ?? Math.floor(now / 1000)]
  const limit = Number(query.get('limit') ?? most)
  if (Number.isNaN(oldest) || Number.isNaN(latest) || oldest > latest) return auditRefusal(400, 'invalid_range')
  if (!Number.isInteger(limit) || limit < 1 || limit > most) return auditRefusal(400, 'invalid_arguments')
  const cursor = query.get('cursor')
  const after = cursor ? cursors.placeOf(cursor) : undefined
  if (cursor && after === undefined) return auditRefusal(400, 'invalid_cursor')
  const wanted = feed.shown(now).filter((row) => {
    const second = Math.floor(row.time / 1000)
    return second >= oldest && second <= latest && (after === undefined || compareRows(row, after) < 0)
  })
  wanted.reverse()
  const size = Math.min(limit, largestPage)
  // Every third page is a little smaller than asked for.
  let end = wanted.length % 3 === 0 ? Math.max(1, size - 1) : size
  if (fault?.kind === 'empty-page') end = 0
  else while (end < wanted.length && wanted[end]?.time === wanted[end - 1]?.time) end++
  const page = wanted.slice(0, end)
  const last = page.at(-1) ?? after ?? { time: Number.MAX_SAFE_INTEGER, id: '' }
  const next = end < wanted.length ? cursors.cursorOf({ time: last.time, id: last.id }) : ''
  return {
    status: 200,
    headers: {},
    body: { entries: page.map(({ event }) => event), response_metadata: { next_cursor: next } },
  }
}

export const auditRefusal = (status: number, error: string, more: object = {}): SimulatedAnswer => ({
  status,
  headers: {},
  body: { ok: false, error, ...more },
})

function secondsIn(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name)
  return text === null ? undefined : /^\d+$/.test(text) ? Number(text) : Number.NaN
}
