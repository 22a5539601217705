// biome-ignore-all lint/style/noExcessiveLinesPerFile: the engine is straightened in a change of its own, issue 10.
import { randomUUID } from 'node:crypto'
import { type Budget, longestStretchMs, type Rate, rateOf, refill } from '../budget.ts'
import { addCounts, noCounts } from '../counts.ts'
import { addRun } from '../idle-runs.ts'
import { detailOf, LostError, type Outcome, outcomeOf } from '../outcome.ts'
import { type RunRow, runRow } from '../run-row.ts'
import type { RunOptions, RunResult } from '../run-types.ts'
import type { Page, PageRequest } from '../stream.ts'
import { backOff, isPutOff, maxSkewMs, mustWait, pauseAfter } from '../waiting.ts'
import { afterFailure, type Walk, walkWindow } from '../walk.ts'
import { createPageTaker } from './page.ts'
import type { OpenWindow, StreamState } from './state.ts'
import { type HeldState, holdState } from './state-store.ts'
import {
  backlogProgress,
  isReread,
  openWindow,
  progress,
  publishedUntil,
  resumed,
  spansToRemember,
  splitOff,
} from './window.ts'

const weekMs = 7 * 24 * 3_600_000

/** Every checkpoint renews the lease, so it only has to outlast one page. */
const leaseMs = 90_000

/**
 * Published rows reach the lake well within this time; an earlier sweep would take rows on their way for missing ones.
 */
const settleMs = 4 * 60_000

/** Older events go to the bulk queue, so that catching up does not delay recent ones. */
const oldMs = 3_600_000

/** Reserved at the end of a run for the last checkpoint. */
const spareMs = 10_000

/**
 * One run of a stream: continues the open window or opens one, and reads it page by page. The order is always fetch,
 * normalize, publish, checkpoint; a crash between any two of them repeats work and loses nothing. Never throws.
 */
export async function runStream(options: RunOptions): Promise<RunResult> {
  const { now = Date.now, stream } = options
  const startedAt = now()
  const rate = rateOf(stream, options.share)
  try {
    const held = await holdState({
      ...options,
      now,
      startAt: options.startAt ?? startedAt - weekMs,
      lookBackMs: stream.lookBackSeconds * 1_000,
      rate,
    })
    return await new Run(options, held, startedAt, rate, now).run()
  } catch (error) {
    return { outcome: outcomeOf(error), stretched: false, error }
  }
}

class Run {
  readonly #options: RunOptions
  readonly #held: HeldState
  readonly #startedAt: number
  readonly #rate: Rate
  readonly #now: () => number
  readonly #owner = randomUUID()
  readonly #takePage: ReturnType<typeof createPageTaker>
  readonly #lowBefore: number
  #state: StreamState
  #window: OpenWindow | undefined
  #backlogBefore: OpenWindow | undefined
  /** The part of the feed that the run has read. */
  #span: { readonly from: number; readonly to: number } | undefined
  #stretched = false
  #counts = noCounts
  #signsOfLife = 0
  #slowestMs = 0
  #savedAt = 0

  constructor(options: RunOptions, held: HeldState, startedAt: number, rate: Rate, now: () => number) {
    this.#options = options
    this.#held = held
    this.#state = held.state
    this.#lowBefore = publishedUntil(held.state)
    this.#startedAt = startedAt
    this.#rate = rate
    this.#now = now
    this.#takePage = createPageTaker(options)
  }

