import type { ObjectStore } from '../../ports.ts'
import { guardedObject } from '../guarded-object.ts'
import { detailOf } from '../outcome.ts'
import { closedRow, type RunRow } from '../run-row.ts'
import type { RowIds, Spare } from '../spare.ts'
import { backOff, mustWait } from '../waiting.ts'
import { countsOf, readClosedSpan, unfinished } from './closed-span.ts'
import type { ClosedWindowPorts } from './closed-window.ts'
import { estimate, takeSamples } from './estimate.ts'
import { decodeJob, encodeJob, endedJobs, type Job, jobFile, openJobs } from './job.ts'
import { listJobs } from './open-jobs.ts'

export interface JobOptions extends ClosedWindowPorts {
  readonly store: ObjectStore
  /** Folder of everything that the source keeps in the store, with a slash at its end. */
  readonly stateFolder: string
  /** Keys of the files of open jobs, the oldest first; by default they are listed. */
  findJobs?(): Promise<readonly string[]>
  /** The source's share of the provider's limit. */
  readonly requestsPerHour: number
  /** Makes rows of `collection_runs` durable. */
  record(rows: readonly RunRow[]): Promise<void>
}

/** The state of a job after this run. */
export interface JobResult {
  readonly job: Job
  readonly error?: unknown
  /** The rows that it is to be compared with may still be on their way into the lake. */
  readonly isUnsettled?: boolean
}

/**
 * Works on the stream's jobs, the oldest first, as far as time and budget allow. Jobs are saved by conditional puts
 * only, so that a cancellation is never overwritten.
 * @returns the jobs that were worked on
 */
export async function workOnJobs(options: JobOptions, spare: Spare): Promise<JobResult[]> {
  const { store, stream, stateFolder, findJobs = () => listJobs(store, stateFolder) } = options
  const results: JobResult[] = []
  for (const key of await findJobs()) {
    if (!spare.mayGoOn()) break
    const stored = await store.get(key)
    const job = stored && decodeJob(stored.body)
    if (stored && !job) await putAway(options, key, stored.body)
    if (!job || job.stream !== stream.id) continue
    const guarded = guardedObject(store, key, { etag: stored.etag })
    const result = await workOn(options, job, spare, (next) => guarded(encodeJob(next)))
    results.push(result)
    // A job that waits, after a failure or for rows on their way, must not hold up the others.
    if (result.job.end === undefined && (result.isUnsettled || mustWait(result.job.wait, options.now()))) continue
    if (result.job.end === undefined) break
    await conclude(options, result.job, key)
  }
  return results
}

const rowIdsFor =
  ({ rowIds, schema }: JobOptions, { mayGoOn }: Spare): RowIds =>
  (from, to) =>
    rowIds(schema.table, from, to, mayGoOn)

type Keep = (job: Job) => Promise<boolean>

async function workOn(options: JobOptions, order: Job, spare: Spare, keep: Keep): Promise<JobResult> {
  const { stream, requestsPerHour, now } = options
  let job: Job = { ...order, startedAt: order.startedAt ?? now() }
  if (job.end !== undefined || mustWait(job.wait, now())) return { job }
  if (!job.estimate) {
    try {
      // Counted before it is made, as in the reading of a span.
      const problem = job.wait ? detailOf(unfinished) : job.problem
      if (!(await keep({ ...job, problem, wait: backOff(unfinished, job.wait, now()) }))) return { job }
      const samples = await takeSamples(stream, job, spare, job.samples)
      const estimated = estimate(stream, job, samples, requestsPerHour)
      job = {
        ...job,
        wait: undefined,
        samples: estimated ? undefined : samples,
        estimate: estimated,
        problem: undefined,
      }
      if (!(await keep(job)) || !estimated) return { job }
    } catch (error) {
      job = { ...job, wait: backOff(error, job.wait, now()), problem: detailOf(error) }
      await keep(job)
      return { job, error }
    }
  }
  if (!job.dryRun) {
    const told = (span: Job, failure?: unknown): Job => ({ ...span, problem: detailOf(failure) })
    const read = await readClosedSpan(options, job, spare, (span, failure) => keep(told(span, failure)))
    if (read.end === 'unsettled') await spare.settle(rowIdsFor(options, spare))
    if (read.end === 'failed') return { job: told(read.span, read.error), error: read.error }
    if (read.end !== 'done') return { job: read.span, isUnsettled: read.end === 'unsettled' }
    job = told(read.span)
  }
  const ended: Job = { ...job, end: 'done', endedAt: now() }
  return { job: (await keep(ended)) ? ended : job }
}

/** Records the end of a job and moves it to the ended ones. Every step can be repeated after a crash. */
async function conclude({ store, stateFolder, stream, record }: JobOptions, job: Job, openKey: string): Promise<void> {
  const { kind, id, startedAt = job.createdAt, endedAt = job.createdAt } = job
  if (!job.dryRun) {
    const counts = countsOf(job)
    const cancelled = job.end === 'cancelled'
    await record([closedRow({ kind, job: id, stream, startedAt, endedAt, window: job, counts, cancelled })])
  }
  await store.put(`${endedJobs(stateFolder)}${jobFile(job)}`, encodeJob(job))
  await store.delete(openKey)
}

/** Moves an unreadable job file to the ended jobs, where its author will look. */
async function putAway({ store, stateFolder }: JobOptions, key: string, body: Uint8Array): Promise<void> {
  await store.put(`${endedJobs(stateFolder)}${key.slice(openJobs(stateFolder).length)}`, body)
  await store.delete(key)
}
