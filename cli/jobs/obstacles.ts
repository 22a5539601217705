import type { Job } from '../../lambdas/core/poll/past/job.ts'
import type { ObjectStore } from '../../lambdas/core/ports.ts'
import { readObjectStream } from '../../lambdas/core/standing/object-stream.ts'
import { readStream } from '../../lambdas/core/standing/polled-stream.ts'
import { spanText } from '../../lambdas/core/time-text.ts'
import { openJobsOf } from './stored-jobs.ts'

/** Why a job waits, beyond the problem that its function reports; `undefined` when nothing holds it up. */
export async function obstacleTo(ops: ObjectStore, source: string, job: Job, now: number): Promise<string | undefined> {
  if (job.kind === 'replay') return obstacleToReplay(ops, source, job, now)
  const { state, lastRun, waitsUntil, window } = await readStream(ops, source, job.stream, now)
  if (state === 'unreadable') return 'the state of the stream is unreadable; its next run rebuilds it'
  const failed = lastRun && !['done', 'open'].includes(lastRun.outcome)
  if (failed) return `the last run of the stream ended with ${lastRun.outcome}: ${lastRun.detail ?? 'no details'}`
  if (waitsUntil !== undefined) return `the next request to the provider is in ${spanText(waitsUntil - now)}`
  if (job.estimate) return undefined
  const before = await jobsBefore(ops, source, job)
  if (before !== undefined) return before
  if (state === 'never ran') return 'the stream has never been read'
  return window ? 'new events come first, and there are more to read' : 'new events come first, then due sweeps'
}

/** New objects, unfinished ones and the daily listing come before a replay. */
async function obstacleToReplay(ops: ObjectStore, source: string, job: Job, now: number): Promise<string | undefined> {
  const { state, lastRun, objects } = await readObjectStream(ops, source, now)
  if (state === 'unreadable') return 'the state of the stream is unreadable; its next run makes it anew'
  if (lastRun && lastRun.outcome !== 'done') {
    return `the last object could not be read, ${lastRun.outcome}: ${lastRun.detail ?? 'no details'}`
  }
  if (job.estimate || job.listed) return undefined
  const before = await jobsBefore(ops, source, job)
  if (before !== undefined) return before
  const unfinished = objects?.unfinished.length ?? 0
  if (unfinished > 0) return `${unfinished} ${unfinished === 1 ? 'object is' : 'objects are'} unfinished and come first`
  if (objects?.listing?.isOpen) return 'the daily listing of the bucket comes first'
  return 'the next run of the stream, which begins every minute'
}

async function jobsBefore(ops: ObjectStore, source: string, job: Job): Promise<string | undefined> {
  const jobs = (await openJobsOf(ops, source)).filter(({ stream }) => stream === job.stream)
  const before = jobs.findIndex(({ id }) => id === job.id)
  return before > 0 ? `${before} ${before === 1 ? 'job' : 'jobs'} of the stream ordered before` : undefined
}
