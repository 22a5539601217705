import { isFlag, isNumber, isRecord, isText, isWalk, jsonIn, optional, record } from '../../json/forms.ts'
import { type Budget, fullBudget, type Rate } from '../budget.ts'
import type { IdleRuns } from '../idle-runs.ts'
import type { Outcome } from '../outcome.ts'
import { type Backoff, maxSkewMs } from '../waiting.ts'
import type { Walk } from '../walk.ts'
import { Seen } from './seen.ts'

/** Who works on the stream, and until when nobody else should. It saves work only: a lost race loses nothing. */
export interface Lease {
  readonly owner: string
  readonly expiresAt: number
}

/** How a run ended, for whoever asks how the stream is. */
export interface LastResult {
  readonly at: number
  readonly outcome: string
  readonly detail?: string
}

/** A window that was read to its end: when it was opened, and when it was through. */
export interface Reading {
  readonly openedAt: number
  readonly endedAt: number
}

/** A window that a stream works on until it is walked to its end, however many runs that takes. */
export interface OpenWindow {
  readonly walk: Walk
  readonly openedAt: number
  /** The checkpoint when it was opened; what is older was read before. */
  readonly low: number
  /** Whether it covers the look-back. */
  readonly lookBack: boolean
  /** Where the walk stood when the last run began with it, as precisely as the feed can be asked; 0 for its beginning. */
  readonly momentAtStart?: number
  /** Of a backlog: the last run did not come to it, so it comes first in this one. */
  readonly passedOver?: boolean
  /** The next attempt of a backlog that failed: its own, so that what is new does not wait for it; and why it failed. */
  readonly wait?: Backoff | undefined
  readonly failure?: { readonly outcome: Outcome; readonly detail?: string | undefined } | undefined
}

/** Why a state was made anew although there had been one. An operator should look into it. */
export type Restored = 'missing' | 'corrupt'

/** Everything that is known of a stream between runs. All times are milliseconds since 1970. */
export interface StreamState {
  /** Where the stream began: what is older belongs to no sweep. */
  readonly startAt: number
  /** The checkpoint: every event before it that the feed showed is published, or in the backlog. */
  readonly low: number
  /** The last look-back: when it was, and the checkpoint that it made. */
  readonly lookBack: { readonly at: number; readonly low: number }
  readonly budget: Budget
  readonly seen: Seen
  readonly window?: OpenWindow | undefined
  /** What an earlier window has left to be read, behind what is new. */
  readonly backlog?: OpenWindow | undefined
  readonly lease?: Lease | undefined
  readonly backoff?: Backoff | undefined
  readonly idle?: IdleRuns | undefined
  readonly lastResult?: LastResult | undefined
  /** When the last window was opened that has been read to its end: until then the feed was read. */
  readonly readUntil?: number | undefined
  /** A reading to the end whose rows may still be on their way into the lake. */
  readonly settling?: Reading | undefined
  /** As `readUntil`, of the last reading whose rows are in the lake: until then provider and lake can be compared. */
  readonly settledUntil?: number | undefined
  /** The newest event that was not made by our own polling. */
  readonly lastEventAt?: number | undefined
}

const version = 1

export interface Beginning {
  /** Where the stream began. */
  readonly startAt: number
  /** The checkpoint to go on from. */
  readonly low: number
  readonly lookBackMs: number
  readonly rate: Rate
}

/** A state that goes on from a checkpoint. What was seen is unknown, so the look-back before it is read again. */
export const stateFrom = (from: Beginning, now: number): StreamState => ({
  startAt: from.startAt,
  low: from.low,
  lookBack: { at: 0, low: from.low - from.lookBackMs },
  budget: fullBudget(from.rate, now),
  seen: new Seen(),
})

export const encodeState = (state: StreamState): Uint8Array =>
  new TextEncoder().encode(JSON.stringify({ v: version, ...state }))

/**
 * Reads a state.
 * @param now tells a checkpoint in the future, from which the feed would be skipped
 * @returns `undefined` when it cannot be trusted
 */
export function decodeState(body: Uint8Array, now: number): StreamState | undefined {
  const value = jsonIn(body)
  if (!isRecord(value)) return undefined
  const { v, seen, ...members } = value
  const state = { ...members, seen: isRecord(seen) ? Seen.fromJSON(seen) : undefined }
  const trusted = v === version && isState(state) && state.low <= now + 2 * maxSkewMs && state.lookBack.low <= state.low
  return trusted ? state : undefined
}

const isBackoff = record({ notBefore: isNumber, step: isNumber })

const isWindow = record({
  openedAt: isNumber,
  low: isNumber,
  lookBack: isFlag,
  walk: isWalk,
  momentAtStart: optional(isNumber),
  passedOver: optional(isFlag),
  wait: optional(isBackoff),
  failure: optional(record({ outcome: isText, detail: optional(isText) })),
})

const form = record({
  startAt: isNumber,
  low: isNumber,
  lookBack: record({ at: isNumber, low: isNumber }),
  budget: record({ at: isNumber, requests: isNumber, rereads: isNumber, spare: isNumber }),
  seen: (value) => value instanceof Seen,
  window: optional(isWindow),
  backlog: optional(isWindow),
  lease: optional(record({ owner: isText, expiresAt: isNumber })),
  backoff: optional(isBackoff),
  idle: optional(record({ hour: isNumber, row: isRecord })),
  lastResult: optional(record({ at: isNumber, outcome: isText, detail: optional(isText) })),
  readUntil: optional(isNumber),
  settling: optional(record({ openedAt: isNumber, endedAt: isNumber })),
  settledUntil: optional(isNumber),
  lastEventAt: optional(isNumber),
})

const isState = (value: unknown): value is StreamState => form(value)
