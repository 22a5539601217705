import { isFlag, isNumber, isRecord, isText, jsonIn, objectOf, optional } from '../../json/forms.ts'
import { type Budget, fullBudget, type Rate } from '../budget.ts'
import type { IdleRuns } from '../idle-runs.ts'
import type { Outcome } from '../outcome.ts'
import { type Backoff, maxSkewMs } from '../waiting.ts'
import { isWalk, type Walk } from '../walk.ts'
import { Seen } from './seen.ts'

/** The run that holds the stream, and until when. It only avoids duplicate work: losing the race loses no events. */
export interface Lease {
  readonly owner: string
  readonly expiresAt: number
}

/** How a run ended, for reports about the stream. */
export interface LastResult {
  readonly at: number
  readonly outcome: string
  readonly detail?: string
}

/** When a window that was read to its end was opened and finished. */
export interface Reading {
  readonly openedAt: number
  readonly endedAt: number
}

/** A window that the stream reads to its end, over as many runs as that takes. */
export interface OpenWindow {
  readonly walk: Walk
  readonly openedAt: number
  /** The checkpoint when it was opened; older events had been read before. */
  readonly low: number
  /** Whether it covers the look-back. */
  readonly lookBack: boolean
  /** Where the walk stood when the last run continued it, rounded to the feed's granularity; 0 for its beginning. */
  readonly momentAtStart?: number
  /** Of a backlog: the last run had no time for it, so it comes first in this one. */
  readonly passedOver?: boolean
  /** Of a failed backlog: its own next attempt, so that new events do not wait for it, and its failure. */
  readonly wait?: Backoff | undefined
  readonly failure?: { readonly outcome: Outcome; readonly detail?: string | undefined } | undefined
}

/** Why an earlier state had to be rebuilt. An operator should look into it. */
export type Restored = 'missing' | 'corrupt'

/** Everything that is kept of a stream between runs. All times are milliseconds since 1970. */
export interface StreamState {
  /** Where the stream began: sweeps go no further back. */
  readonly startAt: number
  /** The checkpoint: every event before it that the feed showed is published or in the backlog. */
  readonly low: number
  /** The last look-back: when it was read, and the checkpoint that it reached. */
  readonly lookBack: { readonly at: number; readonly low: number }
  readonly budget: Budget
  readonly seen: Seen
  readonly window?: OpenWindow | undefined
  /** The unread rest of an earlier window, read after new events. */
  readonly backlog?: OpenWindow | undefined
  readonly lease?: Lease | undefined
  readonly backoff?: Backoff | undefined
  readonly idle?: IdleRuns | undefined
  readonly lastResult?: LastResult | undefined
  /** Until when the feed was read: the time at which the last fully read window was opened. */
  readonly readUntil?: number | undefined
  /** A complete reading whose rows may still be on their way into the lake. */
  readonly settling?: Reading | undefined
  /** As `readUntil`, of the last reading whose rows are in the lake: until then lake and provider can be compared. */
  readonly settledUntil?: number | undefined
  /** Time of the newest event that our own polling did not cause. */
  readonly lastEventAt?: number | undefined
}

const version = 1

export interface Beginning {
  /** Where the stream began. */
  readonly startAt: number
  /** The checkpoint to continue from. */
  readonly low: number
  readonly lookBackMs: number
  readonly rate: Rate
}

/** A state that continues from a checkpoint. Without the ids seen so far, the look-back before it is read again. */
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
 * @param now to reject a checkpoint in the future, which would skip events
 * @returns `undefined` when the state is invalid
 */
export function decodeState(body: Uint8Array, now: number): StreamState | undefined {
  const value = jsonIn(body)
  if (!isRecord(value)) return undefined
  const { v, seen, ...members } = value
  const state = { ...members, seen: isRecord(seen) ? Seen.fromJSON(seen) : undefined }
  const trusted = v === version && isState(state) && state.low <= now + 2 * maxSkewMs && state.lookBack.low <= state.low
  return trusted ? state : undefined
}

const isBackoff = objectOf({ notBefore: isNumber, step: isNumber })

const isWindow = objectOf({
  openedAt: isNumber,
  low: isNumber,
  lookBack: isFlag,
  walk: isWalk,
  momentAtStart: optional(isNumber),
  passedOver: optional(isFlag),
  wait: optional(isBackoff),
  failure: optional(objectOf({ outcome: isText, detail: optional(isText) })),
})

const form = objectOf({
  startAt: isNumber,
  low: isNumber,
  lookBack: objectOf({ at: isNumber, low: isNumber }),
  budget: objectOf({ at: isNumber, requests: isNumber, rereads: isNumber, spare: isNumber }),
  seen: (value) => value instanceof Seen,
  window: optional(isWindow),
  backlog: optional(isWindow),
  lease: optional(objectOf({ owner: isText, expiresAt: isNumber })),
  backoff: optional(isBackoff),
  idle: optional(objectOf({ hour: isNumber, row: isRecord })),
  lastResult: optional(objectOf({ at: isNumber, outcome: isText, detail: optional(isText) })),
  readUntil: optional(isNumber),
  settling: optional(objectOf({ openedAt: isNumber, endedAt: isNumber })),
  settledUntil: optional(isNumber),
  lastEventAt: optional(isNumber),
})

const isState = (value: unknown): value is StreamState => form(value)