  async run(): Promise<RunResult> {
    const { lease, backoff } = this.#state
    if (mustWait(backoff, this.#startedAt) && !(await this.#hasNewCredential())) return this.#result('waiting')
    // A lease that expires later than any we write comes from a wrong clock and is ignored.
    const left = (lease?.expiresAt ?? 0) - this.#startedAt
    if (left > 0 && left <= leaseMs + maxSkewMs) return this.#result('busy')
    const { stream } = this.#options
    const { window, backlog, ...others } = splitOff(stream, this.#state, this.#startedAt)
    this.#state = {
      ...others,
      window: window && resumed(window, stream),
      backlog: backlog && resumed(backlog, stream),
      budget: refill(this.#state.budget, this.#rate, this.#startedAt),
    }
    this.#backlogBefore = this.#state.backlog
    const goesOn = window !== undefined
    this.#open()
    if (!(await this.#save())) return this.#result('lost')
    let outcome: Outcome = 'open'
    let error: unknown
    try {
      const comesFirst = this.#state.backlog?.passedOver === true
      if (comesFirst) error = await this.#walkBacklog()
      await this.#walk()
      // A window left open by an earlier run may be old; the next one holds the newest events.
      if (goesOn && this.#state.window === undefined && this.#mayGoOn()) {
        this.#open()
        await this.#walk()
      }
      if (this.#state.window === undefined && !comesFirst) error = await this.#walkBacklog()
      outcome = this.#outcome()
    } catch (caught) {
      error = caught
      outcome = outcomeOf(caught)
      if (outcome === 'lost') return this.#result('lost', error)
      this.#state = { ...this.#state, backoff: backOff(caught, this.#state.backoff, this.#now()) }
    }
    const isThrough = this.#isThrough()
    const result = await this.#finish(outcome, error)
    if (isThrough && result.outcome !== 'lost') await this.#afterwards()
    return result
  }

  /** `done` when all but late events is read; a backlog that waits after a failure gives that failure. */
  #outcome(): Outcome {
    const { window, backlog } = this.#state
    if (window) return 'open'
    if (!backlog) return 'done'
    if (mustWait(backlog.wait, this.#now())) return backlog.failure?.outcome ?? 'open'
    return isReread(backlog) ? 'done' : 'open'
  }

  /** Whether everything readable has been read: only late events or a failing backlog are left. */
  #isThrough(): boolean {
    const { window, backlog } = this.#state
    return window === undefined && (!backlog || isReread(backlog) || mustWait(backlog.wait, this.#now()))
  }

  /**
   * Puts a backlog that made no progress first in the next run, once, because with a slow provider new events can take
   * a whole run.
   */
  #passOver(): void {
    const { backlog } = this.#state
    if (!backlog) return
    const isStuck = backlog.walk.bound === this.#backlogBefore?.walk.bound && !mustWait(backlog.wait, this.#now())
    this.#state = { ...this.#state, backlog: { ...backlog, passedOver: isStuck && !this.#backlogBefore?.passedOver } }
  }

  /** Whether the stream waits for a credential that has been replaced since. */
  async #hasNewCredential(): Promise<boolean> {
    const { lastResult } = this.#state
    if (lastResult?.outcome !== 'credentials') return false
    const since = await this.#options.credentialSince?.()
    if (since === undefined || since <= lastResult.at) return false
    this.#state = { ...this.#state, backoff: undefined }
    return true
  }

  /** The run's state is saved already, so no failure here makes it read anything again. */
  async #afterwards(): Promise<void> {
    const { afterwards } = this.#options
    const { startAt, settledUntil = startAt, budget } = this.#state
    if (!afterwards || !this.#mayGoOn()) return
    await afterwards({
      startAt,
      settledUntil,
      mayGoOn: () => this.#state.budget.spare >= 1 && this.#mayGoOn(),
      fetchPage: (request) => this.#fetchSpare(request),
    })
    // Another run may have begun meanwhile; then this save fails, and the budget is slightly exceeded.
    if (this.#state.budget !== budget) await this.#keep(undefined)
  }

  async #fetchSpare(request: PageRequest): Promise<Page> {
    this.#spend('spare')
    try {
      const page = await this.#fetch(request)
      this.#state = { ...this.#state, backoff: pauseAfter(page.limits, this.#now()) }
      return page
    } catch (error) {
      // A failure in an old range says nothing about new events, but a request to back off concerns live runs too.
      if (isPutOff(error)) this.#state = { ...this.#state, backoff: backOff(error, undefined, this.#now()) }
      throw error
    }
  }

  #open(): void {
    const opening = this.#state.window
      ? { window: this.#state.window, stretched: false }
      : openWindow(this.#options.stream, this.#state, this.#now())
    this.#window = opening.window
    this.#stretched ||= opening.stretched
    this.#state = { ...this.#state, window: opening.window }
  }

  async #walk(): Promise<void> {
    const { window } = this.#state
    if (!window) return
    this.#covers(window)
    let first = window.walk.bound === undefined && window.walk.cursor === undefined
    await walkWindow(window.walk, this.#options.stream, {
      fetchPage: (request) => this.#fetchFor('window', request),
      mayGoOn: () => this.#mayGoOn(),
      take: async (page, walk) => {
        const newest = await this.#take(page, walk, window)
        // The first page is always needed, if only to see that nothing is new, so it does not count as a reread.
        const reread = !first && newest !== undefined && newest < window.low
        if (reread) this.#spend('rereads')
        first = false
        this.#state = progress(this.#options.stream, this.#state, { ...window, walk })
        await this.#checkpoint(walk)
      },
    })
  }

  /**
   * Walks the backlog. New events do not wait for a failing backlog, unless the provider asks us to back off or no
   * request can succeed.
   * @returns the error, if it concerns the backlog alone
   */
  async #walkBacklog(): Promise<unknown> {
    const { backlog } = this.#state
    if (!backlog || mustWait(backlog.wait, this.#now())) return undefined
    const isOverdue = this.#startedAt - backlog.openedAt >= longestStretchMs
    const mayReread = () => isOverdue || this.#state.budget.rereads > 0
    const mayGoOn = () => this.#mayGoOn() && (mayReread() || !this.#knowsBacklog())
    if (mayGoOn()) this.#covers(backlog)
    try {
      await walkWindow(backlog.walk, this.#options.stream, {
        fetchPage: (request) => this.#fetchFor('backlog', request),
        mayGoOn,
        take: async (page, walk) => {
          if (this.#knowsBacklog()) this.#spend('rereads')
          await this.#take(page, walk, backlog)
          this.#state = backlogProgress(this.#options.stream, this.#state, { ...backlog, walk })
          await this.#checkpoint(walk)
        },
      })
      return undefined
    } catch (error) {
      const outcome = outcomeOf(error)
      const left = this.#state.backlog
      if (outcome !== 'transient' || isPutOff(error) || !left) throw error
      const wait = backOff(error, left.wait, this.#now())
      this.#state = { ...this.#state, backlog: { ...left, wait, failure: { outcome, detail: detailOf(error) } } }
      return error
    }
  }

  #knowsBacklog(): boolean {
    const { backlog } = this.#state
    return backlog !== undefined && isReread(backlog)
  }

  #covers({ walk: { from, to } }: OpenWindow): void {
    const { from: earliest, to: latest } = this.#span ?? { from, to }
    this.#span = { from: Math.min(earliest, from), to: Math.max(latest, to) }
  }

  /** Fetches a page for the window or the backlog, and notes a failure in its walk. */
  async #fetchFor(what: 'window' | 'backlog', request: PageRequest): Promise<Page> {
    try {
      return await this.#fetch(request)
    } catch (error) {
      const open = this.#state[what]
      const walk = open && afterFailure(open.walk, this.#options.stream, error)
      if (open && walk) this.#state = { ...this.#state, [what]: { ...open, walk } }
      throw error
    }
  }

  async #fetch(request: PageRequest): Promise<Page> {
    const begun = this.#now()
    this.#counts = addCounts(this.#counts, { requests: 1 })
    this.#spend('requests')
    try {
      return await this.#options.stream.fetchPage(request)
    } finally {
      this.#slowestMs = Math.max(this.#slowestMs, this.#now() - begun)
    }
  }

  #spend(kind: Exclude<keyof Budget, 'at'>): void {
    const { budget } = this.#state
    this.#state = { ...this.#state, budget: { ...budget, [kind]: budget[kind] - 1 } }
  }

  #mayGoOn(): boolean {
    const { budget, backoff } = this.#state
    const time = this.#now()
    if (time + spareMs + this.#slowestMs > this.#options.deadline) return false
    return budget.requests >= 1 && !mustWait(backoff, time)
  }

  /**
   * Publishes a page, before the state may advance.
   * @returns the time of its newest event
   */
  async #take(page: Page, walk: Walk, window: OpenWindow): Promise<number | undefined> {
    const { publisher, bulkPublisher = publisher } = this.#options
    const receivedAt = this.#now()
    const near = walk.bound ?? window.low
    const isOld = near < receivedAt - oldMs
    const taken = await this.#takePage(page, this.#state.seen, {
      receivedAt,
      near,
      publisher: isOld ? bulkPublisher : publisher,
    })
    this.#counts = addCounts(this.#counts, taken.counts)
    this.#signsOfLife += taken.signsOfLife
    const { lastEventAt } = this.#state
    this.#state = {
      ...this.#state,
      backoff: pauseAfter(page.limits, receivedAt),
      lastEventAt: taken.lastEventAt === undefined ? lastEventAt : Math.max(taken.lastEventAt, lastEventAt ?? 0),
    }
    return taken.newest
  }

  /** Saves the state at intervals. The end of a window is saved with the end of the run, in one put. */
  async #checkpoint({ done }: Walk): Promise<void> {
    if (done || this.#now() - this.#savedAt < (this.#options.checkpointMs ?? 1_000)) return
    if (!(await this.#save())) throw new LostError('another run changed the state')
  }

  /** Saves the state and renews the lease. */
  #save(): Promise<boolean> {
    this.#savedAt = this.#now()
    return this.#keep({ owner: this.#owner, expiresAt: this.#savedAt + leaseMs })
  }

  #keep(lease: StreamState['lease']): Promise<boolean> {
    this.#state.seen.keepOnly(spansToRemember(this.#options.stream, this.#state))
    return this.#held.save({ ...this.#state, lease })
  }

  /** Records the run, releases the lease and saves the state. */
  async #finish(outcome: Outcome, error: unknown): Promise<RunResult> {
    this.#passOver()
    const facts = this.#facts(outcome, error)
    const { rows, idle } = addRun(this.#state.idle, facts)
    const unrecorded = rows.length === 0 ? undefined : await this.#record(rows)
    // A failed record does not undo the run; `collection_runs` only keeps showing an older checkpoint.
    const ended = error === undefined && unrecorded !== undefined ? this.#facts('transient', unrecorded) : facts
    const lastResult = {
      at: facts.endedAt,
      outcome: ended.outcome,
      ...(ended.detail !== undefined && { detail: ended.detail }),
    }
    this.#state = { ...this.#state, idle, lastResult, ...this.#readings(facts.endedAt) }
    return this.#result((await this.#keep(undefined)) ? ended.outcome : 'lost', error ?? unrecorded)
  }

  /** @returns the error, if it failed */
  async #record(rows: readonly RunRow[]): Promise<unknown> {
    try {
      await this.#options.record(rows)
      return undefined
    } catch (error) {
      return error ?? new Error('unknown')
    }
  }

  #readings(endedAt: number): Pick<StreamState, 'readUntil' | 'settling' | 'settledUntil'> {
    const { window, readUntil, settling, settledUntil } = this.#state
    if (window || !this.#window) return { readUntil, settling, settledUntil }
    const { openedAt } = this.#window
    if (!this.#isThrough()) return { readUntil: openedAt, settling, settledUntil }
    // A reading is kept until it has settled: replaced by every minute's run, none ever would.
    const isSettled = settling !== undefined && settling.endedAt <= endedAt - settleMs
    return {
      readUntil: openedAt,
      settling: settling && !isSettled ? settling : { openedAt, endedAt },
      settledUntil: isSettled ? settling.openedAt : settledUntil,
    }
  }

  #facts(outcome: Outcome, error?: unknown) {
    return {
      stream: this.#options.stream.id,
      logType: this.#options.stream.logType,
      startedAt: this.#startedAt,
      endedAt: this.#now(),
      outcome,
      detail:
        detailOf(error) ??
        (outcome === this.#state.backlog?.failure?.outcome ? this.#state.backlog.failure.detail : undefined),
      window: this.#span,
      lookBack: this.#window?.lookBack ?? false,
      stretched: this.#stretched,
      restored: this.#held.restored,
      lowBefore: this.#lowBefore,
      lowAfter: publishedUntil(this.#state),
      counts: this.#counts,
      signsOfLife: this.#signsOfLife,
      notBefore: this.#state.backoff?.notBefore ?? this.#state.backlog?.wait?.notBefore,
    }
  }

  #result(outcome: Outcome, error?: unknown): RunResult {
    const { restored } = this.#held
    const { lastEventAt, lastResult, readUntil, startAt } = this.#state
    return {
      outcome,
      row: runRow(this.#facts(outcome, error)),
      stretched: this.#stretched,
      readUntil: readUntil ?? startAt,
      ...(restored && { restored }),
      ...(lastEventAt !== undefined && { lastEventAt }),
      ...(lastResult && { last: lastResult }),
      ...(error !== undefined && { error }),
    }
  }
}
