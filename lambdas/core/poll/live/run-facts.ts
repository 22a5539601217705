import { noCounts } from '../counts.ts'
import { detailOf, type Outcome } from '../outcome.ts'
import { type RunFacts, type RunRow, runRow } from '../run-row.ts'
import type { RunResult } from '../run-types.ts'
import type { PollStream } from '../stream.ts'
import { mustWait } from '../waiting.ts'
import { death } from './lease.ts'
import type { Progress } from './read-part.ts'
import type { OpenWindow, StreamState } from './state.ts'
import type { HeldState } from './state-store.ts'
import { publishedUntil } from './window.ts'

/** A run that ends, and the state with which it began. */
export interface EndingRun {
  readonly progress: Progress
  readonly held: Pick<HeldState, 'state' | 'restored'>
  readonly startedAt: number
  readonly endedAt: number
  readonly stream: Pick<PollStream, 'id' | 'logType'>
  /** Requests made. @default 0 */
  readonly requests?: number
}

/** A backlog that waits after a failure. */
export const failingBacklog = ({ backlogs }: StreamState, now: number): OpenWindow | undefined =>
  backlogs.find(({ wait, failure }) => failure && mustWait(wait, now))

/** The facts of a run for its row. */
export function factsOf(
  { progress, held, startedAt, endedAt, stream, requests = 0 }: EndingRun,
  outcome: Outcome,
): RunFacts {
  const { state, tally, error } = progress
  const failing = failingBacklog(state, endedAt)
  return {
    stream: stream.id,
    logType: stream.logType,
    startedAt,
    endedAt,
    outcome,
    detail: detailOf(error) ?? (failing?.failure?.outcome === outcome ? failing.failure.detail : undefined),
    window: tally.span,
    lookBack: tally.lookBack,
    stretched: tally.stretched,
    restored: held.restored,
    lowBefore: publishedUntil(held.state),
    lowAfter: publishedUntil(state),
    counts: { ...tally.counts, requests },
    signsOfLife: tally.signsOfLife,
    notBefore: state.backoff?.notBefore ?? failing?.wait?.notBefore,
  }
}

/** The row of a run that left only its lease behind. */
export function rowsOfDeath({ held: { state }, startedAt, stream }: EndingRun): RunRow[] {
  const { lease, window, backlogs } = state
  if (!lease) return []
  const open = lease.backlog === undefined ? window : backlogs[lease.backlog]
  return [
    runRow({
      stream: stream.id,
      logType: stream.logType,
      startedAt: lease.startedAt,
      endedAt: Math.min(lease.expiresAt, startedAt),
      outcome: 'transient',
      detail: death.message,
      window: open?.walk,
      lookBack: open?.lookBack,
      lowBefore: publishedUntil(state),
      lowAfter: publishedUntil(state),
      counts: noCounts,
    }),
  ]
}

/** The result of a run for logs and metrics. */
export function resultOf(ending: EndingRun, outcome: Outcome): RunResult {
  const { progress, held } = ending
  const { lastResult, readUntil, startAt } = progress.state
  return {
    outcome,
    row: runRow(factsOf(ending, outcome)),
    stretched: progress.tally.stretched,
    readUntil: readUntil ?? startAt,
    ...(held.restored && { restored: held.restored }),
    ...(held.state.lease && outcome !== 'busy' && outcome !== 'waiting' && { died: true }),
    ...(lastResult && { last: lastResult }),
    ...(progress.error !== undefined && { error: progress.error }),
  }
}
