import { isFlag, isNumber, isText, objectOf, optional, type Passing } from '../json/forms.ts'
import type { JsonObject } from '../json/json.ts'
import type { Page, PageRequest, PollStream } from './stream.ts'

/** A window of a feed and how far it has been read. Plain data: the state keeps it between runs. */
export type Walk = Passing<typeof isWalk>

export const isWalk = objectOf({
  /** The window [from, to), in milliseconds since 1970; both are multiples of the stream's granularity. */
  from: isNumber,
  to: isNumber,
  /**
   * The time reached: everything before it, in the feed's order, has been read; events of that very time may be
   * missing.
   */
  bound: optional(isNumber),
  /** The furthest time read. Beyond the bound, where a page was out of order or a cursor led back. */
  furthest: optional(isNumber),
  /** Time of the newest event read. */
  newest: optional(isNumber),
  /**
   * A shortcut to the next page, the window that it belongs to, and of an unsorted feed the size of pages that it
   * counts.
   */
  cursor: optional(objectOf({ next: isText, from: isNumber, to: isNumber, pageSize: optional(isNumber) })),
  /** Of an unsorted feed: the cursor that failed, so that the walk began anew. */
  lost: optional(isText),
  /** The bound when the last run took up the walk, rounded to the feed's granularity; 0 for its beginning. */
  takenUpAt: optional(isNumber),
  /** Where a page looked like the end, and may have been none. */
  doubtedAt: optional(isNumber),
  /** Consecutive pages that held nothing and led to another. */
  emptyPages: optional(isNumber),
  /** Consecutive failed attempts at this place. */
  failures: optional(isNumber),
  /** How much to request at once, in milliseconds, because the provider fails on more; all of it when absent. */
  part: optional(isNumber),
  /** How many events to request at once, because the provider's pages are too large; whole pages when absent. */
  size: optional(isNumber),
  /** Of an unsorted feed: the walk ends at the first page without anything new, instead of at the last page. */
  untilKnown: optional(isFlag),
  /** The window has been read to its end. */
  done: optional(isFlag),
})

export type WalkedStream = Pick<PollStream, 'order' | 'granularityMs' | 'pageSize' | 'timeOf'>

const isUp = ({ order }: Pick<PollStream, 'order'>): boolean => order === 'oldest-first'

/** Whether a feed is a list of numbered pages, where only cursors say how far a walk has come. */
export const isUnsorted = ({ order }: Pick<PollStream, 'order'>): boolean => order === 'unsorted'

/** A walk over [from, to), widened to whole multiples of the stream's granularity. */
export const walkOver = ({ granularityMs }: Pick<PollStream, 'granularityMs'>, from: number, to: number): Walk => ({
  from: floorTo(from, granularityMs),
  to: ceilTo(to, granularityMs),
})

/** The time at which a walk stands. */
export const placeOf = ({ bound, from, to }: Walk, stream: Pick<PollStream, 'order'>): number =>
  bound ?? (isUp(stream) ? from : to)

/** The walk, to be continued from its bound instead of its cursor. */
export function withoutCursor({ cursor: _shortcut, ...walk }: Walk): Walk {
  return walk
}

/**
 * The walk without its cursor, to be continued from the last place that is sure: its bound, or the beginning of an
 * unsorted feed, which is then read to its end because its first pages hold nothing new by now. It takes twice as many
 * events a page: one page that was too large must not slow down the rest, and a cursor that counts pages would skip
 * events behind a larger one.
 */
export function fromSurePlace(walk: Walk, stream: Pick<PollStream, 'order' | 'pageSize'>): Walk {
  const { size, untilKnown: _known, ...rest } = withoutCursor(walk)
  return size === undefined || size * 2 >= stream.pageSize ? rest : { ...rest, size: size * 2 }
}

/**
 * The walk as a run continues it. An unsorted feed's cursors are numbers of pages, which last as long as pages keep
 * their size. Otherwise the lifetime of cursors is mostly undocumented, and an expired one may give no error, so an
 * earlier run's cursor is used only if the stream says that cursors last, or if that run did not get beyond the moment
 * at which it took up the walk: that moment then holds more events than a run can read.
 */
export function resumed(
  walk: Walk,
  stream: Pick<PollStream, 'order' | 'granularityMs' | 'cursorsLast' | 'pageSize'>,
): Walk {
  if (isUnsorted(stream)) {
    return walk.cursor && walk.cursor.pageSize !== stream.pageSize ? fromSurePlace(walk, stream) : walk
  }
  const moment = walk.bound === undefined ? 0 : floorTo(walk.bound, stream.granularityMs)
  const usesCursor = !walk.failures && (stream.cursorsLast === true || walk.takenUpAt === moment)
  return { ...(usesCursor ? walk : fromSurePlace(walk, stream)), takenUpAt: moment }
}

/** Requests the last event's time again, because more events may share it; known ones are recognized by their ids. */
export function nextRequest(walk: Walk, stream: WalkedStream): PageRequest {
  const { cursor, size } = walk
  const window = cursor ? { from: cursor.from, to: cursor.to, cursor: cursor.next } : unread(walk, stream)
  return { ...window, ...(size !== undefined && { size }) }
}

