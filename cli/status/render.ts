import { tableLines } from '../../local/query-text.ts'
import { ageText, spanText } from './ages.ts'
import type { SourceStatus, Status } from './collect.ts'

/** One JSON object a line: one for each source and stream, then the totals. Times are ISO 8601, UTC. */
export function* statusJson({ now, sources, totals }: Status): Generator<string> {
  for (const source of sources) yield JSON.stringify(asJson(source, now))
  yield JSON.stringify({ kind: 'totals', ...totals })
}

function asJson(status: SourceStatus, now: number): object {
  const { source, type, label, stream, state, lastRun, checkpoint, window } = status
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
    lagSeconds: checkpoint === undefined ? null : Math.max(0, Math.round((now - checkpoint) / 1_000)),
    window: window ? { from: isoTime(window.from), to: isoTime(window.to), readTo: isoTime(window.readTo) } : null,
    waitsUntil: isoTime(status.waitsUntil),
    credential: status.credential,
    openFailures: status.openFailures,
    deadLetters: status.deadLetters,
  }
}

/** Null for a time that is not known, or that no calendar holds. */
function isoTime(time: number | undefined): string | null {
  const date = new Date(time ?? Number.NaN)
  return Number.isNaN(date.getTime()) ? null : date.toISOString()
}

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

/** A table of the sources, the details of errors below it, and the totals. */
export function* statusText({ now, sources, totals }: Status): Generator<string> {
  const rows = sources.map((status) => cells(status, now))
  // Its last line counts rows, as that of a query does.
  if (rows.length > 0) yield* [...tableLines({ columns, rows })].slice(0, -1)
  for (const status of sources) {
    const detail = detailOf(status)
    if (detail === undefined) continue
    yield ''
    yield onOneLine(`${nameOf(status)}, ${status.lastRun?.outcome}: ${detail}`)
  }
  yield ''
  const unknown = totals.deadLettersOfUnknownSource
  yield [
    counted(totals.sources, 'source'),
    counted(totals.openFailures, 'open failure'),
    counted(totals.deadLetters, 'dead letter') + (unknown > 0 ? ` (${unknown} of unknown source)` : ''),
  ].join(', ')
}

function cells(status: SourceStatus, now: number): (string | number)[] {
  const { source, stream = '-', type = '(no longer in the settings)', lastEventAt, checkpoint } = status
  return [
    source,
    stream,
    type,
    lastRunText(status, now),
    lastEventAt === undefined ? '-' : ageText(lastEventAt, now),
    checkpoint === undefined ? '-' : spanText(now - checkpoint),
    windowText(status.window, now),
    nextText(status, now),
    status.credential,
    status.openFailures,
    status.deadLetters,
  ]
}

function lastRunText({ state, lastRun }: SourceStatus, now: number): string {
  if (state === undefined) return '-'
  if (state !== 'ok') return state === 'unreadable' ? 'state is unreadable' : state
  // The state is kept before a run ends as well.
  return lastRun ? `${ageText(lastRun.at, now)}, ${lastRun.outcome}` : 'first run has not ended'
}

function windowText(window: SourceStatus['window'], now: number): string {
  if (!window) return '-'
  const { from, to, readTo } = window
  return `${minute(from, now)}..${minute(to, now)}${readTo === undefined ? '' : `, read to ${minute(readTo, now)}`}`
}

/** The day as well when it is not today. */
function minute(time: number, now: number): string {
  const text = isoTime(time)?.slice(0, 16).replace('T', ' ') ?? '?'
  return text.slice(0, 10) === isoTime(now)?.slice(0, 10) ? text.slice(11) : text
}

function nextText({ stream, waitsUntil }: SourceStatus, now: number): string {
  if (stream === undefined) return '-'
  return waitsUntil === undefined ? 'next minute' : `${isoTime(waitsUntil)?.slice(11, 19)}, ${ageText(waitsUntil, now)}`
}

const nameOf = ({ source, stream }: SourceStatus): string => (stream === undefined ? source : `${source} (${stream})`)

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`

/** Longer details are cut: what to do stands at their beginning. In characters. */
const longestDetail = 300

function detailOf({ lastRun }: SourceStatus): string | undefined {
  const text = onOneLine(lastRun?.detail ?? '')
  const characters = [...text]
  if (characters.length > longestDetail) return `${characters.slice(0, longestDetail - 1).join('')}…`
  return text === '' ? undefined : text
}

/** Providers have a say in what went wrong, and their control characters must not reach the terminal. */
const onOneLine = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim()
