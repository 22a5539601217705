import { CursorError, TransientError } from '../errors.ts'
import type { JsonObject } from '../json/json.ts'
import type { Page, PageRequest, PollStream } from './stream.ts'
import { isPutOff } from './waiting.ts'

/** A closed span of a feed and how far it has been read. Plain data: it is kept in a state between runs. */
export interface Walk {
  /** The window [from, to), in milliseconds since 1970; both are multiples of the stream's granularity. */
  readonly from: number
  readonly to: number
  /** Where the feed goes on: what lies before it, in the feed's order, has been read; rows of that very time may be missing. */
  readonly bound?: number
  /** Time of the newest row read. */
  readonly newest?: number
  /** A shortcut to the next page, and the window that it belongs to. */
  readonly cursor?: { readonly next: string; readonly from: number; readonly to: number }
  /** Attempts in a row that failed at this place. */
  readonly failures?: number
  /** How much is asked for at once, in milliseconds, because the provider fails on more; everything when absent. */
  readonly part?: number
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
  /** Where an end that is hard to believe has been looked at twice. */
  let checkedAt: number | undefined
  while (!walk.done && ports.mayGoOn()) {
    try {
      const page = await ports.fetchPage(nextRequest(walk, stream))
      let next = advance(walk, stream, page, !isDoubtful(page, walk))
      if (!next.cursor && !next.done && isDoubtful(page, walk)) {
        const place = placeOf(next)
        const isSame = checkedAt !== undefined && Object.is(checkedAt, place)
        if (isSame) next = page.isFull ? beyondMoment(next, stream) : advance(walk, stream, page, true)
        checkedAt = place
      }
      await ports.take(page, next)
      walk = next
    } catch (error) {
      if (!(error instanceof CursorError) || !walk.cursor) throw notACursor(error)
      // The same place twice: going on from it would never end, because one moment holds more than the cursors reach.
      const place = placeOf(walk)
      if (lostAt !== undefined && Object.is(lostAt, place)) {
        throw new TransientError('cursors fail before they lead beyond a single moment', { cause: error })
      }
      lostAt = place
      walk = withoutCursor(walk)
    }
  }
  return walk
}

/** The walk behind a moment that fills a page and leads nowhere: of the rest of that moment nothing can be had. */
function beyondMoment(walk: Walk, { order, granularityMs }: WalkedStream): Walk {
  if (walk.bound === undefined) return { ...walk, done: true }
  const moment = floorTo(walk.bound, granularityMs)
  const bound = order === 'newest-first' ? moment - granularityMs : moment + granularityMs
  return bound < walk.from || bound >= walk.to ? { ...walk, done: true } : { ...walk, bound }
}

const placeOf = ({ bound }: Walk): number => bound ?? Number.NaN

/**
 * Whether a page may only look like the end: a cursor that has grown old without saying so gives nothing, and a page
 * that is as large as pages get should lead to another.
 */
const isDoubtful = (page: Page, walk: Walk): boolean =>
  (walk.cursor !== undefined && page.events.length === 0) || page.isFull === true

const notACursor = (error: unknown): unknown =>
  error instanceof CursorError ? new TransientError('a cursor failed where none was used', { cause: error }) : error

/** The walk from its bound on, without the shortcut. */
export function withoutCursor({ cursor: _shortcut, ...walk }: Walk): Walk {
  return walk
}

/** From so many failures at one place on, less is asked for with each. */
const failuresUntilNarrowed = 3

/** By how much less. */
const narrowing = 8

/** No part is smaller, in milliseconds; what fails on so little does not fail because it is too much. */
const smallestPartMs = 60_000

/** After a part that went well a little more is asked for, so that an outage does not leave a window in small pieces. */
const growth = 1.25

/**
 * The walk after an attempt that failed: where a provider fails again and again without saying when to come back, less is
 * asked for at once, so that one place that it cannot give out does not hold up all others.
 */
export function afterFailure(walk: Walk, { granularityMs }: WalkedStream, error: unknown): Walk {
  if (!(error instanceof TransientError) || isPutOff(error)) return walk
  const failures = (walk.failures ?? 0) + 1
  if (walk.part === undefined && failures < failuresUntilNarrowed) return { ...walk, failures }
  const smaller = floorTo((walk.part ?? walk.to - walk.from) / narrowing, granularityMs)
  return { ...withoutCursor(walk), failures, part: Math.max(smaller, smallestPartMs) }
}

/** Whether the place where a walk stands has failed so often that it may never be read. */
export const keepsFailing = ({ failures = 0 }: Walk): boolean => failures >= failuresUntilNarrowed

/** The last row's time is asked for again, because more rows may share it; what is known already is told by its id. */
function nextRequest({ from, to, bound, cursor, part }: Walk, { order, granularityMs }: WalkedStream): PageRequest {
  if (cursor) return { from: cursor.from, to: cursor.to, cursor: cursor.next }
  const unit = bound === undefined ? undefined : floorTo(bound, granularityMs)
  const rest =
    order === 'newest-first'
      ? { from, to: unit === undefined ? to : Math.min(to, unit + granularityMs) }
      : { from: unit === undefined ? from : Math.max(from, unit), to }
  if (part === undefined) return rest
  // A unit more than the part: the first one is what the part before ended with.
  const length = part + granularityMs
  return order === 'newest-first'
    ? { from: Math.max(rest.from, rest.to - length), to: rest.to }
    : { from: rest.from, to: Math.min(rest.to, rest.from + length) }
}

/**
 * The walk after a page.
 * @param believed whether a page that leads nowhere is the end of what was asked for
 * @throws {TransientError} when the page leads to itself
 */
function advance(walk: Walk, stream: WalkedStream, { events, next }: Page, believed: boolean): Walk {
  const { from, to } = nextRequest(walk, stream)
  if (next !== undefined && next === walk.cursor?.next) throw new TransientError('a page names itself as the next one')
  const times = events.map((event) => timeIn(stream, event) ?? Number.NaN).filter((time) => time >= from && time < to)
  const isUp = stream.order === 'oldest-first'
  const partEnd = isUp ? to : from
  const ends = next === undefined && believed
  const endsPart = ends && (isUp ? to < walk.to : from > walk.from)
  const bound = endsPart ? partEnd : (reachedBy(times, isUp) ?? walk.bound)
  const newest = times.reduce((a, b) => Math.max(a, b), walk.newest ?? Number.NEGATIVE_INFINITY)
  return {
    from: walk.from,
    to: walk.to,
    ...(walk.part !== undefined && { part: endsPart ? floorTo(walk.part * growth, stream.granularityMs) : walk.part }),
    ...(bound !== undefined && { bound }),
    ...(newest > Number.NEGATIVE_INFINITY && { newest }),
    ...(next !== undefined && { cursor: { next, from, to } }),
    ...(ends && !endsPart && { done: true as const }),
  }
}

/**
 * Until where a page reaches: the time of its last row, or of a large page the least far of its last three, because a row
 * out of its order must not make us believe that we are further than we are.
 */
function reachedBy(times: readonly number[], isUp: boolean): number | undefined {
  const last = times.slice(-Math.max(1, Math.min(3, Math.floor(times.length / 20))))
  if (last.length === 0) return undefined
  return isUp ? Math.min(...last) : Math.max(...last)
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
