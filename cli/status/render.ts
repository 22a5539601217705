import { tableLines } from '../../local/query/query-text.ts'
import { onOneLine } from '../../local/screen/one-line.ts'
import { jobJson, openJobText } from '../jobs/text.ts'
import { ageText, isoTime, spanText } from './ages.ts'
import type { SourceStatus, Status } from './collect.ts'
import { deadLettersText } from './dead-letters.ts'
import { objectProblems, objectsJson, objectsText } from './render-objects.ts'
import type { Backlog, OpenPart } from './stream-state.ts'

/** One JSON object a line: for each source and stream, for each open job, then the totals. Times are ISO 8601, UTC. */
export function* statusJson({ now, sources, jobs, totals }: Status): Generator<string> {
  for (const source of sources) yield JSON.stringify(asJson(source, now))
  for (const job of jobs) yield JSON.stringify({ kind: 'job', ...jobJson(job) })
  yield JSON.stringify({ kind: 'totals', ...totals })
}

function asJson(status: SourceStatus, now: number): object {
  const { source, type, label, stream, state, lastRun, checkpoint, readUntil, window, backlogs = [] } = status
  return {
    kind: 'source',
    source,
    type: type ?? null,
    label: label ?? null,
    stream: stream ?? null,
    state: state ?? null,
    lastRun: lastRun ? { at: isoTime(lastRun.at), outcome: lastRun.outcome, detail: detailOf(status) ?? null } : null,
    lastEvent: isoTime(status.lastEventAt),
    checkpoint: isoTime(checkpoint),
    readUntil: isoTime(readUntil),
    lagSeconds: readUntil === undefined ? null : Math.max(0, Math.round((now - readUntil) / 1_000)),
    window: window ? partJson(window) : null,
    backlogs: backlogs.map(backlogJson),
    waitsUntil: isoTime(status.waitsUntil),
    credential: status.credential,
    openFailures: status.openFailures,
    deadLetters: status.deadLetters,
    deadLetterReasons: status.deadLetterReasons ?? {},
    objects: objectsJson(status.objects),
  }
}

const partJson = ({ from, to, readTo }: OpenPart) => ({ from: isoTime(from), to: isoTime(to), readTo: isoTime(readTo) })

const backlogJson = (backlog: Backlog) => ({
  ...partJson(backlog),
  waitsUntil: isoTime(backlog.waitsUntil),
  outcome: backlog.failure?.outcome ?? null,
  detail: textOf(backlog.failure?.detail) ?? null,
})

const columns = [
  'source',
  'stream',
  'type',
  'last run',
  'last event',
  'lag',
  'open window',
  'next attempt',
  'credential',
  'open failures',
  'dead letters',
]

/** A table of the sources, followed by the details of errors, what was read from buckets, the open jobs and the totals. */
export function* statusText({ now, sources, jobs, totals }: Status): Generator<string> {
  const rows = sources.map((status) => cells(status, now))
  if (rows.length > 0) yield* tableLines({ columns, rows })
  for (const status of sources) {
    const lines = [...objectProblems(status, now), ...problemsOf(status, now)]
    if (lines.length > 0) yield* ['', ...lines]
  }
  yield* objectsText(sources, now)
  const letters = [...deadLettersText(reasonsOf(sources, totals))]
  if (letters.length > 0) yield* ['', ...letters]
  if (jobs.length > 0) yield ''
  for (const job of jobs) yield openJobText(job)
  yield ''
  const unknown = totals.deadLettersOfUnknownSource
  yield [
    counted(totals.sources, 'source'),
    counted(totals.openFailures, 'open failure'),
    counted(totals.deadLetters, 'dead letter') + (unknown > 0 ? ` (${unknown} of unknown source)` : ''),
  ].join(', ')
}

const reasonsOf = (sources: Status['sources'], { deadLetterReasonsOfUnknownSource }: Status['totals']) => [
  ...sources.map(({ source, deadLetterReasons }) => [source, deadLetterReasons] as const),
  ['of unknown source', deadLetterReasonsOfUnknownSource] as const,
]

function cells(status: SourceStatus, now: number): (string | number)[] {
  const { source, stream = '-', type = '(no longer in the settings)', lastEventAt, readUntil } = status
  return [
    source,
    stream,
    type,
    lastRunText(status, now),
    lastEventAt === undefined ? '-' : ageText(lastEventAt, now),
    readUntil === undefined ? '-' : spanText(now - readUntil),
    openText(status, now),
    nextText(status, now),
    status.credential,
    status.openFailures,
    status.deadLetters,
  ]
}

function lastRunText({ state, lastRun }: SourceStatus, now: number): string {
  if (state === undefined) return '-'
  if (state !== 'ok') return state === 'unreadable' ? 'state is unreadable' : state
  // The state is saved before the first run ends, too.
  return lastRun ? `${ageText(lastRun.at, now)}, ${lastRun.outcome}` : 'first run has not ended'
}

/** The earliest open part, and how many backlogs come after it. */
function openText({ window, backlogs = [] }: SourceStatus, now: number): string {
  if (!window) return '-'
  return partText(window, now) + (backlogs.length > 1 ? `, and ${backlogs.length - 1} more` : '')
}

function partText({ from, to, readTo }: OpenPart, now: number): string {
  const isToday = [from, to].every((time) => isoTime(time)?.slice(0, 10) === isoTime(now)?.slice(0, 10))
  const read = readTo === undefined ? '' : `, read to ${minute(readTo, isToday)}`
  return `${minute(from, isToday)}..${minute(to, isToday)}${read}`
}

/** A time to the minute, without the day if that is today. */
function minute(time: number, isToday: boolean): string {
  const text = isoTime(time)?.slice(0, 16).replace('T', ' ') ?? '?'
  return isToday ? text.slice(11) : text
}

const nextText = ({ stream, waitsUntil }: SourceStatus, now: number): string =>
  stream === undefined ? '-' : attemptText(waitsUntil, now)

const attemptText = (waitsUntil: number | undefined, now: number): string =>
  waitsUntil === undefined ? 'next minute' : `${isoTime(waitsUntil)?.slice(11, 19)}, ${ageText(waitsUntil, now)}`

/** The error of the last run, and those of backlogs. One that only concerns a backlog is shown with it. */
function problemsOf(status: SourceStatus, now: number): string[] {
  const name = nameOf(status)
  const ofBacklogs = (status.backlogs ?? []).flatMap((backlog) => {
    if (!backlog.failure) return []
    const { outcome, detail } = backlog.failure
    const next = `next attempt ${attemptText(backlog.waitsUntil, now)}`
    return [`${name}, ${outcome} in the backlog ${partText(backlog, now)}, ${next}: ${textOf(detail) ?? 'no detail'}`]
  })
  const detail = detailOf(status)
  const isOfBacklog = status.backlogs?.some(({ failure }) => textOf(failure?.detail) === detail)
  if (detail === undefined || isOfBacklog) return ofBacklogs
  return [`${name}, ${status.lastRun?.outcome}: ${detail}`, ...ofBacklogs]
}

const nameOf = ({ source, stream }: SourceStatus): string => (stream === undefined ? source : `${source} (${stream})`)

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`

const detailOf = ({ lastRun }: SourceStatus): string | undefined => textOf(lastRun?.detail)

const textOf = (detail = ''): string | undefined => onOneLine(detail) || undefined
