import { randomBytes } from 'node:crypto'
import { noCounts } from '../../lambdas/core/poll/counts.ts'
import type { Job } from '../../lambdas/core/poll/past/job.ts'
import { windowEnd } from './window.ts'

/** The order that a command gives. Times are milliseconds since 1970. */
export interface Order {
  readonly kind: Job['kind']
  readonly from: number
  /** Absent for the latest possible end. */
  readonly to?: number | undefined
  readonly dryRun: boolean
}

/** The description of an earlier order; absent members match anything. */
export interface Hint extends Omit<Order, 'from'> {
  readonly from: number | undefined
}

/** A job for one stream. */
export function jobOf({ kind, from, to, dryRun }: Order, stream: string, now: number): Job {
  // Ids begin with the time, so that their objects sort in the order of work.
  const at = new Date(now).toISOString().replace(/[-:.]/g, '')
  return {
    id: `${at}-${randomBytes(4).toString('hex')}`,
    kind,
    stream,
    from,
    to: windowEnd(kind, to, now),
    createdAt: now,
    dryRun,
    until: from,
    counts: noCounts,
  }
}

/**
 * Whether the same command made a job. If the command leaves the end open, the end of the window depends on the time of
 * the order.
 */
export const isSame = ({ kind, from, to, dryRun }: Order, job: Job): boolean =>
  job.kind === kind && job.from === from && job.dryRun === dryRun && job.to === windowEnd(kind, to, job.createdAt)

/** Whether a description fits a job. */
export const isMeant = ({ kind, from, to, dryRun }: Hint, job: Job): boolean =>
  job.kind === kind &&
  (from === undefined || job.from === from) &&
  (to === undefined || job.to === windowEnd(kind, to, job.createdAt)) &&
  (!dryRun || job.dryRun)
