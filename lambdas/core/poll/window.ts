import type { Span } from './seen.ts'
import type { StreamState } from './state.ts'
import type { PollStream } from './stream.ts'
import { maxSkewMs } from './waiting.ts'
import { ceilTo, floorTo, type Walk, withoutCursor } from './walk.ts'

/** How often the look-back is read again, in milliseconds. */
const lookBackEveryMs = 10 * 60_000

/** A look-back that has waited so long for its budget is read all the same, or a feed that is always busy had none. */
const longestStretchMs = 60 * 60_000

/** The window that a stream works on until it is walked to its end, however many runs that takes. */
export interface OpenWindow {
  readonly walk: Walk
  readonly openedAt: number
  /** The checkpoint when it was opened; what is older was read before. */
  readonly low: number
  /** Whether it covers the look-back. */
  readonly lookBack: boolean
  /** Where the walk stood when the last run began with it, as precisely as the feed can be asked; 0 for its beginning. */
  readonly momentAtStart?: number
}

/**
 * The window as a run goes on with it. How long cursors live is not documented, and one that is too old may not say so:
 * one of an earlier run is used only if that run got no further than the moment in which it began, which then holds more
 * than a run can read.
 */
export function resumed(window: OpenWindow, { granularityMs }: Pick<PollStream, 'granularityMs'>): OpenWindow {
  const moment = window.walk.bound === undefined ? 0 : floorTo(window.walk.bound, granularityMs)
  const isStuck = window.momentAtStart === moment
  return { ...window, walk: isStuck ? window.walk : withoutCursor(window.walk), momentAtStart: moment }
}

/** How a window was opened, and whether reading again had to wait for its budget. */
export interface Opening {
  readonly window: OpenWindow
  readonly stretched: boolean
}

type Facts = Pick<PollStream, 'order' | 'lagSeconds' | 'lookBackSeconds' | 'granularityMs'>

const lagMs = (stream: Facts): number => stream.lagSeconds * 1_000

const lookBackMs = (stream: Facts): number => stream.lookBackSeconds * 1_000

/**
 * Opens the next window. It begins where the checkpoint is, less what is read again, and ends behind the present, in case
 * our clock is slow. The look-back reaches back from the one before it and not from now: an event that came late by as much
 * as the look-back, just after the last one, would otherwise be out of reach at the next.
 */
export function openWindow(stream: Facts, state: StreamState, now: number): Opening {
  const { low, budget } = state
  const waited = Math.abs(now - state.lookBack.at)
  const due = waited >= lookBackEveryMs
  const allowed = budget.rereads > 0 || waited >= longestStretchMs
  const lookBack = due && allowed
  const from = Math.min(
    low - (allowed ? lagMs(stream) : 0),
    lookBack ? state.lookBack.low - lookBackMs(stream) : Number.POSITIVE_INFINITY,
  )
  const to = Math.max(now, low) + maxSkewMs
  const walk = { from: floorTo(from, stream.granularityMs), to: ceilTo(to, stream.granularityMs) }
  return { window: { walk, openedAt: now, low, lookBack }, stretched: !allowed }
}

/**
 * Until where the feed is known, apart from late rows. It follows the times in the feed, so that a clock of ours that is
 * ahead skips nothing, and never passes the opening, so that an event dated into the future skips nothing either. What
 * lies behind the newest row was read at or after its time in a newest-first feed; in an oldest-first feed only what lies
 * before the opening was read after its time.
 */
function reached({ order }: Facts, { walk, openedAt, low }: OpenWindow): number {
  const newest = walk.newest ?? low
  return Math.min(newest, order === 'newest-first' ? openedAt : openedAt - maxSkewMs)
}

/** The state after a page: an oldest-first checkpoint moves with the pages, a newest-first one when the walk is done. */
export function progress(stream: Facts, state: StreamState, window: OpenWindow): StreamState {
  const { done } = window.walk
  const known = reached(stream, window)
  const low = done || stream.order === 'oldest-first' ? Math.max(state.low, known) : state.low
  if (!done) return { ...state, low, window }
  const lookBack = { at: window.openedAt, low: Math.max(state.lookBack.low, known) }
  return { ...state, low, lookBack: window.lookBack ? lookBack : state.lookBack, window: undefined }
}

/** The times whose ids are needed again: by the next lag and look-back, and by the walk where it stands. */
export function spansToRemember(stream: Facts, state: StreamState): Span[] {
  const { window } = state
  const unit = stream.granularityMs
  const before = (low: number): number => Math.min(low - lagMs(stream), low - lookBackMs(stream)) - unit
  const end = Number.POSITIVE_INFINITY
  if (!window?.lookBack) return [[Math.min(before(state.low), before(state.lookBack.low)), end]]
  const { from, bound } = window.walk
  if (stream.order === 'oldest-first') return [[before(Math.min(reached(stream, window), bound ?? from)), end]]
  const top: Span = [before(reached(stream, window)), end]
  const here: Span[] = bound === undefined ? [] : [[bound - unit, bound + unit]]
  return [top, [from - unit, window.low + unit], ...here]
}