function unread({ from, to, bound, part }: Walk, stream: WalkedStream): Pick<PageRequest, 'from' | 'to'> {
  const unit = stream.granularityMs
  const moment = bound === undefined ? undefined : floorTo(bound, unit)
  // One unit more than the part, because the previous part ended inside the first one.
  const length = part === undefined ? Number.POSITIVE_INFINITY : part + unit
  if (isUp(stream)) {
    const start = Math.max(from, moment ?? from)
    return { from: start, to: Math.min(to, start + length) }
  }
  const end = Math.min(to, moment === undefined ? to : moment + unit)
  return { from: Math.max(from, end - length), to: end }
}

/** The part of the next request that lies behind the moment reached; `undefined` when there is none. */
export function requestBehind(walk: Walk, stream: WalkedStream): PageRequest | undefined {
  if (walk.bound === undefined) return undefined
  const moment = floorTo(walk.bound, stream.granularityMs)
  const { from, to } = unread(walk, stream)
  const behind = isUp(stream) ? { from: moment + stream.granularityMs, to } : { from, to: moment }
  return behind.from < behind.to ? { ...behind, ...(walk.size !== undefined && { size: walk.size }) } : undefined
}

/** Growth of the part after one that succeeded, so that an outage does not leave a window in small pieces. */
const growth = 2

/**
 * What a page says about the rest of its request. `look again`: it may only look like the end, because an expired
 * cursor can answer with an empty page instead of an error, and a full page should lead to another.
 */
export function endOf(page: Page, walk: Walk, stream: Pick<PollStream, 'order'>): 'more' | 'end' | 'look again' {
  if (page.next !== undefined) return 'more'
  if (isUnsorted(stream)) return 'end'
  const isEmptyAfterCursor = walk.cursor !== undefined && page.events.length === 0
  return isEmptyAfterCursor || page.isFull === true ? 'look again' : 'end'
}

/** The walk after a page, which may be the last one of its request. */
export function advance(walk: Walk, stream: WalkedStream, { events, failures, next }: Page, isEnd: boolean): Walk {
  const { from, to } = nextRequest(walk, stream)
  const times = timesOf(stream, events).filter((time) => isWithin(time, { from, to }))
  const endsPart = isEnd && (isUp(stream) ? to < walk.to : from > walk.from)
  const ordered = isUnsorted(stream) ? [] : times
  const bound = endsPart ? (isUp(stream) ? to : from) : (reachedBy(ordered, isUp(stream)) ?? walk.bound)
  const far = walk.furthest ?? (isUp(stream) ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY)
  const furthest = ordered.reduce((a, b) => (isUp(stream) ? Math.max(a, b) : Math.min(a, b)), far)
  const newest = times.reduce((a, b) => Math.max(a, b), walk.newest ?? Number.NEGATIVE_INFINITY)
  const isEmpty = next !== undefined && events.length === 0 && failures.length === 0
  return {
    from: walk.from,
    to: walk.to,
    ...(walk.untilKnown && { untilKnown: true as const }),
    ...(walk.lost !== undefined && { lost: walk.lost }),
    ...(walk.takenUpAt !== undefined && { takenUpAt: walk.takenUpAt }),
    ...(walk.part !== undefined && { part: endsPart ? floorTo(walk.part * growth, stream.granularityMs) : walk.part }),
    ...(bound !== undefined && { bound }),
    ...(Number.isFinite(furthest) && { furthest }),
    ...(newest > Number.NEGATIVE_INFINITY && { newest }),
    ...(walk.doubtedAt !== undefined && { doubtedAt: walk.doubtedAt }),
    ...(walk.size !== undefined && { size: walk.size }),
    ...(isEmpty && { emptyPages: (walk.emptyPages ?? 0) + 1 }),
    ...(next !== undefined && { cursor: { next, from, to, ...(isUnsorted(stream) && { pageSize: stream.pageSize }) } }),
    ...(isEnd && !endsPart && { done: true as const }),
  }
}

/** The walk beyond a moment that fills a page without leading to another: the feed offers no way to the rest of it. */
export function beyondMoment(walk: Walk, stream: WalkedStream): Walk {
  if (walk.bound === undefined) return { ...walk, done: true }
  const moment = floorTo(walk.bound, stream.granularityMs)
  const bound = isUp(stream) ? moment + stream.granularityMs : moment - stream.granularityMs
  return bound < walk.from || bound >= walk.to ? { ...walk, done: true } : { ...walk, bound }
}

/**
 * The time that a page reaches: that of its last event, or on a large page the least advanced of its last three, so
 * that one event out of order does not skip others.
 */
function reachedBy(times: readonly number[], up: boolean): number | undefined {
  const last = times.slice(-Math.max(1, Math.min(3, Math.floor(times.length / 20))))
  if (last.length === 0) return undefined
  return up ? Math.min(...last) : Math.max(...last)
}

/** The time of an event; `undefined` also when reading it throws, because publishing the page reports that failure. */
export function timeIn(stream: Pick<PollStream, 'timeOf'>, event: JsonObject): number | undefined {
  try {
    return stream.timeOf(event)
  } catch {
    return undefined
  }
}

/** The times of the events that have one. */
export const timesOf = (stream: Pick<PollStream, 'timeOf'>, events: readonly JsonObject[]): number[] =>
  events.flatMap((event) => timeIn(stream, event) ?? [])

/** Whether a time lies in [from, to). */
export const isWithin = (time: number, { from, to }: Pick<Walk, 'from' | 'to'>): boolean => time >= from && time < to

export const floorTo = (time: number, unit: number): number => Math.floor(time / unit) * unit

export const ceilTo = (time: number, unit: number): number => Math.ceil(time / unit) * unit
