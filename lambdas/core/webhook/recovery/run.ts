import { CursorError } from '../../errors.ts'
import { Allowance } from '../../poll/allowance.ts'
import { rateOf, refill } from '../../poll/budget.ts'
import { detailOf, type LastResult, LostError, type Outcome, outcomeOf } from '../../poll/outcome.ts'
import { type RunRow, runRow } from '../../poll/run-row.ts'
import { backOff, hasNewCredential, mustWait } from '../../poll/waiting.ts'
import type { ObjectStore } from '../../ports.ts'
import { askAgain } from './ask-again.ts'
import type { DeliveryLog } from './deliveries.ts'
import type { DeliveryFacts } from './delivery-facts.ts'
import { replacedBy } from './ledger.ts'
import { undeliveredFailure, unlistedFailure } from './lost.ts'
import { createPublish, type PublishOptions } from './publish.ts'
import { readBodies } from './read-bodies.ts'
import { readList } from './read-list.ts'
import type { Recovery } from './recovery.ts'
import { oldestListed, share } from './rules.ts'
import { type HeldRecovery, holdRecovery, type RecoveryState } from './state.ts'

export interface RecoveryOptions extends PublishOptions {
  readonly log: DeliveryLog
  readonly facts: DeliveryFacts
  /** Name of the recovery in rows, such as `github-webhook recovery`. */
  readonly stream: string
  /** Whose deliveries they are, in the words of the settings. */
  readonly scope: string
  /** Keeps the state. */
  readonly store: ObjectStore
  /** When Lambda will stop the function, in milliseconds since 1970. */
  readonly deadline: number
  /** Makes rows of `collection_runs` durable. */
  record(rows: readonly RunRow[]): Promise<void>
  /** When the credential was last replaced, in milliseconds since 1970; a new one ends a wait for credentials. */
  credentialSince(): Promise<number | undefined>
  readonly now?: () => number
}

export interface RecoveryResult {
  readonly outcome: Outcome
  /** What the run did; absent when it ended before it had read the state, or waits. */
  readonly row?: RunRow
  /** Result of the last run that did not wait. */
  readonly last?: LastResult | undefined
  readonly error?: unknown
}

/**
 * One run: reads what is new in the list of deliveries, reads bodies that were too large, asks for the other failed
 * deliveries again, reports what could not be recovered. The order is always publish, then checkpoint. Never throws.
 */
export async function recover(options: RecoveryOptions): Promise<RecoveryResult> {
  const { now = Date.now, source, facts } = options
  const startedAt = now()
  const rate = rateOf({ ...facts, limitPeriodSeconds: 3_600 }, share)
  try {
    const held = await holdRecovery({ ...options, sourceId: source.sourceId, rate, now: startedAt })
    const { backoff, lastRun, budget } = held.state
    if (mustWait(backoff, startedAt) && !(await hasNewCredential(lastRun, options.credentialSince))) {
      return { outcome: 'waiting', last: lastRun }
    }
    const state = { ...held.state, budget: refill(budget, rate, startedAt) }
    return await new Run(options, held, state, startedAt, now).result()
  } catch (error) {
    return { outcome: outcomeOf(error), error }
  }
}

class Run {
  readonly #options: RecoveryOptions
  readonly #held: HeldRecovery
  readonly #startedAt: number
  readonly #now: () => number
  readonly #allowance: Allowance
  readonly #publish: ReturnType<typeof createPublish>
  readonly #recovery: Recovery
  #state: RecoveryState
  #asked = 0
  #repaired = 0

