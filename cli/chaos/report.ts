import { spanText } from '../../lambdas/core/time-text.ts'
import type { Rung } from './alarms.ts'
import type { Contents } from './contents.ts'
import type { Count } from './count.ts'
import { isWhole } from './drain.ts'

/** What a storm did, and what was left of the events. */
export interface Report {
  readonly seed: number
  /** Of real time. */
  readonly minutes: number
  /** How long it was on its own clock, in milliseconds. */
  readonly spanMs: number
  /** How many troubles of each kind began. */
  readonly troubles: ReadonlyMap<string, number>
  /** On the clock of the storm, in milliseconds. */
  readonly drainMs: number
  /** Rows that were there more than once before the last merge. */
  readonly repeatedBefore: number
  readonly sentBack: number
  readonly count: Count
  readonly contents: Contents
  /** Alarms that rang during the storm. */
  readonly rangMeanwhile: readonly string[]
  /** Absent when that was not tried. */
  readonly rung?: readonly Rung[] | undefined
  /** Alarms that ring at the end. */
  readonly ringing: readonly string[]
}

const missing = (rung: Report['rung'] = []): number => rung.filter(({ afterMs }) => afterMs === undefined).length

/** Whether the promise was kept: nothing lost, twice or changed, every alarm rang. */
export const isKept = ({ count, contents, rung }: Report): boolean =>
  isWhole(count) && contents.changed.length + contents.untouched.length === 0 && missing(rung) === 0

/** The lines that people read; the last one says what counts. */
export function* reportText(report: Report): Generator<string> {
  const { seed, minutes, spanMs, troubles, count, contents, rung, drainMs } = report
  const { logs } = count
  const begun = [...troubles.values()].reduce((sum, times) => sum + times, 0)
  yield `The storm of seed ${seed}: ${begun} troubles in ${minutes} minutes, ${spanText(spanMs)} on its own clock`
  for (const [name, times] of troubles) yield `  ${String(times).padStart(6)}  ${name}`
  yield ''
  yield `After ${spanText(drainMs)} more on that clock, without troubles:`
  yield* sourceTable(count)
  yield ''
  yield `Rows that were there twice when the storm ended, in spite of merging: ${report.repeatedBefore}`
  const { compared, changed, untouched } = contents
  yield `Rows whose event was made again and compared with what its provider had shown: ${compared}, ${changed.length} differ`
  if (untouched.length > 0) yield `  none of: ${untouched.join(', ')}`
  if (changed.length > 0) yield `  changed: ${changed.slice(0, 5).join(', ')}`
  const { planted, others, missing: gone } = count.quarantined
  yield `Kept as failures: ${planted} texts that are not events, ${gone} missing${others > 0 ? `, and ${others} others` : ''}`
  yield `Dead letters: ${report.sentBack} sent back, ${count.deadLetters.length} left`
  yield ''
  if (rung) yield 'Alarms that had to ring, with the time on that clock:'
  for (const { what, alarm, afterMs } of rung ?? []) {
    yield `  ${alarm}: ${afterMs === undefined ? 'did not ring' : `after ${spanText(afterMs)}`} (${what})`
  }
  yield `Alarms that rang during the storm: ${report.rangMeanwhile.join(', ') || 'none'}`
  yield `Alarms that ring at the end: ${report.ringing.join(', ') || 'none'}`
  yield ''
  const silent = logs.flatMap(({ source, table, events }) => (events === 0 ? [`${source} (${table})`] : []))
  if (silent.length > 0) yield `Without any event, so that nothing was proved: ${silent.join(', ')}`
  const alarms = rung ? `, alarms missing ${missing(rung)}` : ''
  yield `seed ${seed}: lost ${count.lost}, duplicate ${count.duplicate}, unknown ${count.unknown}, changed ${changed.length}, quarantined ${planted + others}${alarms}`
}

function* sourceTable({ logs }: Count): Generator<string> {
  yield `  ${'source'.padEnd(18)} ${'table'.padEnd(21)} ${'events'.padStart(8)} ${'rows'.padStart(8)} ${'lost'.padStart(6)} ${'twice'.padStart(6)}`
  for (const { source, table, events, found, lost, duplicate } of logs) {
    const numbers = [String(events).padStart(8), String(found).padStart(8), String(lost.length).padStart(6)]
    yield `  ${source.padEnd(18)} ${table.padEnd(21)} ${numbers.join(' ')} ${String(duplicate).padStart(6)}`
  }
  for (const { table, lost } of logs) if (lost.length > 0) yield `  lost of ${table}: ${lost.slice(0, 5).join(', ')}`
}

/** The same as one object. */
export const reportJson = (report: Report): object => ({
  ...report,
  troubles: Object.fromEntries(report.troubles),
  kept: isKept(report),
})
