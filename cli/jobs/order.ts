import { randomBytes } from 'node:crypto'
import { noCounts } from '../../lambdas/core/poll/counts.ts'
import type { Job } from '../../lambdas/core/poll/past/job.ts'
import { windowEnd } from './window.ts'

/** What a command asks for. Times are milliseconds since 1970. */
export interface Order {
  readonly kind: Job['kind']
  readonly from: number
  /** Absent for as far as possible. */
  readonly to?: number | undefined
  readonly dryRun: boolean
}

/** What is said of an order that was given before: what is left open may be anything. */
export interface Hint extends Omit<Order, 'from'> {
  readonly from: number | undefined
}

/** A job for one stream. */
export function jobOf({ kind, from, to, dryRun }: Order, stream: string, now: number): Job {
  // Names of jobs sort by the time of the order, which is the order in which they are worked on.
  const at = new Date(now).toISOString().replace(/[-:.]/g, '')
  return {
    id: `${at}-${randomBytes(4).toString('hex')}`,
    kind,
    stream,
    from,
    to: windowEnd(to, now),
    createdAt: now,
    dryRun,
    until: from,
    counts: noCounts,
  }
}

/**
 * Whether the same command made a job. Where its window ends depends on when the order was given, if the command leaves
 * the end open.
 */
export const isSame = ({ kind, from, to, dryRun }: Order, job: Job): boolean =>
  job.kind === kind && job.from === from && job.dryRun === dryRun && job.to === windowEnd(to, job.createdAt)

/** Whether what is said of a job fits this one. */
export const isMeant = ({ kind, from, to, dryRun }: Hint, job: Job): boolean =>
  job.kind === kind &&
  (from === undefined || job.from === from) &&
  (to === undefined || job.to === windowEnd(to, job.createdAt)) &&
  (!dryRun || job.dryRun)
