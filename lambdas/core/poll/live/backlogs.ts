import { keepsFailing } from '../failed-attempt.ts'
import { detailOf, outcomeOf } from '../outcome.ts'
import { backOff, maxSkewMs } from '../waiting.ts'
import { ceilTo, floorTo, isUnsorted, type Walk, withoutCursor } from '../walk.ts'
import type { OpenWindow, StreamState } from './state.ts'
import { allRead, leftBehind } from './unsorted.ts'
import { edgeOf, type Facts, lookedBack, reached } from './window.ts'

/** A window that stays open longer becomes a backlog, so that new events do not wait for it. In milliseconds. */
const backlogAfterMs = 45_000

/** The most that an oldest-first window leaves to the next one, in milliseconds. */
const newestMs = 2 * maxSkewMs

/** Most backlogs of a stream. */
const mostBacklogs = 8

/**
 * Turns a window that stays open into a backlog, so that the next one begins where it ends. In a newest-first feed the
 * backlog is everything older than the events read. In an oldest-first feed it is everything from before the opening
 * or, where the window keeps failing, from before now.
 */
export function splitOff(stream: Facts, state: StreamState, now: number): StreamState {
  const { window } = state
  if (isUnsorted(stream)) return leftBehind(state, now)
  if (!window || now - window.openedAt < backlogAfterMs) return state
  const isUp = stream.order === 'oldest-first'
  const { bound, from } = window.walk
  const isStuck = keepsFailing(window.walk)
  // An oldest-first window whose beginning cannot be read still has its newest part.
  if (bound === undefined && !(isUp && isStuck)) return state
  const known = isUp ? floorTo(upEnd(state, window, now), stream.granularityMs) : downEdge(stream, state, window)
  if (isUp && known <= (bound ?? from)) return state
  const low = Math.max(state.low, known)
  // Only the moment is left at which the backlog before begins, and the next look-back reads that again.
  const isAtEdge = !isUp && bound !== undefined && bound < from + stream.granularityMs
  if (isAtEdge && state.backlogs.length > 0) return { ...state, window: undefined, low }
  const walk = isUp
    ? { ...withoutCursor(window.walk), to: ceilTo(low, stream.granularityMs) }
    : { ...window.walk, newest: window.walk.newest ?? known }
  return {
    ...state,
    window: undefined,
    backlogs: added(stream, state.backlogs, { ...window, low: state.low, walk }),
    low,
    // At most until the opening: late events may have appeared since in the part already read.
    lookBack: lookedBack(state, window, Math.min(known, window.openedAt - (isUp ? newestMs : 0))),
  }
}

/** Where the backlog of an oldest-first window ends. */
function upEnd({ low }: StreamState, { walk, openedAt }: OpenWindow, now: number): number {
  // New events must not wait for the budget of rereading, so the part read before is a backlog of its own.
  if (walk.bound !== undefined && walk.bound < low) return low
  return keepsFailing(walk) ? now : Math.max(openedAt, now - newestMs)
}

/** Where the next window of a newest-first feed begins. Without any event, only the clock says what has been read. */
const downEdge = (stream: Facts, { low }: StreamState, window: OpenWindow): number =>
  window.walk.newest === undefined ? Math.max(low, window.openedAt - maxSkewMs) : reached(stream, window)

/** The backlogs with one more, which becomes a part of its neighbour when there are too many. */
function added(stream: Facts, backlogs: readonly OpenWindow[], backlog: OpenWindow): readonly OpenWindow[] {
  if (backlogs.length < mostBacklogs) return [...backlogs, backlog]
  const neighbour = backlogs.reduce((a, b) => (edgeOf(stream, a) > edgeOf(stream, b) ? a : b))
  const { low, wait, failure } = neighbour
  const both = { ...backlog, low, walk: joined(stream, neighbour.walk, backlog.walk) }
  // A newest-first walk begins with the part that can be read.
  const one = stream.order === 'oldest-first' ? { ...both, wait, failure } : both
  return backlogs.map((old) => (old === neighbour ? one : old))
}

/** One walk for the rests of two; the part between them is read again. */
function joined({ order }: Facts, earlier: Walk, later: Walk): Walk {
  return order === 'newest-first' ? { ...later, from: earlier.from } : { ...withoutCursor(earlier), to: later.to }
}

/**
 * The state after a page of a backlog. An oldest-first backlog ends only once its end has passed by every clock: until
 * then the feed may still show events before it.
 */
export function backlogProgress(stream: Facts, state: StreamState, backlog: OpenWindow, now: number): StreamState {
  const { walk } = backlog
  if (stream.order !== 'oldest-first') {
    if (!walk.done) return withBacklog(state, succeeded(backlog))
    return withoutBacklog(isUnsorted(stream) ? allRead(state, backlog) : state, backlog)
  }
  const low = Math.max(backlog.low, walk.bound ?? backlog.low)
  const endsAt = walk.to + maxSkewMs
  if (!walk.done) return withBacklog(state, succeeded({ ...backlog, low }))
  if (endsAt <= now) return withoutBacklog(state, backlog)
  const { done: _notYet, ...open } = walk
  return withBacklog(state, { ...succeeded({ ...backlog, low, walk: open }), wait: { notBefore: endsAt, step: 0 } })
}

/** A backlog after a failed attempt, with a wait of its own. */
export const failed = (backlog: OpenWindow, error: unknown, now: number): OpenWindow => ({
  ...backlog,
  wait: backOff(error, backlog.wait, now),
  failure: { outcome: outcomeOf(error), detail: detailOf(error) },
})

const succeeded = (backlog: OpenWindow): OpenWindow => ({ ...backlog, wait: undefined, failure: undefined })

/** The state with a backlog, which is recognized by its opening, changed. */
export const withBacklog = (state: StreamState, backlog: OpenWindow): StreamState => ({
  ...state,
  backlogs: state.backlogs.map((one) => (one.openedAt === backlog.openedAt ? backlog : one)),
})

const withoutBacklog = (state: StreamState, { openedAt }: OpenWindow): StreamState => ({
  ...state,
  backlogs: state.backlogs.filter((one) => one.openedAt !== openedAt),
})

/** The state with a backlog at the end of the list: the others have their turn first. */
export const afterTurn = (state: StreamState, openedAt: number): StreamState => ({
  ...state,
  backlogs: [
    ...state.backlogs.filter((one) => one.openedAt !== openedAt),
    ...state.backlogs.filter((one) => one.openedAt === openedAt),
  ],
})
