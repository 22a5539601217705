import { isFlag, isNumber, isPlainObject, isText, jsonIn, objectOf, optional, type Passing } from '../../json/forms.ts'
import { fullBudget, isBudget, type Rate } from '../../poll/budget.ts'
import { guardedObject } from '../../poll/guarded-object.ts'
import { isLastResult, LostError } from '../../poll/outcome.ts'
import { stateFolder } from '../../poll/past/job.ts'
import { isBackoff } from '../../poll/waiting.ts'
import type { ObjectStore } from '../../ports.ts'
import type { DeliveryFacts } from './delivery-facts.ts'
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

/** Everything that is kept of a recovery between runs. Times are milliseconds since 1970. */
export type RecoveryState = Passing<typeof form> & { readonly ledger: Ledger }

/** The stored form of a {@link RecoveryState}. */
type StoredRecovery = Passing<typeof form> & { readonly ledger: Passing<typeof isLedger> }

const version = 1

const form = objectOf({
  /** Whose deliveries they are, in the words of the settings. */
  scope: isText,
  /** When the last complete walk began, and the newest delivery that it met. */
  seen: optional(objectOf({ id: optional(isText), at: isNumber })),
  lookedBackAt: optional(isNumber),
  /** Until when successes are known. */
  knownUntil: optional(isNumber),
  /** Whether the receiver answered the newest delivery; while it does not, requests would be wasted. */
  isReceiving: isFlag,
  walk: optional(isListWalk),
  budget: isBudget,
  backoff: optional(isBackoff),
  lastRun: optional(isLastResult),
})

/** Reads a state; `undefined` when it is invalid. */
export function decodeRecovery(body: Uint8Array): StoredRecovery | undefined {
  const value = jsonIn(body)
  if (!isPlainObject(value)) return undefined
  const { v, ledger, ...state } = value
  if (v !== version || !form(state) || !isLedger(ledger)) return undefined
  return { ...state, ledger }
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
 * provider lists; the open events of another webhook are kept until they are reported.
 */
export async function holdRecovery(options: {
  readonly store: ObjectStore
  readonly sourceId: string
  readonly scope: string
  readonly facts: DeliveryFacts
  readonly rate: Rate
  readonly now: number
}): Promise<HeldRecovery> {
  const { store, scope, facts, rate, now } = options
  const key = recoveryKey(options.sourceId)
  const stored = await store.get(key)
  const guarded = guardedObject(store, key, stored ? { etag: stored.etag } : { absent: true })
  const decoded = stored && decodeRecovery(stored.body)
  const state = decoded && { ...decoded, ledger: new Ledger(facts, decoded.ledger) }
  const anew = () => ({
    scope,
    ledger: state?.ledger.underOtherSettings(state.scope) ?? new Ledger(facts),
    isReceiving: true,
    budget: fullBudget(rate, now),
  })
  return {
    state: state?.scope === scope ? state : anew(),
    async save(next) {
      if (!(await guarded(encodeRecovery(next)))) throw new LostError('another run has taken over')
    },
  }
}
