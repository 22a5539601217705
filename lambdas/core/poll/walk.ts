import { CursorError, TransientError } from '../errors.ts'
import { isNumber, isText, objectOf, optional } from '../json/forms.ts'
import type { JsonObject } from '../json/json.ts'
import type { Page, PageRequest, PollStream } from './stream.ts'
import { isPutOff } from './waiting.ts'

/** A window of a feed and how far it has been read. Plain data: the state keeps it between runs. */
export interface Walk {
  /** The window [from, to), in milliseconds since 1970; both are multiples of the stream's granularity. */
  readonly from: number
  readonly to: number
  /**
   * The time reached: everything before it, in the feed's order, has been read; events of that very time may be
   * missing.
   */
  readonly bound?: number
  /** Time of the newest event read. */
  readonly newest?: number
  /** A shortcut to the next page, and the window that it belongs to. */
  readonly cursor?: { readonly next: string; readonly from: number; readonly to: number }
  /** Consecutive failed attempts at this place. */
  readonly failures?: number
  /** How much to request at once, in milliseconds, because the provider fails on more; all of it when absent. */
  readonly part?: number
  /** The window has been read to its end. */
  readonly done?: true
}

const walkForm = objectOf({
  from: isNumber,
  to: isNumber,
  bound: optional(isNumber),
  newest: optional(isNumber),
  cursor: optional(objectOf({ next: isText, from: isNumber, to: isNumber })),
  failures: optional(isNumber),
  part: optional(isNumber),
})

/** Whether a value read back is a {@link Walk}. */
export const isWalk = (value: unknown): value is Walk => walkForm(value)

export type WalkedStream = Pick<PollStream, 'order' | 'granularityMs' | 'timeOf'>

export interface WalkPorts {
  fetchPage(request: PageRequest): Promise<Page>
  /** Makes the page's events durable, and only then keeps the walk. Called for every page, even an empty one. */
  take(page: Page, walk: Walk): Promise<void>
  /** Called before every page. */
  mayGoOn(): boolean
}

/**
 * Walks a window page by page from where it stopped, to its end or until `mayGoOn` says no.
 * @returns the walk as it was last taken
 * @throws any error of the ports
 */
export async function walkWindow(start: Walk, stream: WalkedStream, ports: WalkPorts): Promise<Walk> {
  let walk = start
  let lostAt: number | undefined
  /** Where a doubtful end has been read once already. */
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
      // The same place twice: one moment holds more than the cursors reach, so a third try would end here too.
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

/** The walk beyond a moment that fills a page without leading to another: the feed offers no way to the rest of it. */
function beyondMoment(walk: Walk, { order, granularityMs }: WalkedStream): Walk {
  if (walk.bound === undefined) return { ...walk, done: true }
  const moment = floorTo(walk.bound, granularityMs)
  const bound = order === 'newest-first' ? moment - granularityMs : moment + granularityMs
  return bound < walk.from || bound >= walk.to ? { ...walk, done: true } : { ...walk, bound }
}

const placeOf = ({ bound }: Walk): number => bound ?? Number.NaN

/**
 * Whether a page may only look like the end: an expired cursor can answer with an empty page instead of an error, and a
 * full page should lead to another.
 */
const isDoubtful = (page: Page, walk: Walk): boolean =>
  (walk.cursor !== undefined && page.events.length === 0) || page.isFull === true

const notACursor = (error: unknown): unknown =>
  error instanceof CursorError ? new TransientError('a cursor failed where none was used', { cause: error }) : error

/** The walk, to be continued from its bound instead of its cursor. */
export function withoutCursor({ cursor: _shortcut, ...walk }: Walk): Walk {
  return walk
}

/** Failures at one place before requests are narrowed; each further failure narrows them again. */
const failuresUntilNarrowed = 3

/** The divisor of each narrowing. */
const narrowing = 8

/** The smallest part, in milliseconds; a failure on this little has another cause than size. */
const smallestPartMs = 60_000

/** Growth after a part that succeeded, so that an outage does not leave a window in small pieces. */
const growth = 1.25

/**
 * The walk after a failed attempt: where a provider keeps failing without naming a time to retry, smaller parts are
 * requested, so that one unreadable place does not hold up the rest.
 */
export function afterFailure(walk: Walk, { granularityMs }: WalkedStream, error: unknown): Walk {
  if (!(error instanceof TransientError) || isPutOff(error)) return walk
  const failures = (walk.failures ?? 0) + 1
  if (walk.part === undefined && failures < failuresUntilNarrowed) return { ...walk, failures }
  const smaller = floorTo((walk.part ?? walk.to - walk.from) / narrowing, granularityMs)
  return { ...withoutCursor(walk), failures, part: Math.max(smaller, smallestPartMs) }
}

/** Whether the place where a walk stands has failed often enough that it may never be read. */
export const keepsFailing = ({ failures = 0 }: Walk): boolean => failures >= failuresUntilNarrowed

/** Requests the last event's time again, because more events may share it; known ones are recognized by their ids. */
function nextRequest({ from, to, bound, cursor, part }: Walk, { order, granularityMs }: WalkedStream): PageRequest {
  if (cursor) return { from: cursor.from, to: cursor.to, cursor: cursor.next }
  const unit = bound === undefined ? undefined : floorTo(bound, granularityMs)
  const rest =
    order === 'newest-first'
      ? { from, to: unit === undefined ? to : Math.min(to, unit + granularityMs) }
      : { from: unit === undefined ? from : Math.max(from, unit), to }
  if (part === undefined) return rest
  // One unit more than the part, because the previous part ended inside the first one.
  const length = part + granularityMs
  return order === 'newest-first'
    ? { from: Math.max(rest.from, rest.to - length), to: rest.to }
    : { from: rest.from, to: Math.min(rest.to, rest.from + length) }
}

/**
 * The walk after a page.
 * @param believed whether a page without a next one is the end of the requested window
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
 * The time that a page reaches: that of its last event, or on a large page the least advanced of its last three, so
 * that one event out of order does not skip others.
 */
function reachedBy(times: readonly number[], isUp: boolean): number | undefined {
  const last = times.slice(-Math.max(1, Math.min(3, Math.floor(times.length / 20))))
  if (last.length === 0) return undefined
  return isUp ? Math.min(...last) : Math.max(...last)
}

/** The time of an event; `undefined` also when reading it throws, because publishing the page reports that failure. */
export function timeIn(stream: Pick<PollStream, 'timeOf'>, event: JsonObject): number | undefined {
  try {
    return stream.timeOf(event)
  } catch {
    return undefined
  }
}

export const floorTo = (time: number, unit: number): number => Math.floor(time / unit) * unit

export const ceilTo = (time: number, unit: number): number => Math.ceil(time / unit) * unit
