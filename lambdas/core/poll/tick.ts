import type { LogSchema } from '../../../schemas/definition.ts'
import type { JsonObject } from '../json/json.ts'
import { lastCheckpoint } from '../lake/last-checkpoint.ts'
import { rowIdsBetween, type TablePorts } from '../lake/read-table.ts'
import { compileNormalizer } from '../normalize/normalizer.ts'
import type { ObjectStore } from '../ports.ts'
import type { Publisher } from '../publish/publish.ts'
import { rateOf } from './budget.ts'
import { runStream } from './live/engine.ts'
import type { ClosedWindowPorts } from './past/closed-window.ts'
import { stateFolder } from './past/job.ts'
import { type SweepResult, sweep } from './past/sweep.ts'
import { type JobResult, workOnJobs } from './past/work-on-jobs.ts'
import type { RunRow } from './run-row.ts'
import type { RunResult } from './run-types.ts'
import type { PolledSource } from './source.ts'
import type { PollStream } from './stream.ts'

export interface TickOptions {
  readonly source: PolledSource
  readonly stream: PollStream
  /** Schema of the stream's table. */
  readonly schema: LogSchema
  /** Schema of `classification_failures`. */
  readonly failureSchema: LogSchema
  /** Schema of the table `collection_runs`. */
  readonly runsSchema: LogSchema
  /** Takes recent events. */
  readonly publisher: Pick<Publisher, 'publish'>
  /** Takes the events that jobs find, and those older than an hour. */
  readonly bulkPublisher: Pick<Publisher, 'publish'>
  /** Keeps the state of sources and their jobs. */
  readonly ops: ObjectStore
  readonly lake: TablePorts
  credentialSince(): Promise<number | undefined>
  readonly now?: () => number
}

export interface TickResult {
  readonly run: RunResult
  /** The sweep that ended or failed. */
  readonly swept?: SweepResult
  readonly jobs: readonly JobResult[]
  /** Why sweeps or jobs could not be read at all. */
  readonly error?: unknown
}

/** Prepares one stream's work, called every minute: new events first, then sweeps and jobs in alternating order. */
export function createTick(options: TickOptions): (deadline: number) => Promise<TickResult> {
  const { source, stream, schema, failureSchema, publisher, ops, lake, now = Date.now } = options
  const record = recorder(options, now)
  const folder = stateFolder(source.id)
  const prefix = `${folder}${stream.id}/`
  const common = {
    stream,
    source: { sourceId: source.id, sourceLabel: source.label },
    normalizer: compileNormalizer(schema),
    failureSchema,
    now,
  }
  const closed: Omit<ClosedWindowPorts, 'publisher'> = {
    ...common,
    schema,
    rowIds: (table, from, to, mayGoOn) => rowIdsBetween(lake, table, from, to, mayGoOn),
  }
  return async (deadline) => {
    let swept: SweepResult | undefined
    let jobs: readonly JobResult[] = []
    let error: unknown
    const run = await runStream({
      ...common,
      store: ops,
      record,
      publisher,
      bulkPublisher: options.bulkPublisher,
      prefix,
      deadline,
      share: source.share,
      ...(source.startAt !== undefined && { startAt: source.startAt }),
      lastCheckpoint: () => lastCheckpoint(lake, { sourceId: source.id, stream: stream.id }),
      credentialSince: options.credentialSince,
      async afterwards(spare) {
        const work = [
          async () => {
            swept = await sweep({ ...closed, publisher, store: ops, prefix, record }, spare)
          },
          async () => {
            const requestsPerHour = rateOf(stream, source.share).perHour
            const ports = { ...closed, publisher: options.bulkPublisher, store: ops, record }
            jobs = await workOnJobs({ ...ports, stateFolder: folder, requestsPerHour }, spare)
          },
        ]
        // The order alternates by the minute, so that neither can use up the budget of both.
        if (Math.floor(now() / 60_000) % 2 === 1) work.reverse()
        for (const one of work) {
          try {
            await one()
          } catch (caught) {
            error = caught
          }
        }
      },
    })
    return { run, jobs, ...(swept && { swept }), ...(error !== undefined && { error }) }
  }
}

function recorder({ source, runsSchema, publisher }: TickOptions, now: () => number) {
  const { normalize } = compileNormalizer(runsSchema)
  return async (rows: readonly RunRow[]): Promise<void> => {
    const receivedAt = now()
    const context = { sourceId: source.id, sourceLabel: source.label, receivedAt }
    const events = rows.map((row): JsonObject => ({ ...row }))
    await publisher.publish([
      {
        logType: runsSchema.logType,
        sourceId: source.id,
        receivedAt,
        rows: events.map((event) => normalize(event, context)),
      },
    ])
  }
}
