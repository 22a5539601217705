import { isFlag, isNumber, isRecord, isText, jsonIn, objectOf, optional, type Passing } from '../../json/forms.ts'
import { type Budget, fullBudget, type Rate } from '../../poll/budget.ts'
import { guardedObject } from '../../poll/guarded-object.ts'
import type { LastResult } from '../../poll/live/state.ts'
import { LostError } from '../../poll/outcome.ts'
import { stateFolder } from '../../poll/past/job.ts'
import { type Backoff, isBackoff } from '../../poll/waiting.ts'
import type { ObjectStore } from '../../ports.ts'
import { isLedger, Ledger } from './ledger.ts'

/** A reading of the list from its newest delivery on, over as many runs as it takes. */
export type ListWalk = Passing<typeof isListWalk>

const isListWalk = objectOf({
  startedAt: isNumber,
  /** Known deliveries before this time need no second look. */
  downTo: isNumber,
  lookBack: isFlag,
  /** Id of the newest delivery that it has met. */
  newest: optional(isText),
  /** Its next page. */
  cursor: isText,
  /** Failures in a row at this page. */
  failures: isNumber,
})

const isLastRun = objectOf({ at: isNumber, outcome: isText, detail: optional(isText) })

const isSeen = objectOf({ id: optional(isText), at: isNumber })

/** Everything that is kept of a recovery between runs. Times are milliseconds since 1970. */
export interface RecoveryState {
  /** Whose deliveries they are, in the words of the settings. */
  readonly scope: string
  readonly ledger: Ledger
  /** When the last complete walk began, and the newest delivery that it met. */
  readonly seen?: Passing<typeof isSeen> | undefined
  readonly lookedBackAt?: number | undefined
  /** Until when successes are known. */
  readonly knownUntil?: number | undefined
  /** Whether the receiver answered the newest delivery; while it does not, requests would be used up in vain. */
  readonly isReceiving: boolean
  readonly walk?: ListWalk | undefined
  readonly budget: Budget
  readonly backoff?: Backoff | undefined
  readonly lastRun?: LastResult | undefined
}

const version = 1

const form = objectOf({
  scope: isText,
  seen: optional(isSeen),
  lookedBackAt: optional(isNumber),
  knownUntil: optional(isNumber),
  isReceiving: isFlag,
  walk: optional(isListWalk),
  budget: objectOf({ at: isNumber, requests: isNumber, rereads: isNumber, spare: isNumber }),
  backoff: optional(isBackoff),
  lastRun: optional(isLastRun),
})

/** Reads a state; `undefined` when it is invalid. */
export function decodeRecovery(body: Uint8Array): RecoveryState | undefined {
  const value = jsonIn(body)
  if (!isRecord(value)) return undefined
  const { v, ledger, ...state } = value
  if (v !== version || !form(state) || !isLedger(ledger)) return undefined
  return { ...state, ledger: new Ledger(ledger) }
}

const encodeRecovery = (state: RecoveryState): Uint8Array =>
  new TextEncoder().encode(JSON.stringify({ v: version, ...state }))

/** The key of a source's state in the ops bucket. */
export const recoveryKey = (sourceId: string): string => `${stateFolder(sourceId)}recovery.json`

export interface HeldRecovery {
  readonly state: RecoveryState
  /** @throws {LostError} when another run has changed it since */
  save(state: RecoveryState): Promise<void>
}

/**
 * Reads the state. One that is missing, unreadable or of another webhook begins anew with all deliveries that the
 * provider lists.
 */
export async function holdRecovery(options: {
  readonly store: ObjectStore
  readonly sourceId: string
  readonly scope: string
  readonly rate: Rate
  readonly now: number
}): Promise<HeldRecovery> {
  const { store, scope, rate, now } = options
  const key = recoveryKey(options.sourceId)
  const stored = await store.get(key)
  const guarded = guardedObject(store, key, stored ? { etag: stored.etag } : { absent: true })
  const state = stored && decodeRecovery(stored.body)
  return {
    state:
      state?.scope === scope
        ? state
        : { scope, ledger: new Ledger(), isReceiving: true, budget: fullBudget(rate, now) },
    async save(next) {
      if (!(await guarded(encodeRecovery(next)))) throw new LostError('another run has taken over')
    },
  }
}
