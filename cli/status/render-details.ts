import type { Backlog, OpenPart } from '../../lambdas/core/standing/polled-stream.ts'
import { ageText, isoTime } from '../../lambdas/core/time-text.ts'
import { withoutBreaks } from '../../local/screen/one-line.ts'
import { wrapped } from '../../local/screen/wrap.ts'
import type { SourceStatus } from './collect.ts'
import { objectDetails } from './render-objects.ts'

/** Every fact of a source or stream, one a line. */
export function detailLines(
  status: SourceStatus,
  name: string,
  { now, width }: { readonly now: number; readonly width: number },
): string[] {
  const { type = 'no longer in the settings', rejected, backlogs = [] } = status
  const facts: (readonly [string, string])[] = [
    ...(status.stream === undefined
      ? []
      : [
          ['last run', lastRunText(status, now)] as const,
          ['open window', openText(status, now)] as const,
          ['next attempt', attemptText(status.waitsUntil, now)] as const,
        ]),
    ...backlogs.flatMap((backlog) => (backlog.failure ? [['backlog', backlogText(backlog, now)] as const] : [])),
    ['credential', status.credential],
    ...(rejected
      ? [
          [
            'rejected',
            `at least ${rejected.count}, the last ${ageText(rejected.lastAt, now)}: ${rejected.lastReason}`,
          ] as const,
        ]
      : []),
  ]
  const indent = ' '.repeat(16)
  return [
    ...wrapped(`${name}, ${type}`, width, '  ', ''),
    ...facts.flatMap(([title, text]) =>
      wrapped(withoutBreaks(text), width, indent, `  ${title}`.padEnd(indent.length)),
    ),
    ...(status.objects ? objectDetails(status.objects, { now, width }) : []),
  ]
}

function lastRunText({ state, lastRun }: SourceStatus, now: number): string {
  if (state !== 'ok') return state === 'unreadable' ? 'state is unreadable' : (state ?? 'unknown')
  // The state is saved before the first run ends, too.
  if (!lastRun) return 'first run has not ended'
  return `${ageText(lastRun.at, now)}, ${lastRun.outcome}${lastRun.detail === undefined ? '' : `: ${lastRun.detail}`}`
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

function backlogText(backlog: Backlog, now: number): string {
  const { failure, waitsUntil } = backlog
  const next = `next attempt ${attemptText(waitsUntil, now)}`
  return `${partText(backlog, now)}, ${failure?.outcome}, ${next}: ${failure?.detail ?? 'no detail'}`
}

const attemptText = (waitsUntil: number | undefined, now: number): string =>
  waitsUntil === undefined ? 'next minute' : `${isoTime(waitsUntil)?.slice(11, 19)}, ${ageText(waitsUntil, now)}`
