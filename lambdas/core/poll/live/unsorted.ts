import { keepsFailing } from '../failed-attempt.ts'
import type { PollStream } from '../stream.ts'
import { maxSkewMs } from '../waiting.ts'
import { floorTo, walkOver } from '../walk.ts'
import type { OpenWindow, StreamState } from './state.ts'

const dayMs = 86_400_000

/**
 * Opens the next window of an unsorted feed: everything since its beginning, or since ids are remembered. Once in each
 * UTC day, or when an earlier window was left unread, all pages are read; otherwise those until nothing is new.
 */
export function openUnsorted(stream: Pick<PollStream, 'granularityMs'>, state: StreamState, now: number): OpenWindow {
  const { low, lookBack, backlogs, startAt, remembersFrom = startAt, unreadSince } = state
  const isWhole = backlogs.length === 0 && (isAnotherDay(lookBack.at, now) || unreadSince !== undefined)
  const walk = walkOver(stream, Math.max(startAt, remembersFrom), Math.max(now, low) + maxSkewMs)
  return { walk: isWhole ? walk : { ...walk, untilKnown: true }, openedAt: now, low, lookBack: isWhole }
}

/**
 * The state without a window that an earlier run left open. A walk over all pages becomes a backlog, so that new events
 * do not wait for it. Any other gives way to one: its unread pages would move while it waits.
 */
export function leftBehind(before: StreamState, now: number): StreamState {
  const state = withoutStuck(before, now)
  const { window, backlogs } = state
  if (!window?.walk.cursor) return state
  if (window.lookBack) return { ...state, window: undefined, backlogs: [...backlogs, window] }
  return { ...state, window: undefined, unreadSince: now }
}

/** A walk that a page keeps from its end gives way to that of the next day, which reads the pages before again. */
function withoutStuck(state: StreamState, now: number): StreamState {
  const isStuck = ({ walk, openedAt }: OpenWindow) => keepsFailing(walk) && isAnotherDay(openedAt, now)
  return { ...state, backlogs: state.backlogs.filter((backlog) => !isStuck(backlog)) }
}

const isAnotherDay = (one: number, other: number): boolean => floorTo(one, dayMs) !== floorTo(other, dayMs)

/** The state after a walk over all pages has ended. */
export function allRead(state: StreamState, { openedAt }: OpenWindow): StreamState {
  const { low, lookBack, unreadSince } = state
  const isUnread = unreadSince !== undefined && unreadSince > openedAt
  const known = openedAt - maxSkewMs
  return {
    ...state,
    low: Math.max(low, known),
    lookBack: { at: openedAt, low: Math.max(lookBack.low, known) },
    unreadSince: isUnread ? unreadSince : undefined,
  }
}
