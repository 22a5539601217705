import { longestStretchMs } from '../budget.ts'
import type { PollStream } from '../stream.ts'
import { maxSkewMs } from '../waiting.ts'
import { ceilTo, floorTo, keepsFailing, type Walk, withoutCursor } from '../walk.ts'
import type { Span } from './seen.ts'
import type { OpenWindow, StreamState } from './state.ts'

/** How often the look-back is read again, in milliseconds. */
const lookBackEveryMs = 10 * 60_000

/** A window that stays open longer becomes the backlog, so that new events do not wait for it. In milliseconds. */
const backlogAfterMs = 90_000

/**
 * How much of an oldest-first feed is read before its backlog: twice the clock skew, because only our clock says where
 * the newest events are.
 */
const newestMs = 2 * maxSkewMs

/**
 * The window as a run continues it. The lifetime of cursors is not documented, and an expired one may give no error, so
 * an earlier run's cursor is used only if that run did not get beyond the moment at which it started: that moment then
 * holds more events than a run can read.
 */
export function resumed(window: OpenWindow, { granularityMs }: Pick<PollStream, 'granularityMs'>): OpenWindow {
  const moment = window.walk.bound === undefined ? 0 : floorTo(window.walk.bound, granularityMs)
  const isStuck = window.momentAtStart === moment
  return { ...window, walk: isStuck ? window.walk : withoutCursor(window.walk), momentAtStart: moment }
}

/**
 * Turns a window that has long been open into the backlog, so that the next one begins where it ends. In a newest-first
 * feed the backlog is everything older than the events read; in an oldest-first feed, all but the last minutes. There
 * is one backlog at a time: a later window is read to its end, however long that takes. Only if the backlog fails is
 * the window added to it, so that two unreadable places do not block new events.
 */
export function splitOff(stream: Facts, state: StreamState, now: number): StreamState {
  const { window, backlog } = state
  if (!window || now - window.openedAt < backlogAfterMs || (backlog && !backlog.wait)) return state
  const isUp = stream.order === 'oldest-first'
  const { bound, from } = window.walk
  // An oldest-first window whose beginning cannot be read still has its newest part.
  if (bound === undefined && !(isUp && keepsFailing(window.walk))) return state
  const known = isUp ? floorTo(now - newestMs, stream.granularityMs) : reached(stream, window)
  if (isUp && known <= (bound ?? from)) return state
  const low = Math.max(state.low, known)
  const walk = isUp ? { ...withoutCursor(window.walk), to: ceilTo(low, stream.granularityMs) } : window.walk
  const added = backlog && { ...window, low: backlog.low, wait: backlog.wait, failure: backlog.failure }
  return {
    ...state,
    window: undefined,
    backlog: added ? { ...added, walk: joined(stream, backlog.walk, walk) } : { ...window, low: state.low, walk },
    low,
    // At most until the opening: late events may have appeared since in the part already read.
    lookBack: lookedBack(state, window, Math.min(known, window.openedAt - (isUp ? newestMs : 0))),
  }
}

/** One walk for the rests of two; the part between them is read again. */
function joined({ order }: Facts, earlier: Walk, later: Walk): Walk {
  return order === 'newest-first' ? { ...later, from: earlier.from } : { ...withoutCursor(earlier), to: later.to }
}

/** Where windows begin while there is a backlog: everything earlier belongs to it. */
const edgeOf = (stream: Facts, backlog: OpenWindow): number =>
  stream.order === 'oldest-first' ? backlog.walk.to : reached(stream, backlog)

/** The look-back after a window has been read until `known`; unchanged unless the window covers it. */
function lookedBack({ lookBack }: StreamState, window: OpenWindow, known: number): StreamState['lookBack'] {
  return window.lookBack ? { at: window.openedAt, low: Math.max(lookBack.low, known) } : lookBack
}

/**
 * The checkpoint for `collection_runs`: everything that the feed showed before it is published, so a stream rebuilt
 * from it misses nothing. It lies no later than the backlog and the reach of an overdue look-back.
 */
export const publishedUntil = ({ low, backlog, lookBack }: Pick<StreamState, 'low' | 'backlog' | 'lookBack'>): number =>
  Math.min(low, backlog?.low ?? low, lookBack.low + longestStretchMs)

/** Whether the backlog has reached known events, late ones apart; it then uses the budget for rereading. */
export const isReread = ({ walk, low }: OpenWindow): boolean => walk.bound !== undefined && walk.bound < low

/** The state after a page of the backlog. */
export function backlogProgress(stream: Facts, state: StreamState, backlog: OpenWindow): StreamState {
  if (backlog.walk.done) return { ...state, backlog: undefined }
  const low = stream.order === 'oldest-first' ? Math.max(backlog.low, backlog.walk.bound ?? backlog.low) : backlog.low
  return { ...state, backlog: { ...backlog, low, wait: undefined, failure: undefined } }
}

