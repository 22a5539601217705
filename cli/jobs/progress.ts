import { addCounts, type RunCounts } from '../../lambdas/core/poll/counts.ts'
import type { Job } from '../../lambdas/core/poll/past/job.ts'
import type { Walk } from '../../lambdas/core/poll/walk.ts'

export interface Progress {
  /** Share of the window that was read, in whole percent. */
  readonly percent: number
  /** Counts of all parts, including the open one. */
  readonly counts: RunCounts
  /** From the estimate; absent without one, and when the job has ended. */
  readonly secondsLeft?: number
}

/** How far a job has come. */
export function progressOf({ from, to, until, open, counts, estimate, end }: Job): Progress {
  const part = open ? shareRead(open.walk) * (Math.min(to, open.walk.to) - until) : 0
  const share = Math.min(1, Math.max(0, (until + part - from) / (to - from)))
  return {
    // 100 % only at the end, because the last page counts only once it is saved.
    percent: end === 'done' ? 100 : Math.min(99, Math.floor(share * 100)),
    counts: open ? addCounts(counts, open.counts) : counts,
    ...(estimate && end === undefined && { secondsLeft: Math.ceil(estimate.seconds * (1 - share)) }),
  }
}

/**
 * The share of a window that has been read, 0 to 1. A newest-first feed is recognized by its last event, which is older
 * than its newest one.
 */
function shareRead({ from, to, bound, newest = bound, done }: Walk): number {
  if (done) return 1
  if (bound === undefined || newest === undefined) return 0
  const read = newest > bound ? to - bound : bound - from
  return Math.min(1, Math.max(0, read / (to - from)))
}
