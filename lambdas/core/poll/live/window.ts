import { longestStretchMs } from '../budget.ts'
import type { PollStream } from '../stream.ts'
import { maxSkewMs } from '../waiting.ts'
import { isUnsorted, walkOver } from '../walk.ts'
import type { OpenWindow, StreamState } from './state.ts'
import { allRead, openUnsorted } from './unsorted.ts'

/** How often the look-back is read again, in milliseconds. */
const lookBackEveryMs = 10 * 60_000

export type Facts = Pick<PollStream, 'order' | 'lagSeconds' | 'lookBackSeconds' | 'granularityMs' | 'changesWithinDay'>

export const lagMs = (stream: Facts): number => stream.lagSeconds * 1_000

export const lookBackMs = (stream: Pick<PollStream, 'lookBackSeconds'>): number => stream.lookBackSeconds * 1_000

/** A newly opened window, and whether it leaves out a part that should be reread. */
export interface Opening {
  readonly window: OpenWindow
  readonly stretched: boolean
}

/**
 * Opens the next window. It begins at the checkpoint, less the part to be reread, and ends in the future, in case our
 * clock is slow. The look-back is measured from the previous one instead of from now: an event that appeared right
 * after that one, late by the whole look-back, would otherwise be out of reach.
 */
export function openWindow(stream: Facts, state: StreamState, now: number): Opening {
  if (isUnsorted(stream)) return { window: openUnsorted(stream, state, now), stretched: false }
  const { low, budget, backlogs, remembersFrom = Number.NEGATIVE_INFINITY } = state
  const waited = Math.abs(now - state.lookBack.at)
  const due = waited >= lookBackEveryMs
  const allowed = budget.rereads > 0 || waited >= longestStretchMs
  // While there are backlogs, late events have to wait, and everything before their edge belongs to them.
  const lookBack = due && allowed && backlogs.length === 0
  const wanted = Math.min(
    low - (allowed ? lagMs(stream) : 0),
    lookBack ? state.lookBack.low - lookBackMs(stream) : Number.POSITIVE_INFINITY,
  )
  // Events whose ids are forgotten would be published again; late ones among them are left to the sweeps.
  const reread = Math.max(wanted, Math.min(low, remembersFrom))
  const from = Math.max(reread, ...backlogs.map((backlog) => edgeOf(stream, backlog)))
  const to = Math.max(now, low) + maxSkewMs
  return {
    window: { walk: walkOver(stream, from, to), openedAt: now, low, lookBack },
    stretched: !allowed || reread > wanted,
  }
}

/** Where windows begin while there is a backlog: everything earlier belongs to it. */
export const edgeOf = (stream: Facts, backlog: OpenWindow): number =>
  stream.order === 'oldest-first' ? backlog.walk.to : reached(stream, backlog)

/**
 * The time until which the feed is known, late events apart. It follows the times in the feed, so that our clock
 * running ahead skips nothing, and never passes the opening, so that an event dated into the future skips nothing
 * either. In a newest-first feed, everything older than the newest event was read at or after its time. In an
 * oldest-first feed that holds only for events before the opening, and, until the walk is done, before its bound: an
 * event out of order says nothing about those before it. In an unsorted feed only the opening says anything.
 */
export function reached({ order }: Facts, { walk, openedAt, low }: OpenWindow): number {
  if (order === 'unsorted') return openedAt - maxSkewMs
  const newest = (order === 'oldest-first' && !walk.done ? walk.bound : walk.newest) ?? low
  return Math.min(newest, order === 'newest-first' ? openedAt : openedAt - maxSkewMs)
}

/**
 * The state after a page of the window: an oldest-first checkpoint advances with each page, a newest-first one when the
 * walk is done.
 */
export function windowProgress(stream: Facts, state: StreamState, window: OpenWindow): StreamState {
  const { done } = window.walk
  const known = reached(stream, window)
  const low = done || stream.order === 'oldest-first' ? Math.max(state.low, known) : state.low
  if (!done) return { ...state, low, window }
  if (isUnsorted(stream)) {
    return { ...(window.lookBack ? allRead({ ...state, low }, window) : { ...state, low }), window: undefined }
  }
  return { ...state, low, lookBack: lookedBack(state, window, known), window: undefined }
}

/** The look-back after a window has been read until `known`; unchanged unless the window covers it. */
export function lookedBack({ lookBack }: StreamState, window: OpenWindow, known: number): StreamState['lookBack'] {
  return window.lookBack ? { at: window.openedAt, low: Math.max(lookBack.low, known) } : lookBack
}

/**
 * The checkpoint for `collection_runs`: everything that the feed showed before it is published, so a stream rebuilt
 * from it misses nothing. It lies no later than the backlogs and the reach of an overdue look-back.
 */
export const publishedUntil = ({
  low,
  backlogs,
  lookBack,
}: Pick<StreamState, 'low' | 'backlogs' | 'lookBack'>): number =>
  Math.min(low, lookBack.low + longestStretchMs, ...backlogs.map((backlog) => backlog.low))

/** Whether a window has reached known events, late ones apart; it then uses the budget for rereading. */
export const isReread = ({ walk, low }: OpenWindow): boolean => walk.bound !== undefined && walk.bound < low
