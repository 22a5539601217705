import { afterTurn, backlogProgress, failed, withBacklog } from './backlogs.ts'
import type { OpenWindow, StreamState } from './state.ts'
import { type Facts, windowProgress } from './window.ts'

/** The place in a state of what is being read: the window, or a backlog. */
export interface Place {
  readonly isBacklog: boolean
  /** What is left of it; `undefined` once it has been read to its end. */
  open(state: StreamState): OpenWindow | undefined
  /** Position among the backlogs; `undefined` for the window. */
  position(state: StreamState): number | undefined
  /** The state after one of its pages. */
  afterPage(state: StreamState, open: OpenWindow): StreamState
  /** The state after a failed attempt at it, which its walk has counted already. */
  afterFailure(state: StreamState, open: OpenWindow, error: unknown): StreamState
  /** The state when the run leaves it. */
  afterTurn(state: StreamState): StreamState
}

export const windowPlace = (stream: Facts): Place => ({
  isBacklog: false,
  open: ({ window }) => window,
  position: () => undefined,
  afterPage: (state, open) => windowProgress(stream, state, open),
  afterFailure: (state, open) => ({ ...state, window: open }),
  afterTurn: (state) => state,
})

/** @param openedAt tells the backlog from the others */
export const backlogPlace = (stream: Facts, openedAt: number, now: () => number): Place => ({
  isBacklog: true,
  open: ({ backlogs }) => backlogs.find((one) => one.openedAt === openedAt),
  position: ({ backlogs }) => backlogs.findIndex((one) => one.openedAt === openedAt),
  afterPage: (state, open) => backlogProgress(stream, state, open, now()),
  afterFailure: (state, open, error) => afterTurn(withBacklog(state, failed(open, error, now())), openedAt),
  afterTurn: (state) => afterTurn(state, openedAt),
})