  constructor(
    options: RecoveryOptions,
    held: HeldRecovery,
    state: RecoveryState,
    startedAt: number,
    now: () => number,
  ) {
    this.#options = options
    this.#held = held
    this.#state = state
    this.#startedAt = startedAt
    this.#now = now
    this.#allowance = new Allowance(state.budget, now)
    this.#publish = createPublish(options, now)
    this.#recovery = {
      log: options.log,
      deadline: options.deadline,
      ledger: state.ledger,
      allowance: this.#allowance,
      now,
      noteAsked: () => void this.#asked++,
      save: () => held.save({ ...this.#state, budget: this.#allowance.budget }),
      take: this.#publish.take,
      close: this.#publish.close,
    }
  }

  async result(): Promise<RecoveryResult> {
    let error: unknown
    let single: unknown
    try {
      await this.#readList()
      this.#state.ledger.readInstead(this.#now(), this.#state.knownUntil ?? 0)
      single = await readBodies(this.#recovery)
      single = (await askAgain(this.#recovery, this.#state.isReceiving)) ?? single
    } catch (caught) {
      error = caught
    }
    try {
      if (!(error instanceof LostError)) await this.#report()
    } catch (caught) {
      error ??= caught
    }
    return this.#finish(error, single)
  }

  /** Takes at most half of the time, so that a long list leaves room for what it has shown so far. */
  async #readList(): Promise<void> {
    const { log, facts, deadline } = this.#options
    const before = this.#state
    const until = this.#startedAt + (deadline - this.#startedAt) / 2
    const known = before.ledger.copy()
    const { state, repaired, closed, error } = await readList(log, facts, this.#allowance, before, until, this.#now)
    await this.#publish.close(closed).catch((cause: unknown) => {
      // The next run has to find them again.
      this.#state = { ...before, ledger: known }
      throw cause
    })
    this.#state = state
    this.#repaired = repaired
    // After an expired cursor the next run begins at the newest delivery.
    if (error !== undefined && !(error instanceof CursorError)) throw error
    const oldest = oldestListed(facts, this.#startedAt)
    if (before.seen && before.seen.at < oldest && !before.walk) {
      const failure = unlistedFailure(log.what, before.seen.at - facts.lagSeconds * 1_000, oldest)
      await this.#publish.take({ events: [], failures: [failure] })
    }
  }

  async #report(): Promise<void> {
    const { ledger, knownUntil = 0, seen } = this.#state
    const lost = ledger.toReport(this.#now(), knownUntil, seen !== undefined)
    const failures = lost.map((entry) => undeliveredFailure(this.#options.log.what, entry))
    const rows = await this.#publish.take({ events: [], failures })
    await this.#publish.close(lost.flatMap((entry, index) => replacedBy(rows[index], entry)))
    for (const [index, entry] of lost.entries()) ledger.end(entry, 'lost', rows[index])
    ledger.forget(this.#now())
  }

  async #finish(error: unknown, single: unknown): Promise<RecoveryResult> {
    const endedAt = this.#now()
    // A list that was read to its end sets this anew.
    const isOpen = this.#state.seen === this.#held.state.seen
    let shown = error ?? single
    let outcome: Outcome = shown !== undefined ? outcomeOf(shown) : isOpen ? 'open' : 'done'
    const backoff = error === undefined ? this.#allowance.pause : backOff(error, this.#held.state.backoff, endedAt)
    const row = this.#row(outcome, shown, endedAt, backoff?.notBefore)
    const lastRun = { at: endedAt, outcome, detail: detailOf(shown) }
    try {
      if (outcome === 'lost') return { outcome, row, last: this.#state.lastRun, error: shown }
      if (outcome !== 'done' && outcome !== 'open') await this.#options.record([row])
      else if (this.#hasDoneSomething(row)) await this.#options.record([row])
      await this.#held.save({ ...this.#state, budget: this.#allowance.budget, backoff, lastRun })
    } catch (caught) {
      shown ??= caught
      outcome = outcomeOf(caught)
    }
    return { outcome, row, last: lastRun, ...(shown !== undefined && { error: shown }) }
  }

  #hasDoneSomething({ asked, repaired, fetched }: RunRow): boolean {
    return [asked, repaired, fetched].some((count) => count !== null && count > 0)
  }

  #row(outcome: Outcome, error: unknown, endedAt: number, notBefore: number | undefined): RunRow {
    const { seen } = this.#held.state
    return runRow({
      kind: 'recovery',
      stream: this.#options.stream,
      logType: this.#options.normalizer.schema.logType,
      startedAt: this.#startedAt,
      endedAt,
      outcome,
      detail: detailOf(error),
      lookBack: this.#held.state.walk?.lookBack,
      ...(seen && { lowBefore: seen.at }),
      ...(this.#state.seen && { lowAfter: this.#state.seen.at }),
      counts: { ...this.#publish.counts(), requests: this.#allowance.made },
      asked: this.#asked,
      repaired: this.#repaired,
      notBefore,
    })
  }
}
