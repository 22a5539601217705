import { maxSkewMs } from '../waiting.ts'
import { floorTo, isUnsorted } from '../walk.ts'
import type { Span } from './seen.ts'
import type { OpenWindow, StreamState } from './state.ts'
import { type Facts, lagMs, lookBackMs, reached } from './window.ts'

const dayMs = 86_400_000

/** Why ids are still needed, as the spans of time in which their events lie. */
type Reason = (stream: Facts, state: StreamState) => Span[]

/** Every reason to remember an id. Without any one of them events are published again. */
export const reasons: Record<'nextReread' | 'readBefore' | 'whereWalksStand', Reason> = {
  /** The next lag and look-back read again what lies before the checkpoint. */
  nextReread: (stream, state) => {
    const { low, lookBack, window } = state
    // An open look-back goes on at its bound, and the one after it begins before what this one has reached.
    const next = window?.lookBack ? nextLookBack(stream, window) : Math.min(low, lookBack.low)
    return [[next - Math.max(lagMs(stream), lookBackMs(stream)) - stream.granularityMs, Number.POSITIVE_INFINITY]]
  },
  /**
   * An open walk will come to events that were read before it was opened. The window before it may have read events
   * newer than its own opening, which the checkpoint does not pass.
   */
  readBefore: (stream, state) => {
    const unit = stream.granularityMs
    return openWalks(state).map(({ walk: { from, bound }, low }) =>
      stream.order === 'oldest-first'
        ? [(bound ?? from) - unit, low + 2 * maxSkewMs + unit]
        : [from - unit, Math.min(low + maxSkewMs, bound ?? Number.POSITIVE_INFINITY) + unit],
    )
  },
  /** An open walk continues with the moment that it has reached, although it may have read further. */
  whereWalksStand: ({ granularityMs: unit }, state) =>
    openWalks(state).flatMap(({ walk: { bound, furthest = bound } }) =>
      bound === undefined || furthest === undefined
        ? []
        : [[Math.min(bound, furthest) - unit, Math.max(bound, furthest) + unit]],
    ),
}

/** The window, if it covers the look-back, and the backlogs: only these reach behind the next reread. */
const openWalks = ({ window, backlogs }: StreamState): OpenWindow[] => [
  ...(window?.lookBack ? [window] : []),
  ...backlogs,
]

function nextLookBack(stream: Facts, window: OpenWindow): number {
  const known = reached(stream, window)
  return stream.order === 'oldest-first' ? Math.min(known, window.walk.bound ?? window.walk.from) : known
}

function spansOf(stream: Facts, state: StreamState): Span[] {
  const spans = Object.values(reasons).flatMap((reason) => reason(stream, state))
  // An id that holds the day comes again until the day is over.
  return stream.changesWithinDay ? spans.map(([from, to]): Span => [floorTo(from, dayMs), to]) : spans
}

/**
 * Forgets the ids that no reason needs any more, or that are too many. An unsorted feed may show any event again.
 * @returns the state, which says from when on ids are remembered if there were too many
 */
export function forget(stream: Facts, state: StreamState): StreamState {
  const remembersFrom = state.seen.keepOnly(
    isUnsorted(stream) ? [[state.startAt, Number.POSITIVE_INFINITY]] : spansOf(stream, state),
  )
  if (remembersFrom === undefined) return state
  return { ...state, remembersFrom: Math.max(state.remembersFrom ?? remembersFrom, remembersFrom) }
}
