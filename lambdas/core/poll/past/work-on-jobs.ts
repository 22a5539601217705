import { detailOf } from '../outcome.ts'
import type { Spare } from '../spare.ts'
import { backOff, mustWait } from '../waiting.ts'
import { readClosedSpan, unfinished } from './closed-span.ts'
import type { ClosedWindowPorts } from './closed-window.ts'
import { estimate, takeSamples } from './estimate.ts'
import { decodeJob, type Job } from './job.ts'
import { concludeJob, type JobStore, type KeepJob, openJob } from './job-store.ts'

export interface JobOptions extends ClosedWindowPorts, Omit<JobStore, 'stream'> {
  /** Keys of the files of open jobs, the oldest first. */
  findJobs(): Promise<readonly string[]>
  /** The source's share of the provider's limit. */
  readonly requestsPerHour: number
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
  const { stream, findJobs } = options
  const results: JobResult[] = []
  for (const key of await findJobs()) {
    if (!spare.mayGoOn()) break
    const open = await openJob(options, key, decodeJob)
    if (!open || open.job.stream !== stream.id) continue
    const result = await workOn(options, open.job, spare, open.keep)
    results.push(result)
    // A job that waits, after a failure or for rows on their way, must not hold up the others.
    if (result.job.end === undefined && (result.isUnsettled || mustWait(result.job.wait, options.now()))) continue
    if (result.job.end === undefined) break
    await concludeJob(options, result.job, key)
  }
  return results
}

async function workOn(options: JobOptions, order: Job, spare: Spare, keep: KeepJob): Promise<JobResult> {
  const { stream, requestsPerHour, rowIds, now } = options
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
    if (read.end === 'unsettled') await spare.settle((from, to) => rowIds(from, to, spare.mayGoOn))
    if (read.end === 'failed') return { job: told(read.span, read.error), error: read.error }
    if (read.end !== 'done') return { job: read.span, isUnsettled: read.end === 'unsettled' }
    job = told(read.span)
  }
  const ended: Job = { ...job, end: 'done', endedAt: now() }
  return { job: (await keep(ended)) ? ended : job }
}
