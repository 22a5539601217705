import type { Left, RedriveJob, Tally } from '../../lambdas/core/redrive/job.ts'
import { isoTime } from '../../lambdas/core/time-text.ts'
import { onOneLine } from '../../local/screen/one-line.ts'
import { counted, grouped } from '../counted.ts'
import type { JobWords } from '../jobs/display.ts'
import type { Followed } from '../jobs/follow.ts'
import { timeText } from '../jobs/window.ts'

type View = Followed<RedriveJob>

const nouns = { failures: 'failure', 'dead-letters': 'dead letter' } as const

const nameOf = ({ kind }: RedriveJob): string => `redrive of ${nouns[kind]}s`

/** Names a job. */
export function redriveText(job: RedriveJob): string {
  const { id, since, source, reason, logType, queue, perSecond, dryRun } = job
  const choices = [
    since === undefined ? [] : `since ${timeText(since)}`,
    source === undefined ? [] : `source ${source}`,
    logType === undefined ? [] : `log type ${logType}`,
    queue === undefined ? [] : `queue ${queue}`,
    reason === undefined ? [] : `reason ${reason}`,
    perSecond === undefined ? [] : `at most ${perSecond} a second`,
    dryRun ? 'dry run' : [],
  ].flat()
  return onOneLine(`${nameOf(job)}${choices.map((choice) => `, ${choice}`).join('')}, job ${id}`)
}

/** An open job in a list, on one line. */
export function openRedriveText({ job, waiting }: View): string {
  const state = job.end === undefined ? figures(job) : `${job.end}, to be put away`
  const reason = reasonOfWaiting({ job, waiting })
  return `${redriveText(job)}: ${state}${reason === undefined ? '' : `, waiting: ${reason}`}`
}

const sum = (tallies: readonly Tally[], of: 'redriven' | 'left'): number =>
  tallies.reduce((total, tally) => total + tally[of], 0)

function figures({ counts: { tallies }, dryRun, after, position, kind }: RedriveJob): string {
  const day = kind === 'failures' ? (position?.day ?? after) : /dt=([\d-]+)/.exec(after ?? '')?.[1]
  return [
    `${dryRun ? 'can be redriven' : 'redriven'} ${grouped(sum(tallies, 'redriven'))}`,
    `left ${grouped(sum(tallies, 'left'))}`,
    ...(day === undefined ? [] : [`at ${onOneLine(day)}`]),
  ].join(', ')
}

/** The job's own problem, else the obstacle. */
function reasonOfWaiting({ job, waiting }: View): string | undefined {
  const reason = job.problem ?? waiting
  return reason === undefined || job.end !== undefined ? undefined : onOneLine(reason)
}

/** The result of an ended job: a sentence, what became of each kind, and why some are left. */
function redriveResult(job: RedriveJob): string[] {
  const { kind, dryRun, end, counts } = job
  const { tallies, left, events } = counts
  const redriven = sum(tallies, 'redriven')
  const rest = sum(tallies, 'left')
  const noun = nouns[kind]
  const begin = end === 'cancelled' ? 'Cancelled' : dryRun ? 'A dry run: nothing was published' : 'Done'
  const what =
    kind === 'failures'
      ? `${counted(redriven, noun)} ${dryRun ? 'would become' : 'became'} ${counted(events, 'row')}`
      : `${counted(redriven, noun)} ${dryRun ? 'would be sent' : redriven === 1 ? 'was sent' : 'were sent'} back`
  const stay = rest === 0 ? '' : `; ${grouped(rest)} ${rest === 1 ? 'stays' : 'stay'} open`
  return [
    `${begin}: ${what}${stay}.`,
    ...tallies.map((tally) => onOneLine(`${tally.of}, ${tally.reason}: ${tallyText(tally, dryRun)}`)),
    ...left.map((one) => onOneLine(leftText(kind, one))),
  ]
}

const tallyText = ({ redriven, left }: Tally, dryRun: boolean): string =>
  [
    ...(redriven > 0 ? [`${grouped(redriven)} ${dryRun ? 'can be redriven' : 'redriven'}`] : []),
    ...(left > 0 ? [`${grouped(left)} left`] : []),
  ].join(', ')

/** What to do with those that are left. */
const remedies: Readonly<Record<string, string>> = {
  holds_no_event: 'they tell of an event that never came, and hold none',
  damaged_object: 'an object was damaged; restore it and use "npm run replay"',
  past_the_retention: 'received before the retention, so the lake takes no rows of them',
  unknown_log_type: 'this version has no table for their log type',
  unknown_queue:
    'they name no queue of this stack; send the body to its queue by hand, then delete the object in the ops bucket',
  content_gone:
    'the message points to a content that is gone or was changed; nothing is left to send, so delete the object',
  unreadable: 'the object is not a dead letter as this version archives them',
}

function leftText(kind: RedriveJob['kind'], { why, count, example }: Left): string {
  const text = remedies[why] ?? `still ${count === 1 ? 'fails' : 'fail'}: ${why}`
  const where = kind === 'failures' ? `p_row_id ${example}` : example
  return `Left, ${counted(count, nouns[kind])}: ${text}; for example ${where}.`
}

/** A job as an object of plain values; times are ISO 8601, UTC. */
export function redriveJson(view: View): object {
  const { job } = view
  const { tallies, left, events } = job.counts
  return {
    id: job.id,
    job: 'redrive',
    what: job.kind,
    since: isoTime(job.since),
    source: job.source ?? null,
    logType: job.logType ?? null,
    queue: job.queue ?? null,
    reason: job.reason ?? null,
    dryRun: job.dryRun,
    createdAt: isoTime(job.createdAt),
    startedAt: isoTime(job.startedAt),
    endedAt: isoTime(job.endedAt),
    redriven: sum(tallies, 'redriven'),
    left: sum(tallies, 'left'),
    rows: job.kind === 'failures' ? events : null,
    kinds: tallies,
    reasonsLeft: left,
    waiting: reasonOfWaiting(view) ?? null,
    outcome: job.end ?? null,
    ended: job.end !== undefined,
  }
}

export const redriveWords: JobWords<View> = {
  json: redriveJson,
  name: ({ job }) => nameOf(job),
  milestones: ({ job }) => (job.end === undefined ? [] : redriveResult(job)),
  progress(view) {
    const reason = reasonOfWaiting(view)
    return `${nameOf(view.job)}: ${figures(view.job)}${reason === undefined ? '' : `, waiting: ${reason}`}`
  },
}
