import type { Job } from '../../lambdas/core/poll/past/job.ts'
import { type Installation, openInstallation } from '../installation.ts'
import { type JobArguments, parseJobArguments } from './arguments.ts'
import { createDisplay, type Display } from './display.ts'
import { followToTheEnd } from './follow.ts'
import { obstacleTo } from './obstacles.ts'
import { type Hint, isMeant, isSame, jobOf, type Order } from './order.ts'
import { jobsOf, type StoredJobs } from './stored-jobs.ts'
import { streamsOf } from './streams.ts'
import { endedText, jobText } from './text.ts'
import { checkWindow, windowText } from './window.ts'

/** The state that the steps of a command share. */
interface Context extends Pick<JobArguments, 'source'>, Pick<Installation, 'now'> {
  readonly jobs: StoredJobs<Job>
  readonly display: Display
}

/** Orders jobs, or returns to open ones, and shows their progress. @returns the exit status */
export async function runJobCommand(kind: Job['kind'], args: readonly string[]): Promise<number> {
  const { installation: choice, order, json, cancel, source, wait } = parseJobArguments(kind, args)
  const { from } = order
  const installation = await openInstallation(choice)
  const display = createDisplay({ json })
  const { ops, now } = installation
  const jobs = jobsOf(ops, source)
  const context = { now, jobs, display, source }
  try {
    const streams = streamsOf(kind, installation.facts.sources, source)
    // Only a cancellation may leave out --from.
    if (cancel || from === undefined) return await takeBack(context, order)
    checkWindow(kind, from, order.to, now())
    return await followToTheEnd(await jobsFor(context, { ...order, from }, streams), {
      read: ({ id }) => jobs.read(id),
      obstacle: (job) => obstacleTo(ops, source, job, now()),
      show: (views) => display.show(views.map((view) => ({ source, ...view }))),
      note: display.note,
      wait,
    })
  } finally {
    display.stop()
    installation.close()
  }
}

/** The jobs of an order, one for each stream: open ones if there are any, else new ones. */
async function jobsFor(
  { jobs: stored, source, now, display }: Context,
  order: Order,
  streams: readonly string[],
): Promise<readonly Job[]> {
  const open = await stored.open()
  const ended = await stored.ended()
  const jobs: Job[] = []
  for (const stream of streams) {
    const same = (job: Job) => job.stream === stream && isSame(order, job)
    const found = open.find((job) => job.end === undefined && same(job))
    const job = found ?? jobOf(order, stream, now())
    if (found) display.note(`Back at the ${jobText(source, job)}.`)
    else {
      const before = ended.find(same)
      if (before) display.note(endedText(before))
      await stored.place(job)
      display.note(`Ordered: ${jobText(source, job)}.`)
      if (order.to !== undefined && job.to < order.to) {
        display.note('It ends earlier than asked for: newer events are on their way already.')
      }
    }
    jobs.push(job)
  }
  return jobs
}

/** Cancels the jobs that the command line describes. @throws when there are none, or the description is ambiguous */
async function takeBack({ jobs, source, now, display }: Context, order: Hint): Promise<number> {
  const open = await jobs.open()
  const meant = open.filter((job) => job.end === undefined && isMeant(order, job))
  const windows = new Set(meant.map((job) => `${windowText(job)}${job.dryRun ? ', a dry run' : ''}`))
  if (windows.size > 1) {
    const choice = [...windows].map((window) => `  ${window}`).join('\n')
    throw new Error(`Several jobs of ${source} are open. Choose one with --from, --to or --dry-run:\n${choice}`)
  }
  let cancelled = 0
  for (const { id } of meant) {
    const job = await jobs.cancel(id, now())
    if (!job) continue
    cancelled++
    display.note(`The ${jobText(source, job)}.`)
    display.show([{ source, job }])
  }
  if (cancelled === 0) throw new Error(`No such ${order.kind} of ${source} is open: there is nothing to cancel.`)
  return 0
}
