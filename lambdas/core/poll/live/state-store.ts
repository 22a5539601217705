import { TransientError } from '../../errors.ts'
import type { ObjectStore } from '../../ports.ts'
import { longestStretchMs, type Rate } from '../budget.ts'
import { guardedObject } from '../guarded-object.ts'
import { decodeState, encodeState, type Restored, type StreamState, stateFrom } from './state.ts'

export interface StateOptions {
  readonly store: ObjectStore
  /** Folder of the stream's objects, with a slash at its end. */
  readonly prefix: string
  /** Where a stream begins that was never polled before, in milliseconds since 1970. */
  readonly startAt: number
  readonly lookBackMs: number
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
}

/**
 * Reads the state of a stream. A marker shows that there was one: when the state is missing or unreadable, the stream
 * continues from the last checkpoint in `collection_runs`, else from its beginning, and never silently from now.
 * @throws {TransientError} when another run wrote the marker at the same moment
 */
export async function holdState(options: StateOptions): Promise<HeldState> {
  const { store, prefix, now, lookBackMs, rate } = options
  const key = `${prefix}state.json`
  const stored = await store.get(key)
  const guarded = guardedObject(store, key, stored ? { etag: stored.etag } : { absent: true })
  const save: HeldState['save'] = (next) => guarded(encodeState(next))
  const state = stored && decodeState(stored.body, now())
  if (state) return { state, save }
  const born = await bornAt(options)
  const low = (born.before ? await options.lastCheckpoint() : undefined) ?? born.startAt
  const restored = stored ? 'corrupt' : born.before ? 'missing' : undefined
  // A recorded checkpoint is never further ahead of the last look-back than this.
  const lookBack = born.before ? longestStretchMs : lookBackMs
  return {
    state: stateFrom({ startAt: born.startAt, low, lookBackMs: lookBack, rate }, now()),
    ...(restored && { restored }),
    save,
  }
}

/** Where the stream began, and whether it was polled before. */
async function bornAt({ store, prefix, startAt }: StateOptions): Promise<{ startAt: number; before: boolean }> {
  const key = `${prefix}born`
  const marker = await store.get(key)
  if (marker) {
    const then = Date.parse(new TextDecoder().decode(marker.body))
    return { startAt: Number.isNaN(then) ? startAt : then, before: true }
  }
  const made = await store.putIf(key, new TextEncoder().encode(new Date(startAt).toISOString()), { absent: true })
  if (!made) throw new TransientError(`${key}: another run began with this stream at the same moment`)
  return { startAt, before: false }
}
