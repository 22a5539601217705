import { randomBytes } from 'node:crypto'
import { noRedriveCounts } from '../../lambdas/core/redrive/counting.ts'
import type { RedriveJob } from '../../lambdas/core/redrive/job.ts'

/** What a job is to send back; absent members mean everything. */
export type RedriveOrder = Pick<
  RedriveJob,
  'kind' | 'dryRun' | 'since' | 'source' | 'reason' | 'logType' | 'queue' | 'perSecond'
>

const choices = ['since', 'source', 'reason', 'logType', 'queue', 'perSecond'] as const

export function redriveJobOf(order: RedriveOrder, now: number): RedriveJob {
  // Ids begin with the time, so that their objects sort in the order of work.
  const at = new Date(now).toISOString().replace(/[-:.]/g, '')
  return { ...order, id: `${at}-${randomBytes(4).toString('hex')}`, createdAt: now, counts: noRedriveCounts }
}

/** Whether the same command made a job. */
export const isSameRedrive = (order: RedriveOrder, job: RedriveJob): boolean =>
  job.kind === order.kind && job.dryRun === order.dryRun && choices.every((choice) => job[choice] === order[choice])

/** Whether a description fits a job; absent members match anything. */
export const isMeantRedrive = (order: RedriveOrder, job: RedriveJob): boolean =>
  job.kind === order.kind &&
  (!order.dryRun || job.dryRun) &&
  choices.every((choice) => order[choice] === undefined || job[choice] === order[choice])
