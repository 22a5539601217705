import type { PollStream } from '../stream.ts'
import { mustWait } from '../waiting.ts'
import { resumed } from '../walk.ts'
import { splitOff } from './backlogs.ts'
import type { OpenWindow, StreamState } from './state.ts'
import { type Facts, openWindow } from './window.ts'

/** A part of a run: a window with new events, or a backlog, which is recognized by its opening. */
export type Part =
  | { readonly read: 'window' }
  /** Opened once the window of earlier runs has been read, because that one may be old. */
  | { readonly read: 'next window' }
  | { readonly read: 'backlog'; readonly openedAt: number }

/** Runs in a row that may have no time for backlogs. */
export const mostPassedOver = 2

/**
 * The parts of a run, in their order: new events first, then the backlogs in their turns. Backlogs that two runs had no
 * time for come first, because with a slow provider new events can take a whole run.
 */
export function plan({ window, backlogs, passedOver = 0 }: StreamState, now: number): readonly Part[] {
  const isOld = window !== undefined && window.openedAt < now
  const newest: Part[] = [{ read: 'window' }, ...(isOld ? [{ read: 'next window' } as const] : [])]
  const turns = backlogs
    .filter(({ wait }) => !mustWait(wait, now))
    .map(({ openedAt }): Part => ({ read: 'backlog', openedAt }))
  return passedOver >= mostPassedOver ? [...turns, ...newest] : [...newest, ...turns]
}

/** The state with which a run begins, and whether its window leaves out a part that should be reread. */
export function begun(
  stream: Facts & Pick<PollStream, 'cursorsLast' | 'pageSize'>,
  before: StreamState,
  now: number,
): { readonly state: StreamState; readonly stretched: boolean } {
  const split = splitOff(stream, before, now)
  const taken = (open: OpenWindow): OpenWindow => ({ ...open, walk: resumed(open.walk, stream) })
  const state = { ...split, window: split.window && taken(split.window), backlogs: split.backlogs.map(taken) }
  if (state.window && !isUntouched(state.window)) return { state, stretched: false }
  const { window, stretched } = openWindow(stream, state, now)
  return { state: { ...state, window }, stretched }
}

/** Whether a window was opened and then not read for want of budget: one opened now holds more. */
const isUntouched = ({ walk: { bound, cursor, emptyPages, failures } }: OpenWindow): boolean =>
  [bound, cursor, emptyPages, failures].every((member) => member === undefined)
