import type { LogSchema } from '../../../schemas/definition.ts'
import { StoreError } from '../errors.ts'
import { compileResolutions } from '../intake/failure.ts'
import { receiptsAt } from '../lake/check-message.ts'
import { dayMs, dayOf } from '../lake/partition.ts'
import { partitionsOf, type TablePorts } from '../lake/read-table.ts'
import type { Row } from '../normalize/event.ts'
import { type Batch, encodeMessages } from '../publish/message.ts'
import type { Publisher } from '../publish/publish.ts'
import { counting } from './counting.ts'
import type { RedriveJob } from './job.ts'
import { type FailureFacts, failureWindows, type OpenFailure, type Settled } from './open-failures.ts'
import type { Redriven } from './redrive-failure.ts'
import type { Slice } from './slice.ts'

export interface FailurePorts {
  readonly lake: TablePorts
  /** Schema of `classification_failures`. */
  readonly failureSchema: LogSchema
  readonly publisher: Pick<Publisher, 'send' | 'sendResolutions'>
  /** Reads a failure by today's code. */
  redrive(failure: OpenFailure): Promise<Redriven>
  readonly retentionDays: number
  readonly now: () => number
}

/** How a failure was received that is closed by a row. */
const origin = 'redrive'

/**
 * Reads the open failures that a job means, in the order of their days, and publishes what they have become: first the
 * rows of events, then the rows that close the failures. A crash in between leaves failures open, and the same rows
 * come again.
 * @returns whether all failures have been read
 */
export async function redriveFailures(ports: FailurePorts, settled: Settled, slice: Slice): Promise<boolean> {
  const { lake, failureSchema } = ports
  const { table } = failureSchema
  const { since = 0, createdAt } = slice.job()
  const days = (await partitionsOf(lake.lists, table)).filter((dt) => dt >= dayOf(since))
  const [firstDay] = days
  if (firstDay !== undefined && !(await settled.load(firstDay, slice.mayGoOn))) return false
  for (const dt of days.filter((one) => one <= dayOf(createdAt) && one > (slice.job().after ?? ''))) {
    const isMeant = (facts: FailureFacts) => isOrdered(slice.job(), facts) && !settled.has(facts.id)
    for await (const { failures, position } of failureWindows(lake, { table, dt }, slice.job().position, isMeant)) {
      const counts = await take(ports, settled, slice.job(), failures)
      if (!(await slice.progress({ ...slice.job(), counts, position })) || !slice.mayGoOn()) return false
    }
    const { position: _read, ...job } = slice.job()
    if (!(await slice.progress({ ...job, after: dt }))) return false
  }
  return true
}

function isOrdered({ since = 0, createdAt, source, reason, logType }: RedriveJob, facts: FailureFacts): boolean {
  return (
    facts.receivedAt >= since &&
    facts.receivedAt <= createdAt &&
    (source === undefined || facts.sourceId === source) &&
    (reason === undefined || facts.reason === reason) &&
    (logType === undefined || facts.logType === logType)
  )
}

/** Publishes what some failures have become. @returns the counts after it */
async function take(
  ports: FailurePorts,
  settled: Settled,
  { dryRun, counts }: RedriveJob,
  failures: readonly OpenFailure[],
): Promise<RedriveJob['counts']> {
  const tally = counting(counts)
  const closed: OpenFailure[] = []
  const batches: Batch[] = []
  // Until the lake is merged, a failure can have several rows.
  const distinct = new Map(failures.map((failure) => [failure.id, failure]))
  for (const failure of distinct.values()) {
    const what = { of: failure.logType, reason: failure.reason }
    const outcome =
      failure.receivedAt < oldestReceipt(ports) ? { why: 'past_the_retention' } : await ports.redrive(failure)
    if ('why' in outcome) {
      tally.left(what, outcome.why, failure.id)
      continue
    }
    tally.redriven(what, outcome.events)
    closed.push(failure)
    batches.push(...outcome.batches)
  }
  if (!dryRun && closed.length > 0) {
    await send(ports.publisher.send, merged(batches))
    await send(ports.publisher.sendResolutions, resolutionsOf(ports, closed))
  }
  // Only now, so that a failure whose rows were not taken is met again.
  for (const id of distinct.keys()) settled.add(id)
  return tally.value()
}

/**
 * A day later than that of the writer: rows of several failures share a message, which the writer refuses as a whole if
 * the day of one of them has left the retention by then.
 */
const oldestReceipt = ({ now, retentionDays }: FailurePorts): number => receiptsAt(now(), retentionDays).oldest + dayMs

/** Batches of one log type from one source become one, which states the latest receipt. */
function merged(batches: readonly Batch[]): Batch[] {
  const alike = Map.groupBy(batches, ({ logType, sourceId }) => `${logType} ${sourceId}`)
  return [...alike.values()].flatMap(([first, ...others]) => {
    if (!first) return []
    const all = [first, ...others]
    const receivedAt = Math.max(...all.map((batch) => batch.receivedAt))
    return [{ ...first, receivedAt, rows: all.flatMap(({ rows }) => rows) }]
  })
}

function resolutionsOf({ failureSchema, now }: FailurePorts, failures: readonly OpenFailure[]): Batch[] {
  const resolution = compileResolutions(failureSchema)
  const receivedAt = now()
  const rowOf = ({ id, logType, sourceId, sourceLabel }: OpenFailure): Row =>
    resolution(id, { logType, origin }, { sourceId, sourceLabel, receivedAt })
  return [...Map.groupBy(failures, ({ sourceId }) => sourceId)].map(([sourceId, ofSource]) => ({
    logType: failureSchema.logType,
    sourceId,
    receivedAt,
    rows: ofSource.map(rowOf),
  }))
}

/** @throws {StoreError} when the queue may not have all of it */
async function send(
  by: (bodies: readonly string[]) => Promise<readonly string[]>,
  batches: readonly Batch[],
): Promise<void> {
  const unsent = await by(batches.flatMap(encodeMessages))
  if (unsent.length > 0) throw new StoreError(`the queue did not take ${unsent.length} messages`)
}
