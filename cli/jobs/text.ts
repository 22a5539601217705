import type { Job } from '../../lambdas/core/poll/past/job.ts'
import { isoTime, spanText } from '../../lambdas/core/time-text.ts'
import { onOneLine } from '../../local/screen/one-line.ts'
import { counted, grouped } from '../counted.ts'
import { costOf, usdText } from './cost.ts'
import type { Followed } from './follow.ts'
import { progressOf } from './progress.ts'
import { replayCounting, replayFigures, replayJson, replayPlan, replayResult } from './replay-text.ts'
import { timeText, windowText } from './window.ts'

/** A job as it was last read. */
export interface JobView extends Followed<Job> {
  readonly source: string
}

/** Names a job. */
export const jobText = (source: string, { id, kind, stream, dryRun, ...window }: Job): string =>
  `${kind} of ${source} (${stream}), ${windowText(window)}${dryRun ? ', dry run' : ''}, job ${id}`

/** The estimate of a job; `undefined` until it has one. */
export function planText(job: Job): string | undefined {
  const { kind, estimate } = job
  if (kind === 'replay') return replayPlan(job)
  if (!estimate) return undefined
  const { events, requests, seconds } = estimate
  return (
    `About ${counted(events, 'event')} in ${counted(requests, 'request')}; about ${spanText(seconds * 1_000)} with the ` +
    `jobs' share of the rate limit; on AWS ${usdText(costOf(kind, estimate))}.`
  )
}

/** The progress of a job, on one line. */
export function progressText({ source, job, waiting }: JobView): string {
  const { estimate, dryRun } = job
  const { percent, counts, secondsLeft } = progressOf(job)
  const isReplay = job.kind === 'replay'
  const counting = isReplay ? replayCounting(job) : undefined
  const progress = counting === undefined ? [] : [counting]
  if (estimate && !dryRun) {
    const figures = isReplay ? replayFigures(job, estimate.requests) : fetchFigures(job, counts)
    const left = secondsLeft === undefined ? [] : [`about ${spanText(secondsLeft * 1_000)} left`]
    progress.push(`${percent} %`, ...figures, ...left)
  }
  const reason = reasonOfWaiting({ source, job, waiting })
  return `${source} (${job.stream}): ${[...progress, ...(reason ? [`waiting: ${reason}`] : [])].join(', ') || 'ordered'}`
}

function fetchFigures({ from, until }: Job, counts: Job['counts']): readonly string[] {
  const { fetched, new: found, duplicate, failed, requests } = counts
  return [
    // Whole days only, because within a day a feed may run backwards.
    ...(until > from ? [`complete up to ${timeText(until)}`] : []),
    `fetched ${grouped(fetched)}`,
    `new ${grouped(found)}`,
    `there already ${grouped(duplicate)}`,
    ...(failed > 0 ? [`failed ${grouped(failed)}`] : []),
    `requests ${grouped(requests)}`,
  ]
}

/** An open job in a list, on one line. */
export function openJobText(view: JobView): string {
  const { source, job } = view
  const reason = reasonOfWaiting(view)
  const state = job.end === undefined ? `${progressOf(job).percent} %` : `${job.end}, to be put away`
  return `${jobText(source, job)}: ${state}${reason ? `, waiting: ${reason}` : ''}`
}

/** The job's own problem, else the obstacle. */
function reasonOfWaiting({ job, waiting }: JobView): string | undefined {
  const reason = job.problem ?? waiting
  return reason === undefined ? undefined : onOneLine(reason)
}

/** The result of an ended job. */
export function resultText(job: Job): string {
  const { percent, counts } = progressOf(job)
  const { fetched, new: found, duplicate, failed, requests } = counts
  const read = `${counted(fetched, 'event')} fetched with ${counted(requests, 'request')}, ${grouped(duplicate)} of them there already`
  const failures =
    failed > 0 ? ` Parts that were not events: ${counted(failed, 'row')} of classification_failures.` : ''
  if (job.end === 'cancelled' && job.dryRun) return 'Cancelled.'
  if (job.kind === 'replay') return replayResult(job, percent) + failures
  if (job.end === 'cancelled') {
    return `Cancelled at ${percent} %: ${counted(found, 'row')} had been published and stay; ${read}.${failures}`
  }
  if (job.dryRun) return 'A dry run: nothing was read but samples, and nothing was published.'
  if (job.kind === 'backfill') return `Done: ${counted(found, 'new row')} published; ${read}.${failures}`
  const missing =
    found > 0
      ? `${grouped(found)} ${found === 1 ? 'was' : 'were'} missing and ${found === 1 ? 'has' : 'have'} been published`
      : `${failed > 0 ? 'No event' : 'Nothing'} was missing`
  return `${missing}; ${read}.${failures}`
}

/** The result of an equal job that ended earlier. */
export function endedText(job: Job): string {
  const at = timeText(Math.floor((job.endedAt ?? job.createdAt) / 1_000) * 1_000)
  return `An equal job ended ${at}. ${(job.dryRun && planText(job)) || resultText(job)}`
}

/** A job as an object of plain values; times are ISO 8601, UTC. */
export function jobJson(view: JobView): object {
  const { source, job } = view
  const { percent, counts, secondsLeft } = progressOf(job)
  const { estimate } = job
  return {
    id: job.id,
    job: job.kind,
    source,
    stream: job.stream,
    from: isoTime(job.from),
    to: isoTime(job.to),
    dryRun: job.dryRun,
    createdAt: isoTime(job.createdAt),
    startedAt: isoTime(job.startedAt),
    endedAt: isoTime(job.endedAt),
    // A replay reads objects in the order of their names, so no time of its window is complete before it ends.
    until: job.kind === 'replay' ? null : isoTime(job.until),
    percent,
    secondsLeft: secondsLeft ?? null,
    estimate: estimate ? { ...estimate, usd: costOf(job.kind, estimate) } : null,
    objects: replayJson(job),
    ...counts,
    waiting: reasonOfWaiting(view) ?? null,
    outcome: job.end ?? null,
    ended: job.end !== undefined,
  }
}
