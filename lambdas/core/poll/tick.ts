import type { LogSchema } from '../../../schemas/definition.ts'
import { lastCheckpoint } from '../lake/last-checkpoint.ts'
import { rowIdsBetween } from '../lake/read-table.ts'
import { compileNormalizer } from '../normalize/normalizer.ts'
import { withoutDays } from '../normalize/row-id.ts'
import type { Publisher } from '../publish/publish.ts'
import { rateOf } from './budget.ts'
import { runStream } from './live/run.ts'
import { stateFolder } from './past/job.ts'
import { createJobFinder } from './past/open-jobs.ts'
import { publishedFailures } from './past/published-failures.ts'
import { type SweepResult, sweep } from './past/sweep.ts'
import { type JobResult, workOnJobs } from './past/work-on-jobs.ts'
import { createRecorder } from './recorder.ts'
import type { RunResult } from './run-types.ts'
import { scopeOf } from './source.ts'
import type { SourcePorts } from './source-ports.ts'
import type { PollStream } from './stream.ts'
import type { StreamTick } from './streams.ts'

export interface TickOptions extends Pick<SourcePorts, 'source' | 'publisher' | 'ops' | 'lake'> {
  /** Base URL of the provider's API, unless it is the public one. */
  readonly apiUrl?: string | undefined
  readonly stream: PollStream
  /** Schema of the stream's table. */
  readonly schema: LogSchema
  /** Schema of `classification_failures`. */
  readonly failureSchema: LogSchema
  /** Schema of the table `collection_runs`. */
  readonly runsSchema: LogSchema
  /** Takes the events that sweeps and jobs find, and those older than an hour. */
  readonly bulkPublisher: Pick<Publisher, 'publish'>
  credentialSince(): Promise<number | undefined>
  readonly report: TickReport
  readonly now?: () => number
}

/** Takes the results of each minute. */
export interface TickReport {
  /** Called before sweeps and jobs begin, which the process may not survive. */
  live(run: RunResult): void
  past(result: PastResult): void
}

/** What sweeps and jobs have done. */
export interface PastResult {
  /** The sweeps that ended or failed. */
  readonly swept: readonly SweepResult[]
  readonly jobs: readonly JobResult[]
  /** Why sweeps or jobs could not be read at all. */
  readonly error?: unknown
}

/** Prepares one stream's work, done every minute: new events first, then sweeps and jobs in alternating order. */
export function createTick(options: TickOptions): () => StreamTick {
  const { source, stream, schema, ops, lake, report, now = Date.now } = options
  const { failureSchema, credentialSince } = options
  const record = createRecorder({ ...options, now })
  const folder = stateFolder(source.id)
  const prefix = `${folder}${stream.id}/`
  const scope = scopeOf(source, options.apiUrl)
  const findJobs = createJobFinder(ops, folder, now)
  const failures = publishedFailures({ store: ops, prefix, failureSchema, now })
  const publisher = failures.noting(options.publisher)
  const bulkPublisher = failures.noting(options.bulkPublisher)
  const common = {
    stream,
    source: { sourceId: source.id, sourceLabel: source.label },
    normalizer: compileNormalizer(stream.appearedAt ? withoutDays(schema) : schema),
    failureSchema,
    bulkPublisher,
    store: ops,
    prefix,
    record,
    now,
  }
  const past = {
    ...common,
    publisher: bulkPublisher,
    stateFolder: folder,
    findJobs,
    failures,
    requestsPerHour: rateOf(stream, source.share).perHour,
    rowIds: (from: number, to: number, mayGoOn: () => boolean) => rowIdsBetween(lake, schema.table, from, to, mayGoOn),
  }
  return () => {
    let live: Awaited<ReturnType<typeof runStream>> | undefined
    return {
      async live(deadline) {
        live = await runStream({
          ...common,
          publisher,
          deadline,
          share: source.share,
          scope,
          ...(source.startAt !== undefined && { startAt: source.startAt }),
          lastCheckpoint: () => lastCheckpoint(lake, { sourceId: source.id, stream: stream.id }, now),
          credentialSince,
        })
        report.live(live.result)
      },
      async past(deadline) {
        if (!live?.spareTime) return report.past({ swept: [], jobs: [] })
        const { spareTime } = live
        const spare = spareTime.until(deadline)
        let swept: readonly SweepResult[] = []
        let jobs: readonly JobResult[] = []
        const work = [
          async () => {
            swept = await sweep(past, spare)
          },
          async () => {
            jobs = await workOnJobs(past, spare)
          },
        ]
        // The order alternates by the minute, so that neither can use up the budget of both.
        if (Math.floor(now() / 60_000) % 2 === 1) work.reverse()
        let error: unknown
        for (const one of [...work, spareTime.save]) {
          await one().catch((caught: unknown) => {
            error = caught
          })
        }
        report.past({ swept, jobs, ...(error !== undefined && { error }) })
      },
    }
  }
}
