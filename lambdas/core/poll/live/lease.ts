import { randomUUID } from 'node:crypto'
import { TransientError } from '../../errors.ts'
import { afterFailure, type NarrowedStream } from '../failed-attempt.ts'
import { LostError } from '../outcome.ts'
import { maxSkewMs } from '../waiting.ts'
import { failed } from './backlogs.ts'
import { forget } from './remember.ts'
import type { Lease, OpenWindow, StreamState } from './state.ts'
import type { HeldState } from './state-store.ts'
import type { Facts } from './window.ts'

/** Every checkpoint renews the lease, so it only has to outlast one page. */
const leaseMs = 90_000

/**
 * How recently the last run must have ended well for the next one to start without a lease, so that idle runs write
 * once. A death then leaves no trace, but the run after it takes a lease.
 */
const recentMs = 110_000

/** Whether another run holds the stream. A lease that expires later than any we write comes from a wrong clock. */
export function isHeld({ lease }: StreamState, now: number): boolean {
  const left = (lease?.expiresAt ?? now) - now
  return left > 0 && left <= leaseMs + maxSkewMs
}

/** Whether a run may begin without a lease: everything was read, a moment ago. */
export const isQuiet = ({ window, backlogs, lease, lastResult, isMarked }: StreamState, now: number): boolean =>
  isMarked === true &&
  !window &&
  backlogs.length === 0 &&
  !lease &&
  lastResult?.outcome === 'done' &&
  now - lastResult.at <= recentMs

/** The failure of a run that ended without a result. */
export const death = new TransientError(
  'the run before ended without a result: killed, out of memory or time, or unable to save its state',
)

/** The state after a run that left its lease behind: a failed attempt at what it was reading. */
export function afterDeath(stream: NarrowedStream, state: StreamState, now: number): StreamState {
  const { lease, window, backlogs } = state
  if (!lease) return state
  const counted = (open: OpenWindow): OpenWindow => ({ ...open, walk: afterFailure(open.walk, stream, death) })
  if (lease.backlog === undefined) return { ...state, lease: undefined, window: window && counted(window) }
  const list = backlogs.map((one, at) => (at === lease.backlog ? failed(counted(one), death, now) : one))
  return { ...state, lease: undefined, backlogs: list }
}

export interface HolderOptions {
  readonly stream: Facts
  readonly held: HeldState
  /** When Lambda stops the function, and its lease is over. */
  readonly deadline: number
  /** Minimum time between two checkpoints, in milliseconds. */
  readonly checkpointMs: number
  readonly now: () => number
}

/** Holds a stream for one run, and saves its state. */
export class Holder {
  readonly #options: HolderOptions
  readonly #owner = randomUUID()
  readonly #startedAt: number
  #savedAt = 0
  /** The position of the backlog that the stored lease names. */
  #backlog: number | undefined

  constructor(options: HolderOptions) {
    this.#options = options
    this.#startedAt = options.now()
  }

  /**
   * Saves the state and renews the lease.
   * @param backlog position of the backlog that is read
   * @returns the state without the ids that are no longer needed
   * @throws {LostError} when another run has changed the state
   */
  save(state: StreamState, backlog?: number): Promise<StreamState> {
    const { now, deadline } = this.#options
    this.#savedAt = now()
    this.#backlog = backlog
    const expiresAt = Math.min(this.#savedAt + leaseMs, deadline)
    return this.#keep(state, { owner: this.#owner, startedAt: this.#startedAt, expiresAt, backlog })
  }

  /**
   * Saves the state unless the lease says already what is read: a death from here on counts as a failed attempt at
   * that.
   */
  async attend(state: StreamState, backlog: number | undefined): Promise<StreamState> {
    return backlog === this.#backlog ? state : await this.save(state, backlog)
  }

  /** Saves at intervals. The end of a walk is saved with the end of the run, in one put. */
  async checkpoint(state: StreamState, isDone: boolean, backlog?: number): Promise<StreamState> {
    const { now, checkpointMs } = this.#options
    return isDone || now() - this.#savedAt < checkpointMs ? state : await this.save(state, backlog)
  }

  /** Saves the state and gives up the lease. @throws {LostError} when another run has changed the state */
  release(state: StreamState): Promise<StreamState> {
    return this.#keep(state, undefined)
  }

  async #keep(state: StreamState, lease: Lease | undefined): Promise<StreamState> {
    const { stream, held } = this.#options
    const kept = { ...forget(stream, state), lease }
    if (await held.save(kept)) return kept
    throw new LostError('another run changed the state')
  }
}
