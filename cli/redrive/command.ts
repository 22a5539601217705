import type { RedriveJob } from '../../lambdas/core/redrive/job.ts'
import { type Installation, openInstallation } from '../installation.ts'
import { type Display, displayOf } from '../jobs/display.ts'
import { type Followed, followToTheEnd } from '../jobs/follow.ts'
import type { StoredJobs } from '../jobs/stored-jobs.ts'
import { parseRedriveArguments } from './arguments.ts'
import { isMeantRedrive, isSameRedrive, type RedriveOrder, redriveJobOf } from './order.ts'
import { redrivesOf } from './stored.ts'
import { redriveText, redriveWords } from './text.ts'

interface Context extends Pick<Installation, 'now'> {
  readonly jobs: StoredJobs<RedriveJob>
  readonly display: Display<Followed<RedriveJob>>
}

/** Orders a job, or returns to an open one, and shows its progress. @returns the exit status */
export async function runRedrive(args: readonly string[]): Promise<number> {
  const { installation: choice, order, json, cancel, wait } = parseRedriveArguments(args)
  const installation = await openInstallation(choice)
  const display = displayOf(redriveWords, { json })
  const context = { now: installation.now, jobs: redrivesOf(installation.ops), display }
  try {
    if (cancel) return await takeBack(context, order)
    const { jobs } = context
    return await followToTheEnd([await jobFor(context, order)], {
      read: ({ id }) => jobs.read(id),
      obstacle: (job) => obstacleTo(jobs, job),
      show: display.show,
      note: display.note,
      wait,
    })
  } finally {
    display.stop()
    installation.close()
  }
}

/** The open job of an order if there is one, else a new one. */
async function jobFor({ jobs, now, display }: Context, order: RedriveOrder): Promise<RedriveJob> {
  const found = (await jobs.open()).find((job) => job.end === undefined && isSameRedrive(order, job))
  if (found) {
    display.note(`Back at the ${redriveText(found)}.`)
    return found
  }
  const job = redriveJobOf(order, now())
  await jobs.place(job)
  display.note(`Ordered: ${redriveText(job)}.`)
  return job
}

async function obstacleTo(jobs: StoredJobs<RedriveJob>, { id, startedAt }: RedriveJob): Promise<string | undefined> {
  if (startedAt !== undefined) return undefined
  const before = (await jobs.open()).findIndex((job) => job.id === id)
  if (before > 0) return `${before} ${before === 1 ? 'job' : 'jobs'} ordered before`
  return 'the next run of the janitor, which begins every minute'
}

/** Cancels the jobs that the command line describes. @throws when there are none */
async function takeBack({ jobs, now, display }: Context, order: RedriveOrder): Promise<number> {
  let cancelled = 0
  for (const { id } of (await jobs.open()).filter((job) => isMeantRedrive(order, job))) {
    const job = await jobs.cancel(id, now())
    if (!job) continue
    cancelled++
    display.note(`The ${redriveText(job)}.`)
    display.show([{ job }])
  }
  if (cancelled === 0) throw new Error(`No such redrive of ${order.kind} is open: there is nothing to cancel.`)
  return 0
}
