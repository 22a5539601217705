// biome-ignore-all lint/style/noExcessiveLinesPerFile: to be split by the steps of a run.
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

/** A lease is renewed with every checkpoint, so it need not outlive a page by much. */
const leaseMs = 90_000

/**
 * What a run published is in the lake well within this time. Sooner, sweeps would find things missing that are on their way.
 */
const settleMs = 4 * 60_000

/** What happened longer ago does not hurry. */
const oldMs = 3_600_000

/** Left over at the end of a run for the last checkpoint. */
const spareMs = 10_000

/**
 * One run of a stream: goes on with the open window or opens one, and reads it page by page. The order is always fetch,
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
  /** What of the feed the run has worked on. */
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
    // A lease longer than any of ours was written by a clock that was wrong.
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
      // A window that was left open may be old: what happened since is in the next one.
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

  /** `done` when all is read, late rows apart. A backlog that waits has not come to its end, and says why. */
  #outcome(): Outcome {
    const { window, backlog } = this.#state
    if (window) return 'open'
    if (!backlog) return 'done'
    if (mustWait(backlog.wait, this.#now())) return backlog.failure?.outcome ?? 'open'
    return isReread(backlog) ? 'done' : 'open'
  }

  /** Whether all is read that can be: what is left are late rows, or what fails. */
  #isThrough(): boolean {
    const { window, backlog } = this.#state
    return window === undefined && (!backlog || isReread(backlog) || mustWait(backlog.wait, this.#now()))
  }

  /**
   * Remembers whether the backlog got anywhere, and otherwise lets it come first next time, once: a slow provider can take
   * all of a run for what is new.
   */
  #passOver(): void {
    const { backlog } = this.#state
    if (!backlog) return
    const isStuck = backlog.walk.bound === this.#backlogBefore?.walk.bound && !mustWait(backlog.wait, this.#now())
    this.#state = { ...this.#state, backlog: { ...backlog, passedOver: isStuck && !this.#backlogBefore?.passedOver } }
  }

  /** Whether the wait is for a credential that has been replaced since. */
  async #hasNewCredential(): Promise<boolean> {
    const { lastResult } = this.#state
    if (lastResult?.outcome !== 'credentials') return false
    const since = await this.#options.credentialSince?.()
    if (since === undefined || since <= lastResult.at) return false
    this.#state = { ...this.#state, backoff: undefined }
    return true
  }

  /** Everything of the run is kept by now: whatever happens here, it is not read again. */
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
    // Another run may have begun by now, and then this is lost: the budget was not quite kept to.
    if (this.#state.budget !== budget) await this.#keep(undefined)
  }

  async #fetchSpare(request: PageRequest): Promise<Page> {
    this.#spend('spare')
    try {
      const page = await this.#fetch(request)
      this.#state = { ...this.#state, backoff: pauseAfter(page.limits, this.#now()) }
      return page
    } catch (error) {
      // A place that cannot be read, long ago, says nothing of what is new; a provider that wants peace wants it from all.
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
        // The first page has to be asked for anyway, to learn that there is nothing new.
        const reread = !first && newest !== undefined && newest < window.low
        if (reread) this.#spend('rereads')
        first = false
        this.#state = progress(this.#options.stream, this.#state, { ...window, walk })
        await this.#checkpoint(walk)
      },
    })
  }

  /**
   * Walks the backlog. What is new does not wait for one that fails, unless the provider wants it to, or no attempt can work.
   * @returns why it failed, if that concerns the backlog alone
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

  /** Fetches for the window or the backlog, which remembers where that fails. */
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
   * Publishes a page; only then may the state move.
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

  /** Keeps the state now and then. The end of a window is kept with the end of the run, in one put. */
  async #checkpoint({ done }: Walk): Promise<void> {
    if (done || this.#now() - this.#savedAt < (this.#options.checkpointMs ?? 1_000)) return
    if (!(await this.#save())) throw new LostError('another run changed the state')
  }

  /** Keeps the state and renews the lease. */
  #save(): Promise<boolean> {
    this.#savedAt = this.#now()
    return this.#keep({ owner: this.#owner, expiresAt: this.#savedAt + leaseMs })
  }

  #keep(lease: StreamState['lease']): Promise<boolean> {
    this.#state.seen.keepOnly(spansToRemember(this.#options.stream, this.#state))
    return this.#held.save({ ...this.#state, lease })
  }

  /** Records the run, gives the lease back and keeps where the stream is. */
  async #finish(outcome: Outcome, error: unknown): Promise<RunResult> {
    this.#passOver()
    const facts = this.#facts(outcome, error)
    const { rows, idle } = addRun(this.#state.idle, facts)
    const unrecorded = rows.length === 0 ? undefined : await this.#record(rows)
    // Without its row a run is no less true: only the checkpoint on record is an older one.
    const ended = error === undefined && unrecorded !== undefined ? this.#facts('transient', unrecorded) : facts
    const lastResult = {
      at: facts.endedAt,
      outcome: ended.outcome,
      ...(ended.detail !== undefined && { detail: ended.detail }),
    }
    this.#state = { ...this.#state, idle, lastResult, ...this.#readings(facts.endedAt) }
    return this.#result((await this.#keep(undefined)) ? ended.outcome : 'lost', error ?? unrecorded)
  }

  /** @returns why it failed */
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
    // The one that is settling is kept until it has, or with runs every minute none ever would.
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
