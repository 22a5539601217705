import type { Job } from '../../lambdas/core/poll/past/job.ts'
import type { ObjectStore } from '../../lambdas/core/ports.ts'
import { spanText } from '../status/ages.ts'
import { readStream } from '../status/stream-state.ts'
import { openJobsOf } from './stored-jobs.ts'

/** Why a job waits, beyond the problem that its function reports; `undefined` when nothing holds it up. */
export async function obstacleTo(ops: ObjectStore, source: string, job: Job, now: number): Promise<string | undefined> {
  const { state, lastRun, waitsUntil, window } = await readStream(ops, source, job.stream, now)
  if (state === 'unreadable') return 'the state of the stream is unreadable; its next run rebuilds it'
  const failed = lastRun && !['done', 'open'].includes(lastRun.outcome)
  if (failed) return `the last run of the stream ended with ${lastRun.outcome}: ${lastRun.detail ?? 'no details'}`
  if (waitsUntil !== undefined) return `the next request to the provider is in ${spanText(waitsUntil - now)}`
  if (job.estimate) return undefined
  const jobs = (await openJobsOf(ops, source)).filter(({ stream }) => stream === job.stream)
  const before = jobs.findIndex(({ id }) => id === job.id)
  if (before > 0) return `${before} ${before === 1 ? 'job' : 'jobs'} of the stream ordered before`
  if (state === 'never ran') return 'the stream has never been read'
  return window ? 'new events come first, and there are more to read' : 'new events come first, then due sweeps'
}
