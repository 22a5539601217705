import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'

/** A job as it was last read, and why it waits at the moment. */
export interface Followed<J> {
  readonly job: J
  readonly waiting?: string | undefined
}

export interface FollowOptions<J> {
  /** Reads the current state of a job. */
  read(job: J): Promise<J>
  /** Why a job waits, beyond its own problem. */
  obstacle(job: J): Promise<string | undefined>
  show(views: readonly Followed<J>[]): void
  /** Stops following. */
  readonly signal: AbortSignal
  /** Time between two looks, in milliseconds. @default 1,000 */
  readonly lookMs?: number
}

/** While a job does not change, obstacles are read only with every tenth look, because that takes more requests. */
const looksPerObstacle = 10

/**
 * Shows the progress of jobs until all have ended or the signal stops it.
 * @returns the jobs as last seen
 */
export async function followJobs<J extends { readonly end?: unknown }>(
  jobs: readonly J[],
  options: FollowOptions<J>,
): Promise<readonly J[]> {
  const { read, obstacle, show, signal, lookMs = 1_000 } = options
  let current = jobs
  let waiting: readonly (string | undefined)[] = []
  for (let look = 0; ; look++) {
    const before = current
    current = await Promise.all(before.map((job) => (job.end === undefined ? read(job) : job)))
    if (look % looksPerObstacle === 0 || !isDeepStrictEqual(before, current)) {
      waiting = await Promise.all(current.map((job) => (job.end === undefined ? obstacle(job) : undefined)))
    }
    show(current.map((job, index) => ({ job, waiting: job.end === undefined ? waiting[index] : undefined })))
    if (signal.aborted || current.every(({ end }) => end !== undefined)) return current
    await sleep(lookMs, undefined, { signal }).catch(() => {})
    if (signal.aborted) return current
  }
}
