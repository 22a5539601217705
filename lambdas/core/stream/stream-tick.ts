import { setTimeout as pause } from 'node:timers/promises'
import { StoreError } from '../errors.ts'
import { inTurns } from '../in-turns.ts'
import { noCounts } from '../poll/counts.ts'
import type { JobStore } from '../poll/past/job-store.ts'
import { createJobFinder } from '../poll/past/open-jobs.ts'
import { closedRow } from '../poll/run-row.ts'
import type { StreamTick } from '../poll/streams.ts'
import { checkConfiguration } from './configuration.ts'
import { type ListingScope, newListing, readMissed, wholeBucket } from './missed.ts'
import type { NewestStep } from './newest.ts'
import { type ReaderPorts, type ReadSession, readSession } from './read-session.ts'
import { type ReplayResult, workOnReplays } from './replay.ts'
import type { StreamConfiguration } from './stream.ts'
import type { ConfigurationCheck, Listing, StreamState } from './stream-state.ts'

export interface StreamTickOptions {
  readonly ports: ReaderPorts
  /** The stream as rows of `collection_runs` name it. */
  readonly stream: JobStore['stream']
  readonly record: JobStore['record']
  /** Reads the provider's own record of its streams; absent without a credential for it. */
  readonly readConfiguration?: (() => Promise<readonly StreamConfiguration[]>) | undefined
  readonly report: StreamReport
  /** Reads the newest objects of a bucket that sends no messages. */
  readonly readNewest?: (state: StreamState, session: ReadSession) => Promise<NewestStep>
  /** The listings, by their names in the state. @default the whole bucket, once a day */
  readonly listings?: readonly ListingPlan[]
  /**
   * How long work may go on after its deadline; what is left until the function ends is for its result. @default 8 s
   */
  readonly graceMs?: number
}

export interface ListingPlan {
  readonly name: 'listing' | 'recent'
  readonly scope: ListingScope
}

/** Takes what a minute's work has done. */
export interface StreamReport {
  objects(totals: ReadSession['totals'], error?: unknown): void
  listing(listing: Listing, error?: unknown): void
  replays(results: readonly ReplayResult[]): void
  configuration(check: ConfigurationCheck): void
}

/**
 * Prepares the work of every minute beside the messages about new objects: objects that did not fit into one
 * invocation, the daily listing, replays, and the provider's own record of the stream.
 */
export function createStreamTick({
  ports,
  stream,
  record,
  readConfiguration,
  report,
  readNewest = async () => ({ isOver: false }),
  listings = [{ name: 'listing', scope: wholeBucket }],
  graceMs = 8_000,
}: StreamTickOptions): () => StreamTick {
  const { ops, stateFolder, state: store, now } = ports
  const findJobs = createJobFinder(ops, stateFolder, now)
  const jobs = { store: ops, stateFolder, stream, record }

  const finish = async ({ unfinished }: StreamState, session: ReadSession): Promise<unknown> => {
    let failure: unknown
    // In turns: one that takes longer than a minute must not keep the others away.
    for (const object of inTurns(unfinished, now())) {
      if (!session.mayGoOn()) break
      await session.read(object, true).catch((error: unknown) => {
        failure = error
      })
    }
    return failure
  }

  const list = async ({ name, scope }: ListingPlan, state: StreamState, session: ReadSession): Promise<unknown> => {
    const startedAt = now()
    const before = { ...session.totals }
    const keep = (listing: Listing) => store.change((current) => ({ ...current, [name]: listing }))
    const step = await readMissed(ports, session, state[name], keep, scope)
    if (!step) return undefined
    const { listing, error, unread } = step
    const { events, failed } = session.totals
    const found = { new: events - before.events, failed: failed - before.failed }
    const fetched = found.new + found.failed
    if (fetched > 0) {
      const window = { from: listing.startedAt, to: now() }
      const counts = { ...noCounts, fetched, ...found }
      await record([closedRow({ kind: 'listing', stream, startedAt, endedAt: now(), window, counts, error })])
    }
    report.listing(listing, error)
    return error ?? unread
  }

  /** A source that could not be read from its first minute on reads what is written from then on once it can. */
  const begin = async (state: StreamState): Promise<void> => {
    const listing = newListing(now(), state.lastEventAt ?? 0)
    if (!state.listing) await store.change((current) => ({ listing, ...current }))
  }

  /** @returns the last error */
  const readAll = async (state: StreamState, session: ReadSession): Promise<unknown> => {
    const newest = await readNewest(state, session)
    if (newest.isOver) await begin(state)
    const works = newest.isOver
      ? []
      : [() => finish(state, session), ...listings.map((plan) => () => list(plan, state, session))]
    let { error } = newest
    for (const work of inTurns(works, now())) if (session.mayGoOn()) error = (await work()) ?? error
    return error
  }

  /**
   * Ends the waiting for work that hangs, and saves what it has done: only a function that was killed leaves its
   * attempt at an object behind. If the work goes on later after all, it is as if another invocation had done it.
   * @param work gives the last error
   * @returns whether there was anything to save, and the last error
   */
  const saved = async (session: ReadSession, deadline: number, work: Promise<unknown>) => {
    const end = new AbortController()
    const late = pause(Math.max(0, deadline - now()) + graceMs, undefined, { signal: end.signal }).then(
      () => new StoreError('the time was up in the middle of an object or a listing: something does not answer'),
    )
    late.catch(() => {})
    const outcome = await Promise.race([work, late]).then(
      (error) => ({ error }),
      (thrown: unknown) => ({ error: thrown, thrown }),
    )
    end.abort()
    const { error } = outcome
    const isNews = (await session.save(error)) !== undefined
    if ('thrown' in outcome) throw outcome.thrown
    return { isNews, error }
  }

  return () => ({
    async live(deadline) {
      const state = await store.read()
      // What the provider said when it was still asked would stand for ever.
      if (!readConfiguration && state.configuration) {
        await store.change(({ configuration: _old, ...others }) => others)
      }
      const session = readSession(ports, state, deadline, true)
      const { isNews, error } = await saved(session, deadline, readAll(state, session))
      // An idle minute changes nothing and says nothing.
      if (isNews) report.objects(session.totals, error)
    },
    async past(deadline) {
      const keys = await findJobs()
      if (keys.length > 0) {
        const session = readSession(ports, await store.read(), deadline, true)
        await saved(session, deadline, workOnReplays(ports, jobs, session, keys).then(report.replays))
      }
      if (!readConfiguration) return
      const check = await checkConfiguration((await store.read()).configuration, readConfiguration, now)
      if (!check) return
      await store.change((state) => ({ ...state, configuration: check }))
      report.configuration(check)
    },
  })
}
