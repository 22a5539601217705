import type { Job } from '../../lambdas/core/poll/past/job.ts'
import type { ObjectStore } from '../../lambdas/core/ports.ts'
import { spanText } from '../status/ages.ts'
import { readStream } from '../status/stream-state.ts'
import { openJobsOf } from './stored-jobs.ts'

/** What is in the way of a job that its function has not told of: `undefined` when nothing is. */
export async function obstacleTo(ops: ObjectStore, source: string, job: Job, now: number): Promise<string | undefined> {
  const { state, lastRun, waitsUntil, window } = await readStream(ops, source, job.stream, now)
  if (state === 'unreadable') return 'what is known of the stream cannot be read; its next run makes that anew'
  const failed = lastRun && !['done', 'open'].includes(lastRun.outcome)
  if (failed) return `the last run of the stream ended with ${lastRun.outcome}: ${lastRun.detail ?? 'no details'}`
  if (waitsUntil !== undefined) return `the provider is asked again in ${spanText(waitsUntil - now)}`
  if (job.estimate) return undefined
  const jobs = (await openJobsOf(ops, source)).filter(({ stream }) => stream === job.stream)
  const before = jobs.findIndex(({ id }) => id === job.id)
  if (before > 0) return `${before} ${before === 1 ? 'job' : 'jobs'} of the stream ordered before`
  if (state === 'never ran') return 'the stream has never been read'
  return window
    ? 'what is new comes first, and there is more to read'
    : 'what is new comes first, then sweeps that are due'
}
