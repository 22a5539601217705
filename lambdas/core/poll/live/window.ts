import { longestStretchMs } from '../budget.ts'
import type { PollStream } from '../stream.ts'
import { maxSkewMs } from '../waiting.ts'
import { ceilTo, floorTo, keepsFailing, type Walk, withoutCursor } from '../walk.ts'
import type { Span } from './seen.ts'
import type { OpenWindow, StreamState } from './state.ts'

/** How often the look-back is read again, in milliseconds. */
const lookBackEveryMs = 10 * 60_000

/** A window that stays open for longer becomes the backlog, so that what is new does not wait for it. In milliseconds. */
const backlogAfterMs = 90_000

/**
 * How much of an oldest-first feed is read before its backlog: twice what clocks may differ, because here nothing but our
 * clock says where the newest is.
 */
const newestMs = 2 * maxSkewMs

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

/**
 * Makes a window that has been open for long the backlog, and lets the next one begin where it ends. Of a newest-first feed
 * the backlog is what is older than the rows that were read, of an oldest-first feed all but the last minutes. There is one
 * backlog at a time: a window behind it is walked to its end as long as that takes; only behind a backlog that fails is it
 * added to it, so that two places that cannot be read do not keep away what is new.
 */
export function splitOff(stream: Facts, state: StreamState, now: number): StreamState {
  const { window, backlog } = state
  if (!window || now - window.openedAt < backlogAfterMs || (backlog && !backlog.wait)) return state
  const isUp = stream.order === 'oldest-first'
  const { bound, from } = window.walk
  // Going up, a window of which not even the beginning can be read has its newest part all the same.
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
    // Until the opening at most: late rows can have come since behind what was read.
    lookBack: lookedBack(state, window, Math.min(known, window.openedAt - (isUp ? newestMs : 0))),
  }
}

/** One walk for what two have left; what lies between them is read again. */
function joined({ order }: Facts, earlier: Walk, later: Walk): Walk {
  return order === 'newest-first' ? { ...later, from: earlier.from } : { ...withoutCursor(earlier), to: later.to }
}

/** Where windows begin as long as there is a backlog: what lies before is the backlog's. */
const edgeOf = (stream: Facts, backlog: OpenWindow): number =>
  stream.order === 'oldest-first' ? backlog.walk.to : reached(stream, backlog)

/** The look-back as it is once a window has been read until a time, if it covers one. */
function lookedBack({ lookBack }: StreamState, window: OpenWindow, known: number): StreamState['lookBack'] {
  return window.lookBack ? { at: window.openedAt, low: Math.max(lookBack.low, known) } : lookBack
}

/**
 * The time before which everything is published that the feed showed, for the record: the checkpoint, or where the backlog
 * is, or what a look-back that is overdue has to reach. Whoever goes on from there misses nothing.
 */
export const publishedUntil = ({ low, backlog, lookBack }: Pick<StreamState, 'low' | 'backlog' | 'lookBack'>): number =>
  Math.min(low, backlog?.low ?? low, lookBack.low + longestStretchMs)

/** Whether all that a backlog has next is known, apart from late rows: it then keeps to the budget of reading again. */
export const isReread = ({ walk, low }: OpenWindow): boolean => walk.bound !== undefined && walk.bound < low

/** The state after a page of the backlog. */
export function backlogProgress(stream: Facts, state: StreamState, backlog: OpenWindow): StreamState {
  if (backlog.walk.done) return { ...state, backlog: undefined }
  const low = stream.order === 'oldest-first' ? Math.max(backlog.low, backlog.walk.bound ?? backlog.low) : backlog.low
  return { ...state, backlog: { ...backlog, low, wait: undefined, failure: undefined } }
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
  // While there is a backlog, late rows come behind what is new, and before its edge everything is its own.
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
 * Until where the feed is known, apart from late rows. It follows the times in the feed, so that a clock of ours that is
 * ahead skips nothing, and never passes the opening, so that an event dated into the future skips nothing either. What
 * lies behind the newest row was read at or after its time in a newest-first feed; in an oldest-first feed only what lies
 * before the opening was read after its time, and before the end of the walk only what lies before its bound: a row that
 * came before its turn says nothing of those between.
 */
function reached({ order }: Facts, { walk, openedAt, low }: OpenWindow): number {
  const newest = (order === 'oldest-first' && !walk.done ? walk.bound : walk.newest) ?? low
  return Math.min(newest, order === 'newest-first' ? openedAt : openedAt - maxSkewMs)
}

/** The state after a page: an oldest-first checkpoint moves with the pages, a newest-first one when the walk is done. */
export function progress(stream: Facts, state: StreamState, window: OpenWindow): StreamState {
  const { done } = window.walk
  const known = reached(stream, window)
  const low = done || stream.order === 'oldest-first' ? Math.max(state.low, known) : state.low
  if (!done) return { ...state, low, window }
  return { ...state, low, lookBack: lookedBack(state, window, known), window: undefined }
}

/** The times whose ids are needed again: by the next lag and look-back, and by window and backlog where they stand. */
export function spansToRemember(stream: Facts, state: StreamState): Span[] {
  return [...spansOfWindow(stream, state), ...spansOfBacklog(stream, state)]
}

/** The earliest time that is read again before a checkpoint. */
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

/** Where the backlog stands, and from its edge on, where windows behind it have read: the look-back comes later. */
function spansOfBacklog(stream: Facts, { backlog }: StreamState): Span[] {
  if (!backlog) return []
  const unit = stream.granularityMs
  const { bound, from } = backlog.walk
  const behind: Span = [before(stream, edgeOf(stream, backlog)), Number.POSITIVE_INFINITY]
  return [behind, [from - unit, backlog.low + unit], ...around(stream, bound)]
}
