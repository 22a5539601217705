import { isNumber, isPlainObject, objectOf, type Passing } from '../json/forms.ts'
import { type RunFacts, type RunRow, runRow } from './run-row.ts'

/** The sum of an hour's idle runs so far, kept in the state. */
type IdleRuns = Passing<typeof isIdleRuns>

export const isIdleRuns = objectOf({
  /** Start of the hour, in milliseconds since 1970. */
  hour: isNumber,
  /** Trusted to have the members of a row. */
  row: (value): value is RunRow => isPlainObject(value),
})

/** Whether a run needs no row of its own: it read to the end and found nothing but the events of our own polling. */
const isIdle = ({ outcome, counts, signsOfLife, restored }: RunFacts): boolean =>
  outcome === 'done' && restored === undefined && signsOfLife === 0 && counts.failed === 0

const hourOf = (time: number): number => Math.floor(time / 3_600_000) * 3_600_000

/**
 * Adds a run to the idle runs of its hour.
 * @returns the rows that are complete now, and the hour that is still being summed
 */
export function addRun(idle: IdleRuns | undefined, facts: RunFacts): { rows: RunRow[]; idle: IdleRuns | undefined } {
  const hour = hourOf(facts.startedAt)
  const current = idle?.hour === hour ? idle : undefined
  const rows = idle && !current ? [idle.row] : []
  // Time or budget ran out before the first request.
  if (facts.outcome === 'open' && facts.counts.requests === 0) return { rows, idle: current }
  const row = runRow(facts)
  if (!isIdle(facts)) return { rows: [...rows, row], idle: current }
  return { rows, idle: { hour, row: current ? sum(current.row, row) : { ...row, kind: 'idle' } } }
}

const sum = (a: RunRow, b: RunRow): RunRow => ({
  ...b,
  kind: 'idle',
  started_at: a.started_at,
  runs: a.runs + b.runs,
  window_from: a.window_from,
  look_back: a.look_back || b.look_back,
  stretched: a.stretched || b.stretched,
  checkpoint_before: a.checkpoint_before,
  requests: a.requests + b.requests,
  fetched: a.fetched + b.fetched,
  new: a.new + b.new,
  duplicate: a.duplicate + b.duplicate,
  failed: a.failed + b.failed,
})
