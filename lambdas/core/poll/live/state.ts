import {
  isFlag,
  isNumber,
  isRecord,
  isText,
  jsonIn,
  listOf,
  objectOf,
  optional,
  type Passing,
} from '../../json/forms.ts'
import { type Budget, fullBudget, type Rate } from '../budget.ts'
import type { IdleRuns } from '../idle-runs.ts'
import type { Outcome } from '../outcome.ts'
import { isPublishedRow } from '../published-row.ts'
import { type Backoff, isBackoff, maxSkewMs } from '../waiting.ts'
import { isWalk, type Walk } from '../walk.ts'
import { Seen } from './seen.ts'

/**
 * The run that holds the stream, and what it reads. It avoids duplicate work, although losing the race loses no events;
 * and one that is left behind shows where a run died.
 */
export interface Lease {
  readonly owner: string
  readonly startedAt: number
  readonly expiresAt: number
  /** Position of the backlog that it reads; absent while it reads the window. */
  readonly backlog?: number | undefined
}

/** How a run ended, for reports about the stream. */
export interface LastResult {
  readonly at: number
  readonly outcome: string
  readonly detail?: string | undefined
}

/** When a window that was read to its end was opened and finished, and the last rows published by then. */
export interface Reading {
  readonly openedAt: number
  readonly endedAt: number
  readonly rows?: LastRows
}

/** The row that was published last to each queue. */
export type LastRows = Passing<typeof isLastRows>

const isLastRows = objectOf({ live: optional(isPublishedRow), bulk: optional(isPublishedRow) })

/** A window that the stream reads to its end, over as many runs as that takes. */
export interface OpenWindow {
  readonly walk: Walk
  readonly openedAt: number
  /** The checkpoint when it was opened; older events had been read before. */
  readonly low: number
  /** Whether it covers the look-back. */
  readonly lookBack: boolean
  /** Of a failed backlog: its own next attempt, so that new events do not wait for it, and its failure. */
  readonly wait?: Backoff | undefined
  readonly failure?: { readonly outcome: Outcome; readonly detail?: string | undefined } | undefined
}

/**
 * Why a stream did not go on from its state: it was missing or unreadable, or it is that of `other` settings, which name
 * another log. An operator should look into it.
 */
export type Restored = 'missing' | 'corrupt' | 'other'

/** Everything that is kept of a stream between runs. All times are milliseconds since 1970. */
export interface StreamState {
  /** Whose log it is, in the words of the settings. */
  readonly scope?: string | undefined
  /** The marker of the stream's birth is stored, so that a missing state is noticed. */
  readonly isMarked?: boolean | undefined
  /** Where the stream began: sweeps go no further back. */
  readonly startAt: number
  /** The checkpoint: every event before it that the feed showed is published or in a backlog. */
  readonly low: number
  /** The last look-back: when it was read, and the checkpoint that it reached. */
  readonly lookBack: { readonly at: number; readonly low: number }
  readonly budget: Budget
  readonly seen: Seen
  /** Where the remembered ids begin, if there were too many: a look-back to earlier events would publish them again. */
  readonly remembersFrom?: number | undefined
  readonly window?: OpenWindow | undefined
  /** When a window of an unsorted feed was left unread: all of its pages are read again. */
  readonly unreadSince?: number | undefined
  /** The unread rests of earlier windows, read after new events, in the order of their turns. */
  readonly backlogs: readonly OpenWindow[]
  /** How many runs in a row got no further with any of them. */
  readonly passedOver?: number | undefined
  readonly lease?: Lease | undefined
  readonly backoff?: Backoff | undefined
  readonly idle?: IdleRuns | undefined
  readonly lastResult?: LastResult | undefined
  /** Until when the feed was read: the time at which the last fully read window was opened. */
  readonly readUntil?: number | undefined
  /** A complete reading whose rows may still be on their way into the lake. */
  readonly settling?: Reading | undefined
  /** The row published last to each queue. */
  readonly lastRows?: LastRows | undefined
  /** As `readUntil`, of the last reading whose rows are in the lake: until then lake and provider can be compared. */
  readonly settledUntil?: number | undefined
  /** Time of the newest event that our own polling did not cause. */
  readonly lastEventAt?: number | undefined
  /** When the credential of the last page expires, where the provider tells. */
  readonly credentialExpiresAt?: number | undefined
}

const version = 2

export interface Beginning {
  /** Whose log it is. */
  readonly scope?: string | undefined
  /** Where the stream began. */
  readonly startAt: number
  /** The checkpoint to continue from. */
  readonly low: number
  readonly lookBackMs: number
  readonly rate: Rate
}

/** A state that continues from a checkpoint. Without the ids seen so far, the look-back before it is read again. */
export const stateFrom = (from: Beginning, now: number): StreamState => ({
  scope: from.scope,
  startAt: from.startAt,
  low: from.low,
  lookBack: { at: 0, low: from.low - from.lookBackMs },
  budget: fullBudget(from.rate, now),
  seen: new Seen(),
  backlogs: [],
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
  const { v, seen, ...members } = upgraded(value)
  const state = { ...members, seen: isRecord(seen) ? Seen.fromJSON(seen) : undefined }
  const trusted = v === version && isState(state) && state.low <= now + 2 * maxSkewMs && state.lookBack.low <= state.low
  return trusted ? state : undefined
}

/** Upgrades a state of version 1, which had one backlog, and a lease that does not say when its run began. */
function upgraded(value: Record<string, unknown>): Record<string, unknown> {
  if (value.v !== 1) return value
  const { backlog, lease: _expires, ...state } = value
  return { ...state, v: version, backlogs: backlog === undefined ? [] : [backlog] }
}

const isWindow = objectOf({
  openedAt: isNumber,
  low: isNumber,
  lookBack: isFlag,
  walk: isWalk,
  wait: optional(isBackoff),
  failure: optional(objectOf({ outcome: isText, detail: optional(isText) })),
})

const isReading = objectOf({ openedAt: isNumber, endedAt: isNumber, rows: optional(isLastRows) })

const form = objectOf({
  scope: optional(isText),
  isMarked: optional(isFlag),
  startAt: isNumber,
  low: isNumber,
  lookBack: objectOf({ at: isNumber, low: isNumber }),
  budget: objectOf({ at: isNumber, requests: isNumber, rereads: isNumber, spare: isNumber }),
  seen: (value) => value instanceof Seen,
  remembersFrom: optional(isNumber),
  unreadSince: optional(isNumber),
  window: optional(isWindow),
  backlogs: listOf(isWindow),
  passedOver: optional(isNumber),
  lease: optional(objectOf({ owner: isText, startedAt: isNumber, expiresAt: isNumber, backlog: optional(isNumber) })),
  backoff: optional(isBackoff),
  idle: optional(objectOf({ hour: isNumber, row: isRecord })),
  lastResult: optional(objectOf({ at: isNumber, outcome: isText, detail: optional(isText) })),
  readUntil: optional(isNumber),
  settling: optional(isReading),
  lastRows: optional(isLastRows),
  settledUntil: optional(isNumber),
  lastEventAt: optional(isNumber),
  credentialExpiresAt: optional(isNumber),
})

const isState = (value: unknown): value is StreamState => form(value)