/** A newly opened window, and whether rereading had to wait for its budget. */
export interface Opening {
  readonly window: OpenWindow
  readonly stretched: boolean
}

type Facts = Pick<PollStream, 'order' | 'lagSeconds' | 'lookBackSeconds' | 'granularityMs'>

const lagMs = (stream: Facts): number => stream.lagSeconds * 1_000

const lookBackMs = (stream: Facts): number => stream.lookBackSeconds * 1_000

/**
 * Opens the next window. It begins at the checkpoint, less the part to be reread, and ends in the future, in case our
 * clock is slow. The look-back is measured from the previous one instead of from now: an event that appeared right
 * after that one, late by the whole look-back, would otherwise be out of reach.
 */
export function openWindow(stream: Facts, state: StreamState, now: number): Opening {
  const { low, budget } = state
  const waited = Math.abs(now - state.lookBack.at)
  const due = waited >= lookBackEveryMs
  const allowed = budget.rereads > 0 || waited >= longestStretchMs
  // While there is a backlog, late events have to wait, and everything before its edge belongs to it.
  const lookBack = due && allowed && !state.backlog
  const reread = Math.min(
    low - (allowed ? lagMs(stream) : 0),
    lookBack ? state.lookBack.low - lookBackMs(stream) : Number.POSITIVE_INFINITY,
  )
  const from = state.backlog ? Math.max(edgeOf(stream, state.backlog), reread) : reread
  const to = Math.max(now, low) + maxSkewMs
  const walk = { from: floorTo(from, stream.granularityMs), to: ceilTo(to, stream.granularityMs) }
  return { window: { walk, openedAt: now, low, lookBack }, stretched: !allowed }
}

/**
 * The time until which the feed is known, late events apart. It follows the times in the feed, so that our clock
 * running ahead skips nothing, and never passes the opening, so that an event dated into the future skips nothing
 * either. In a newest-first feed, everything older than the newest event was read at or after its time. In an
 * oldest-first feed that holds only for events before the opening, and, until the walk is done, before its bound: an
 * event out of order says nothing about those before it.
 */
function reached({ order }: Facts, { walk, openedAt, low }: OpenWindow): number {
  const newest = (order === 'oldest-first' && !walk.done ? walk.bound : walk.newest) ?? low
  return Math.min(newest, order === 'newest-first' ? openedAt : openedAt - maxSkewMs)
}

/**
 * The state after a page: an oldest-first checkpoint advances with each page, a newest-first one when the walk is done.
 */
export function progress(stream: Facts, state: StreamState, window: OpenWindow): StreamState {
  const { done } = window.walk
  const known = reached(stream, window)
  const low = done || stream.order === 'oldest-first' ? Math.max(state.low, known) : state.low
  if (!done) return { ...state, low, window }
  return { ...state, low, lookBack: lookedBack(state, window, known), window: undefined }
}

/** The spans whose ids are still needed: by the next lag and look-back, and where window and backlog stand. */
export function spansToRemember(stream: Facts, state: StreamState): Span[] {
  return [...spansOfWindow(stream, state), ...spansOfBacklog(stream, state)]
}

/** The earliest time before a checkpoint that is read again. */
const before = (stream: Facts, low: number): number =>
  Math.min(low - lagMs(stream), low - lookBackMs(stream)) - stream.granularityMs

/** The moment at which a walk stands. */
const around = ({ granularityMs: unit }: Facts, bound: number | undefined): Span[] =>
  bound === undefined ? [] : [[bound - unit, bound + unit]]

function spansOfWindow(stream: Facts, state: StreamState): Span[] {
  const { window } = state
  const unit = stream.granularityMs
  const end = Number.POSITIVE_INFINITY
  if (!window?.lookBack) return [[Math.min(before(stream, state.low), before(stream, state.lookBack.low)), end]]
  const { from, bound } = window.walk
  if (stream.order === 'oldest-first') return [[before(stream, Math.min(reached(stream, window), bound ?? from)), end]]
  const top: Span = [before(stream, reached(stream, window)), end]
  return [top, [from - unit, window.low + unit], ...around(stream, bound)]
}

/** Where the backlog stands, and everything after its edge, which the look-back rereads later. */
function spansOfBacklog(stream: Facts, { backlog }: StreamState): Span[] {
  if (!backlog) return []
  const unit = stream.granularityMs
  const { bound, from } = backlog.walk
  const behind: Span = [before(stream, edgeOf(stream, backlog)), Number.POSITIVE_INFINITY]
  return [behind, [from - unit, backlog.low + unit], ...around(stream, bound)]
}
