import { CursorError, TransientError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import type { Page, PageRequest, PollStream } from './stream.ts'

/** A closed span of a feed and how far it has been read. Plain data: it is kept in a state between runs. */
export interface Walk {
  /** The window [from, to), in milliseconds since 1970; both are multiples of the stream's granularity. */
  readonly from: number
  readonly to: number
  /** Time of the last row read, where the feed goes on: rows of that time may be missing still. */
  readonly bound?: number
  /** Time of the newest row read. */
  readonly newest?: number
  /** A shortcut to the next page, and the window that it belongs to. */
  readonly cursor?: { readonly next: string; readonly from: number; readonly to: number }
  /** The feed has been read to the end of the window. */
  readonly done?: true
}

export type WalkedStream = Pick<PollStream, 'order' | 'granularityMs' | 'timeOf'>

export interface WalkPorts {
  fetchPage(request: PageRequest): Promise<Page>
  /** Makes what the page holds durable; only then keeps the walk. Called for every page, also one without events. */
  take(page: Page, walk: Walk): Promise<void>
  /** Asked before every page. */
  mayGoOn(): boolean
}

/**
 * Walks a window page by page, from wherever it was left, until its end or until it may not go on.
 * @returns the walk as it was last taken
 * @throws whatever the ports throw; the walk then is the one last taken
 */
export async function walkWindow(start: Walk, stream: WalkedStream, ports: WalkPorts): Promise<Walk> {
  let walk = start
  let lostAt: number | undefined
  while (!walk.done && ports.mayGoOn()) {
    try {
      const page = await ports.fetchPage(nextRequest(walk, stream))
      const next = advance(walk, stream, page)
      await ports.take(page, next)
      walk = next
    } catch (error) {
      if (!(error instanceof CursorError) || !walk.cursor) throw notACursor(error)
      // The same place twice: going on from it would never end, because one moment holds more than the cursors reach.
      const place = walk.bound ?? Number.NaN
      if (lostAt !== undefined && Object.is(lostAt, place)) {
        throw new TransientError('cursors fail before they lead beyond a single moment', { cause: error })
      }
      lostAt = place
      walk = withoutCursor(walk)
    }
  }
  return walk
}

const notACursor = (error: unknown): unknown =>
  error instanceof CursorError ? new TransientError('a cursor failed where none was used', { cause: error }) : error

function withoutCursor({ cursor: _failed, ...walk }: Walk): Walk {
  return walk
}

/** The last row's time is asked for again, because more rows may share it; what is known already is told by its id. */
function nextRequest({ from, to, bound, cursor }: Walk, { order, granularityMs }: WalkedStream): PageRequest {
  if (cursor) return { from: cursor.from, to: cursor.to, cursor: cursor.next }
  if (bound === undefined) return { from, to }
  const unit = floorTo(bound, granularityMs)
  return order === 'newest-first'
    ? { from, to: Math.min(to, unit + granularityMs) }
    : { from: Math.max(from, unit), to }
}

/** The walk after a page. @throws {TransientError} when the page leads to itself */
function advance(walk: Walk, stream: WalkedStream, { events, next }: Page): Walk {
  const { from, to } = nextRequest(walk, stream)
  if (next !== undefined && next === walk.cursor?.next) throw new TransientError('a page names itself as the next one')
  const times = events.map((event) => timeIn(stream, event) ?? Number.NaN).filter((time) => time >= from && time < to)
  // The last row and not the extreme one: a row out of its order must not make us believe that we are further.
  const bound = times.at(-1) ?? walk.bound
  const newest = times.reduce((a, b) => Math.max(a, b), walk.newest ?? Number.NEGATIVE_INFINITY)
  return {
    from: walk.from,
    to: walk.to,
    ...(bound !== undefined && { bound }),
    ...(newest > Number.NEGATIVE_INFINITY && { newest }),
    ...(next === undefined ? { done: true } : { cursor: { next, from, to } }),
  }
}

/** An event on which the connector fails has no time; it becomes a failure where its page is published. */
export function timeIn(stream: Pick<PollStream, 'timeOf'>, event: JsonObject): number | undefined {
  try {
    return stream.timeOf(event)
  } catch {
    return undefined
  }
}

export const floorTo = (time: number, unit: number): number => Math.floor(time / unit) * unit

export const ceilTo = (time: number, unit: number): number => Math.ceil(time / unit) * unit
