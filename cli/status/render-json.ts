import type { Backlog, OpenPart } from '../../lambdas/core/standing/polled-stream.ts'
import type { RejectedFacts } from '../../lambdas/core/standing/standing.ts'
import { isoTime } from '../../lambdas/core/time-text.ts'
import { shownText } from '../../local/screen/one-line.ts'
import { jobJson } from '../jobs/text.ts'
import { redriveJson } from '../redrive/text.ts'
import { needsPerson, type SourceStatus, type Status } from './collect.ts'
import { objectsJson } from './render-objects.ts'

/** One JSON object a line: for each source and stream, for each open job, then the totals. Times are ISO 8601, UTC. */
export function* statusJson({ now, sources, jobs, redrives = [], alarmMails, totals }: Status): Generator<string> {
  for (const source of sources) yield JSON.stringify(asJson(source, now))
  for (const job of jobs) yield JSON.stringify({ kind: 'job', ...jobJson(job) })
  for (const job of redrives) yield JSON.stringify({ kind: 'job', ...redriveJson(job) })
  yield JSON.stringify({ kind: 'totals', ...totals, ...(alarmMails && { alarmMails }) })
}

function asJson(status: SourceStatus, now: number): object {
  const { source, type, label, stream, state, lastRun, checkpoint, readUntil, window, backlogs = [] } = status
  const { word, why, remedy } = status.standing
  return {
    kind: 'source',
    source,
    type: type ?? null,
    label: label ?? null,
    stream: stream ?? null,
    standing: word,
    why: shownText(why) ?? null,
    remedy: remedy ?? null,
    needsPerson: needsPerson(status),
    state: state ?? null,
    lastRun: lastRun
      ? { at: isoTime(lastRun.at), outcome: lastRun.outcome, detail: shownText(lastRun.detail) ?? null }
      : null,
    lastEvent: isoTime(status.lastEventAt),
    checkpoint: isoTime(checkpoint),
    readUntil: isoTime(readUntil),
    lagSeconds: readUntil === undefined ? null : Math.max(0, Math.round((now - readUntil) / 1_000)),
    window: window ? partJson(window) : null,
    backlogs: backlogs.map(backlogJson),
    waitsUntil: isoTime(status.waitsUntil),
    credential: status.credential,
    rejected: rejectedJson(status.rejected),
    openFailures: status.openFailures,
    deadLetters: status.deadLetters,
    deadLetterReasons: status.deadLetterReasons ?? {},
    objects: objectsJson(status.objects),
  }
}

const rejectedJson = (rejected: RejectedFacts | undefined) =>
  rejected ? { count: rejected.count, last: isoTime(rejected.lastAt), lastReason: rejected.lastReason } : null

const partJson = ({ from, to, readTo }: OpenPart) => ({ from: isoTime(from), to: isoTime(to), readTo: isoTime(readTo) })

const backlogJson = (backlog: Backlog) => ({
  ...partJson(backlog),
  waitsUntil: isoTime(backlog.waitsUntil),
  outcome: backlog.failure?.outcome ?? null,
  detail: shownText(backlog.failure?.detail) ?? null,
})
