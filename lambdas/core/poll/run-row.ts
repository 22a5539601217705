import type { RunCounts } from './counts.ts'
import { detailOf, type Outcome, outcomeOf } from './outcome.ts'
import type { PollStream } from './stream.ts'

/**
 * `run`, or `idle` for the sum of an hour's runs that found nothing. `sweep`, `reconcile` and `backfill` read a closed
 * window again and publish the rows that the lake lacks; they move no checkpoint. `replay` reads objects of a bucket
 * again, and `listing` those that no message had named. `recovery` has a webhook's failed deliveries sent again.
 */
type RunKind = 'run' | 'idle' | 'sweep' | 'reconcile' | 'backfill' | 'replay' | 'listing' | 'recovery'

/** The facts of a run from which its row is made. Times are milliseconds since 1970. */
export interface RunFacts {
  /** @default 'run' */
  readonly kind?: RunKind
  /** Id of the job, for `reconcile` and `backfill`. */
  readonly job?: string
  readonly stream: string
  readonly logType: string
  readonly startedAt: number
  readonly endedAt: number
  readonly outcome: Outcome
  readonly detail?: string | undefined
  readonly window?: { readonly from: number; readonly to: number } | undefined
  readonly lookBack?: boolean | undefined
  readonly stretched?: boolean
  readonly restored?: string | undefined
  readonly lowBefore?: number
  readonly lowAfter?: number
  readonly counts: RunCounts
  /** New events that our own polling did not make. */
  readonly signsOfLife?: number
  readonly notBefore?: number | undefined
  /** Deliveries that a recovery had sent again, and events that arrived after all. */
  readonly asked?: number
  readonly repaired?: number
}

const isoOrNull = (time: number | undefined): string | null =>
  time === undefined ? null : new Date(time).toISOString()

/** One row of the table `collection_runs`, as the JSON event that its schema normalizes. */
export type RunRow = Readonly<ReturnType<typeof runRow>>

export const runRow = (facts: RunFacts) => ({
  kind: facts.kind ?? 'run',
  job: facts.job ?? null,
  stream: facts.stream,
  log_type: facts.logType,
  started_at: new Date(facts.startedAt).toISOString(),
  ended_at: new Date(facts.endedAt).toISOString(),
  runs: 1,
  outcome: facts.outcome,
  detail: facts.detail ?? null,
  window_from: isoOrNull(facts.window?.from),
  window_to: isoOrNull(facts.window?.to),
  look_back: facts.lookBack ?? false,
  stretched: facts.stretched ?? false,
  restored: facts.restored ?? null,
  checkpoint_before: isoOrNull(facts.lowBefore),
  checkpoint_after: isoOrNull(facts.lowAfter),
  requests: facts.counts.requests,
  fetched: facts.counts.fetched,
  new: facts.counts.new,
  duplicate: facts.counts.duplicate,
  failed: facts.counts.failed,
  wait_until: isoOrNull(facts.notBefore),
  asked: facts.asked ?? null,
  repaired: facts.repaired ?? null,
})

/** The facts of a sweep or job from which its row is made. Times are milliseconds since 1970. */
export interface ClosedFacts {
  readonly kind: Exclude<RunKind, 'run' | 'idle'>
  readonly job?: string
  readonly stream: Pick<PollStream, 'id' | 'logType'>
  readonly startedAt: number
  readonly endedAt: number
  /** The window that was read, [from, to). */
  readonly window: { readonly from: number; readonly to: number }
  readonly counts: RunCounts
  /** Why it stopped before its end. */
  readonly error?: unknown
  readonly cancelled?: boolean
}

/** The row of a sweep or job. */
export const closedRow = ({ stream, window, error, cancelled = false, ...facts }: ClosedFacts): RunRow =>
  runRow({
    ...facts,
    stream: stream.id,
    logType: stream.logType,
    outcome: cancelled ? 'cancelled' : error === undefined ? 'done' : outcomeOf(error),
    detail: detailOf(error),
    window,
  })
