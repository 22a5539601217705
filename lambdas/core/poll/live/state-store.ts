import { ConfigError } from '../../errors.ts'
import type { ObjectStore } from '../../ports.ts'
import { longestStretchMs, type Rate } from '../budget.ts'
import { guardedObject } from '../guarded-object.ts'
import type { PollStream } from '../stream.ts'
import { maxSkewMs } from '../waiting.ts'
import { isUnsorted } from '../walk.ts'
import { decodeState, encodeState, type Restored, type StreamState, stateFrom } from './state.ts'
import { lookBackMs, publishedUntil } from './window.ts'

export interface StateOptions {
  readonly store: ObjectStore
  /** Folder of the stream's objects, with a slash at its end. */
  readonly prefix: string
  /** Whose log it is, in the words of the settings. */
  readonly scope?: string | undefined
  /** Where a stream begins that was never polled before, in milliseconds since 1970. */
  readonly startAt: number
  readonly stream: Pick<PollStream, 'order' | 'lookBackSeconds'>
  readonly rate: Rate
  /** `checkpoint_after` of the stream's last row in `collection_runs`; `undefined` when there is none. */
  lastCheckpoint(): Promise<number | undefined>
  readonly now: () => number
}

/** A state as it was read, with the only way to change it. */
export interface HeldState {
  readonly state: StreamState
  readonly restored?: Restored
  /** @returns false when another run has changed it since: its version wins */
  save(state: StreamState): Promise<boolean>
  /**
   * Stores the marker that shows later runs that there was a state. It comes after the first state, so that a run that
   * ends between the two is not taken for a loss.
   */
  mark(): Promise<void>
}

/**
 * Reads the state of a stream. When it is missing or unreadable, the stream continues from the last checkpoint in
 * `collection_runs`, else from its beginning, and never silently from now.
 * @throws {ConfigError} when the stream would begin in the future
 */
export async function holdState(options: StateOptions): Promise<HeldState> {
  const { store, prefix, now } = options
  const key = `${prefix}state.json`
  const stored = await store.get(key)
  const guarded = guardedObject(store, key, stored ? { etag: stored.etag } : { absent: true })
  const state = stored && decodeState(stored.body, now())
  const read = state ? ofScope(options, state) : await rebuilt(options, stored !== undefined)
  return {
    ...read,
    save: (next) => guarded(encodeState(next)),
    async mark() {
      const startAt = new Date(read.state.startAt).toISOString()
      await store.putIf(markerKey(prefix), new TextEncoder().encode(startAt), { absent: true })
    },
  }
}

const markerKey = (prefix: string): string => `${prefix}born`

type Read = Pick<HeldState, 'state' | 'restored'>

/**
 * The state, which begins anew when the settings name another log. Changed settings may also name the same log in other
 * words, so whatever is unread is still read.
 */
function ofScope(options: StateOptions, state: StreamState): Read {
  const { scope = state.scope, rate, now } = options
  if (scope === state.scope || state.scope === undefined) return { state: { ...state, scope } }
  const startAt = beginning(options.startAt, now())
  const low = Math.min(publishedUntil(state), startAt)
  const { lease, budget, isMarked, idle } = state
  const anew = stateFrom(
    { scope, startAt: Math.min(state.startAt, startAt), low, lookBackMs: longestStretchMs, rate },
    now(),
  )
  return { state: { ...anew, lease, budget, isMarked, idle }, restored: 'other' }
}

async function rebuilt(options: StateOptions, isCorrupt: boolean): Promise<Read> {
  const { store, prefix, scope, stream, rate, now } = options
  const marker = await store.get(markerKey(prefix))
  const born = marker ? Date.parse(new TextDecoder().decode(marker.body)) : Number.NaN
  const startAt = beginning(Number.isNaN(born) ? options.startAt : born, now())
  const known = marker ? await options.lastCheckpoint() : undefined
  const low = known ?? startAt
  // As far as a checkpoint can be ahead of the last look-back.
  const reach = marker ? longestStretchMs : lookBackMs(stream)
  const anew = stateFrom({ scope, startAt, low, lookBackMs: reach, rate }, now())
  const state = {
    ...anew,
    isMarked: marker !== undefined,
    // An unsorted feed shows everything again, and what lies before the checkpoint is published.
    ...(marker && isUnsorted(stream) && { remembersFrom: anew.lookBack.low }),
  }
  if (isCorrupt) return { state, restored: 'corrupt' }
  return marker ? { state, restored: 'missing' } : { state }
}

/** @throws {ConfigError} when it lies in the future, where no event would ever be read */
function beginning(startAt: number, now: number): number {
  if (startAt <= now + maxSkewMs) return startAt
  const time = new Date(startAt).toISOString()
  throw new ConfigError(`startAt lies in the future (${time}): set it to the time from which on events are wanted`)
}
