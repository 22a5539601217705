import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import type { Job } from '../../lambdas/core/poll/past/job.ts'
import type { JobView } from './text.ts'

export interface FollowOptions {
  readonly source: string
  /** A job as it is now. */
  read(job: Job): Promise<Job>
  /** What is in the way of a job that it does not tell of. */
  obstacle(job: Job): Promise<string | undefined>
  show(views: readonly JobView[]): void
  /** Ends the following. */
  readonly signal: AbortSignal
  /** Time between two looks, in milliseconds. @default 1,000 */
  readonly lookMs?: number
}

/** While nothing changes, what is in the way is looked for with every so manieth look only: that takes more reading. */
const looksPerObstacle = 10

/**
 * Shows how jobs get on until all of them are through or the signal ends it.
 * @returns the jobs as last seen
 */
export async function followJobs(jobs: readonly Job[], options: FollowOptions): Promise<readonly Job[]> {
  const { source, read, obstacle, show, signal, lookMs = 1_000 } = options
  let current = jobs
  let waiting: readonly (string | undefined)[] = []
  for (let look = 0; ; look++) {
    const before = current
    current = await Promise.all(before.map((job) => (job.end === undefined ? read(job) : job)))
    if (look % looksPerObstacle === 0 || !isDeepStrictEqual(before, current)) {
      waiting = await Promise.all(current.map((job) => (job.end === undefined ? obstacle(job) : undefined)))
    }
    show(current.map((job, index) => ({ source, job, waiting: job.end === undefined ? waiting[index] : undefined })))
    if (signal.aborted || current.every(({ end }) => end !== undefined)) return current
    await sleep(lookMs, undefined, { signal }).catch(() => {})
    if (signal.aborted) return current
  }
}
