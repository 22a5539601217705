import { Logger } from '@aws-lambda-powertools/logger'
import { Metrics } from '@aws-lambda-powertools/metrics'
import middy from '@middy/core'
import { feedsOf } from '../../connectors/feeds.ts'
import { backgroundClients } from '../../core/aws/clients.ts'
import { emitCounts, emitGauges } from '../../core/aws/emit.ts'
import { s3Store } from '../../core/aws/s3-store.ts'
import { sqsQueue } from '../../core/aws/sqs-queue.ts'
import { readVariables } from '../../core/env.ts'
import { errorOf } from '../../core/errors.ts'
import { measure } from '../../core/health/measure.ts'
import { countingRetention } from '../../core/lake/counting-retention.ts'
import { deleteExpiredDays } from '../../core/lake/expire.ts'
import { sweepOrphans } from '../../core/lake/merge/orphans.ts'
import { planMerges } from '../../core/lake/merge/plan-merges.ts'
import { deleteReplaced } from '../../core/lake/merge/replaced-files.ts'
import { detailOf } from '../../core/poll/outcome.ts'
import { createJobFinder } from '../../core/poll/past/open-jobs.ts'
import { createPublisher } from '../../core/publish/publish.ts'
import { resendUnsent } from '../../core/publish/resend.ts'
import { redriveFolder } from '../../core/redrive/job.ts'
import { publishStackFacts } from '../../core/stack-facts.ts'
import type { NamedSources } from '../../core/standing/feeds.ts'
import { env, streamQueuesVariable } from './env.ts'
import type { redriveWork } from './redrive.ts'

/** Time reserved for the last message and the metrics, in milliseconds. */
const reserve = 10_000

/** A day lasts long enough, and each round costs some listings. */
const expiryInterval = 3_600_000

/** What the janitor itself needs of the stack's facts. */
interface Facts extends NamedSources {
  readonly buckets: { readonly lake: string }
  /** URLs. */
  readonly queues: { readonly records: string; readonly recordsBulk: string; readonly merges: string }
}

const { opsBucket, retentionDays, mergeEverySeconds, setUpGraceHours, stack } = readVariables(process.env, env)
const facts: Facts = JSON.parse(stack)
const { s3, sqs } = backgroundClients()
const ops = s3Store(s3, opsBucket)
const lake = s3Store(s3, facts.buckets.lake)
const publisher = (queueName: 'records' | 'records-bulk', queueUrl: string) =>
  createPublisher({ queue: sqsQueue(sqs, queueUrl), queueName, ops, opsBucket })
const publishers = {
  records: publisher('records', facts.queues.records),
  'records-bulk': publisher('records-bulk', facts.queues.recordsBulk),
}
const mergeRequests = sqsQueue(sqs, facts.queues.merges)
const logger = new Logger()
const metrics = new Metrics()

/** From when on a day that waits for its merge is late, in seconds: rows are there once within the hour. */
const behindSeconds = 3_600

/** Time between two measurements, in milliseconds; alarms look at a quarter of an hour. */
const measureInterval = 300_000

/** When the sources are measured again; at once after a cold start. */
let measureAt = 0

/** When days are deleted again; at once after a cold start. */
let expiryAt = 0

const findRedrives = createJobFinder(ops, redriveFolder, Date.now)
/** Loaded with the first job. */
let redrive: ReturnType<typeof redriveWork> | undefined

/**
 * Runs every minute: resends the messages that the queues did not accept, and reports how many still wait; every few
 * minutes it measures the health of the sources. From time to time it requests merges and deletes the files that were
 * merged; every hour it deletes the days past the retention. The time that is left is for jobs that send failures and
 * dead letters back.
 */
export const handler = middy<unknown, void>().handler(async (_event, context) => {
  const deadline = Date.now() + context.getRemainingTimeInMillis() - reserve
  const { resent, waiting, oldestSeconds } = await resendUnsent({ ops, publishers, deadline })
  const oldest = waiting === 0 ? {} : { OldestUnsentSeconds: oldestSeconds }
  emitCounts(metrics, undefined, { Resent: resent, UnsentMessages: waiting }, {}, oldest)
  if (await publishStackFacts(ops, stack)) logger.info('stack facts published')
  // What cannot be measured must not keep the rest from its work.
  const unmeasured = await errorOf(measureHealth)
  const plan = await planMerges({
    lake,
    ops,
    queue: mergeRequests,
    everySeconds: Number(mergeEverySeconds),
    retentionDays: Number(retentionDays),
  })
  if (plan !== undefined) {
    // A metric costs as long as it gets data.
    if (plan.oldestSeconds > behindSeconds)
      emitCounts(metrics, undefined, {}, {}, { OldestUnmergedSeconds: plan.oldestSeconds })
    await tidyUp(deadline)
  }
  await deleteExpired(deadline)
  await workOnRedrives(deadline)
  if (unmeasured) throw unmeasured
})

/** Tells the alarms how long ago events came, which sources fail or lag, and how many dead letters are open. */
async function measureHealth(): Promise<void> {
  if (Date.now() < measureAt) return
  const nextAt = Date.now() + measureInterval
  const { sources, openDeadLetters, keep } = await measure({
    ops,
    facts,
    feedsOf,
    graceHours: Number(setUpGraceHours),
  })
  for (const [source, gauges] of sources) emitGauges(metrics, source, { ...gauges })
  emitCounts(metrics, undefined, { OpenDeadLetters: openDeadLetters })
  await keep()
  measureAt = nextAt
}

async function deleteExpired(deadline: number): Promise<void> {
  if (Date.now() < expiryAt) return
  const nextAt = Date.now() + expiryInterval
  const days = await countingRetention(ops, Number(retentionDays), Date.now())
  if (days !== undefined) {
    const outcome = await deleteExpiredDays({ lake, retentionDays: days, deadline })
    if (outcome.lists > 0 || outcome.files > 0) logger.info('days past the retention deleted', { ...outcome })
  }
  // Only now, so that a round that failed is repeated a minute later.
  expiryAt = nextAt
}

/** Deletes the data files that no list names any more: those replaced by merges, and what was left behind. */
async function tidyUp(deadline: number): Promise<void> {
  const places = { lake, ops, bucket: facts.buckets.lake, deadline }
  const replaced = await deleteReplaced(places)
  if (replaced > 0) logger.info('replaced data files deleted', { files: replaced })
  const orphans = (await sweepOrphans(places)) ?? []
  if (orphans.length === 0) return
  logger.warn('data files on no list deleted', { files: orphans.length, first: orphans[0] })
  emitCounts(metrics, undefined, { OrphanFiles: orphans.length })
}

async function workOnRedrives(deadline: number): Promise<void> {
  const keys = await findRedrives()
  if (keys.length === 0) return
  redrive ??= (await import('./redrive.ts')).redriveWork({
    s3,
    sqs,
    ops,
    lakeBucket: facts.buckets.lake,
    publishers,
    recordsQueueUrl: facts.queues.records,
    merges: mergeRequests,
    streamQueues: process.env[streamQueuesVariable] ?? '{}',
    retentionDays: Number(retentionDays),
  })
  for (const { job, error } of await redrive(keys, deadline)) {
    const { id, kind, end } = job
    if (error !== undefined) logger.error('redrive interrupted', { job: id, kind, detail: detailOf(error) })
    else if (end !== undefined) logger.info('redrive ended', { job: id, kind, end })
  }
}
