import {
  isFlag,
  isNumber,
  isPlainObject,
  isText,
  jsonIn,
  listOf,
  objectOf,
  optional,
  type Passing,
} from '../../json/forms.ts'
import { fullBudget, isBudget, type Rate } from '../budget.ts'
import { isIdleRuns } from '../idle-runs.ts'
import { isLastResult, isOutcome } from '../outcome.ts'
import { isPublishedRow } from '../published-row.ts'
import { isBackoff, maxSkewMs } from '../waiting.ts'
import { isWalk } from '../walk.ts'
import { Seen } from './seen.ts'

/**
 * The run that holds the stream, and what it reads. It avoids duplicate work, although losing the race loses no events;
 * and one that is left behind shows where a run died.
 */
export type Lease = Passing<typeof isLease>

const isLease = objectOf({
  owner: isText,
  startedAt: isNumber,
  expiresAt: isNumber,
  /** Position of the backlog that it reads; absent while it reads the window. */
  backlog: optional(isNumber),
})

/** The row that was published last to each queue. */
export type LastRows = Passing<typeof isLastRows>

const isLastRows = objectOf({ live: optional(isPublishedRow), bulk: optional(isPublishedRow) })

/** When a window that was read to its end was opened and finished, and the last rows published by then. */
const isReading = objectOf({ openedAt: isNumber, endedAt: isNumber, rows: optional(isLastRows) })

/** A window that the stream reads to its end, over as many runs as that takes. */
export type OpenWindow = Passing<typeof isWindow>

const isWindow = objectOf({
  walk: isWalk,
  openedAt: isNumber,
  /** The checkpoint when it was opened; older events had been read before. */
  low: isNumber,
  /** Whether it covers the look-back. */
  lookBack: isFlag,
  /** Of a failed backlog: its own next attempt, so that new events do not wait for it, and its failure. */
  wait: optional(isBackoff),
  failure: optional(objectOf({ outcome: isOutcome, detail: optional(isText) })),
})

/**
 * Why a stream did not go on from its state: it was missing or unreadable, or it is that of `other` settings, which
 * name another log. An operator should look into it.
 */
export type Restored = 'missing' | 'corrupt' | 'other'

/** Everything that is kept of a stream between runs. All times are milliseconds since 1970. */
export type StreamState = Passing<typeof isState>

const isState = objectOf({
  /** Whose log it is, in the words of the settings. */
  scope: optional(isText),
  /** The marker of the stream's birth is stored, so that a missing state is noticed. */
  isMarked: optional(isFlag),
  /** Where the stream began: sweeps go no further back. */
  startAt: isNumber,
  /** The checkpoint: every event before it that the feed showed is published or in a backlog. */
  low: isNumber,
  /** The last look-back: when it was read, and the checkpoint that it reached. */
  lookBack: objectOf({ at: isNumber, low: isNumber }),
  budget: isBudget,
  seen: (value) => value instanceof Seen,
  /** Where the remembered ids begin, if there were too many: a look-back to earlier events would publish them again. */
  remembersFrom: optional(isNumber),
  window: optional(isWindow),
  /** When a window of an unsorted feed was left unread: all of its pages are read again. */
  unreadSince: optional(isNumber),
  /** The unread rests of earlier windows, read after new events, in the order of their turns. */
  backlogs: listOf(isWindow),
  /** How many runs in a row got no further with any of them. */
  passedOver: optional(isNumber),
  lease: optional(isLease),
  backoff: optional(isBackoff),
  idle: optional(isIdleRuns),
  lastResult: optional(isLastResult),
  /** Until when the feed was read: the time at which the last fully read window was opened. */
  readUntil: optional(isNumber),
  /** A complete reading whose rows may still be on their way into the lake. */
  settling: optional(isReading),
  /** The row published last to each queue. */
  lastRows: optional(isLastRows),
  /** As `readUntil`, of the last reading whose rows are in the lake: until then lake and provider can be compared. */
  settledUntil: optional(isNumber),
  /** Time of the newest event that our own polling did not cause. */
  lastEventAt: optional(isNumber),
  /** When the credential of the last page expires, where the provider tells. */
  credentialExpiresAt: optional(isNumber),
})

const version = 2

/** How a stream begins, or goes on from a checkpoint. */
export interface Beginning extends Pick<StreamState, 'scope' | 'startAt' | 'low'> {
  readonly lookBackMs: number
  readonly rate: Rate
}

/** A state that continues from a checkpoint. Without the ids seen so far, the look-back before it is read again. */
export const stateFrom = ({ lookBackMs, rate, ...from }: Beginning, now: number): StreamState => ({
  ...from,
  lookBack: { at: 0, low: from.low - lookBackMs },
  budget: fullBudget(rate, now),
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
  if (!isPlainObject(value)) return undefined
  const { v, seen, ...members } = value
  const state = { ...members, seen: isPlainObject(seen) ? Seen.fromJSON(seen) : undefined }
  const trusted = v === version && isState(state) && state.low <= now + 2 * maxSkewMs && state.lookBack.low <= state.low
  return trusted ? state : undefined
}
