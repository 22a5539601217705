import { noCounts } from '../counts.ts'
import { addRun } from '../idle-runs.ts'
import { detailOf, type Outcome, outcomeOf } from '../outcome.ts'
import { type RunFacts, type RunRow, runRow } from '../run-row.ts'
import type { RunOptions, RunResult } from '../run-types.ts'
import type { PollStream } from '../stream.ts'
import { backOff, mustWait } from '../waiting.ts'
import { death } from './lease.ts'
import { mostPassedOver } from './plan.ts'
import type { Progress, Reader } from './read-part.ts'
import { readings } from './settling.ts'
import type { OpenWindow, StreamState } from './state.ts'
import type { HeldState } from './state-store.ts'
import { isReread, publishedUntil } from './window.ts'

/** A run that ends, and the state with which it began. */
interface Ending {
  readonly progress: Progress
  readonly held: Pick<HeldState, 'state' | 'restored'>
  readonly startedAt: number
  readonly endedAt: number
  readonly stream: Pick<PollStream, 'id' | 'logType'>
  /** Requests made. @default 0 */
  readonly requests?: number
}

/** The end of a run. */
interface Ended {
  readonly state: StreamState
  readonly result: RunResult
  /** Everything readable has been read: only late events, or places that wait, are left. */
  readonly isThrough: boolean
}

/** Records the run, gives up the lease and saves the state. */
export async function finish(
  { stream, asks, holder, startedAt, now, record }: Reader & Pick<RunOptions, 'record'>,
  held: HeldState,
  progress: Progress,
): Promise<Ended> {
  const endedAt = now()
  const { error, isOver, tally } = progress
  const failed = isOver ? outcomeOf(error) : undefined
  const base = { held, startedAt, endedAt, stream, requests: asks.made }
  if (failed === 'lost')
    return { state: progress.state, result: resultOf({ ...base, progress }, 'lost'), isThrough: false }

  const before = tally.hasPage ? asks.pause : held.state.backoff
  const read: StreamState = {
    ...progress.state,
    budget: asks.budget,
    backoff: failed ? backOff(error, before, endedAt) : before,
    passedOver: passedOver(progress, held.state, endedAt),
  }
  const outcome = failed ?? outcomeOfState(read, endedAt)
  const ending = { ...base, progress: { ...progress, state: read } }
  const { rows, idle } = addRun(read.idle, factsOf(ending, outcome))
  const unrecorded = await attempt(record, [...rowsOfDeath(ending), ...rows])
  // A failed record does not undo the run; `collection_runs` only keeps showing an older checkpoint.
  const told = error === undefined && unrecorded !== undefined ? outcomeOf(unrecorded) : outcome
  const detail = detailOf(error ?? unrecorded) ?? factsOf(ending, outcome).detail
  const isThrough = !failed && isRead(read, endedAt)
  const state: StreamState = {
    ...read,
    idle,
    lastResult: { at: endedAt, outcome: told, ...(detail !== undefined && { detail }) },
    ...readings(read, tally, isThrough, endedAt),
  }
  const end = { ...base, progress: { ...progress, state, error: error ?? unrecorded } }
  try {
    return { state: await holder.release(state), result: resultOf(end, told), isThrough }
  } catch (lost) {
    return { state, result: resultOf(end, outcomeOf(lost)), isThrough: false }
  }
}

/** How many runs in a row had no time for any backlog; none after one in which they came first. */
function passedOver({ state, tally }: Progress, before: StreamState, now: number): number {
  const runs = before.passedOver ?? 0
  const isPassedOver = !tally.hasProgress && state.backlogs.some(({ wait }) => !mustWait(wait, now))
  return isPassedOver && runs < mostPassedOver ? runs + 1 : 0
}

const isRead = ({ window, backlogs }: StreamState, now: number): boolean =>
  window === undefined && backlogs.every((backlog) => isReread(backlog) || mustWait(backlog.wait, now))

/** `done` when all but late events is read; a backlog that waits after a failure gives that failure. */
function outcomeOfState(state: StreamState, now: number): Outcome {
  if (!isRead(state, now)) return 'open'
  return failingOf(state, now)?.failure?.outcome ?? 'done'
}

/** A backlog that waits after a failure. */
const failingOf = ({ backlogs }: StreamState, now: number): OpenWindow | undefined =>
  backlogs.find(({ wait, failure }) => failure && mustWait(wait, now))

/** @returns the error, if it failed */
async function attempt(record: RunOptions['record'], rows: readonly RunRow[]): Promise<unknown> {
  try {
    if (rows.length > 0) await record(rows)
    return undefined
  } catch (error) {
    return error ?? new Error('unknown')
  }
}

function factsOf({ progress, held, startedAt, endedAt, stream, requests = 0 }: Ending, outcome: Outcome): RunFacts {
  const { state, tally, error } = progress
  const failing = failingOf(state, endedAt)
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
function rowsOfDeath({ held: { state }, startedAt, stream }: Ending): RunRow[] {
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
      lookBack: open?.lookBack ?? false,
      stretched: false,
      lowBefore: publishedUntil(state),
      lowAfter: publishedUntil(state),
      counts: noCounts,
    }),
  ]
}

/** What a run reports. */
export function resultOf(ending: Ending, outcome: Outcome): RunResult {
  const { progress, held } = ending
  const { lastEventAt, lastResult, readUntil, startAt } = progress.state
  return {
    outcome,
    row: runRow(factsOf(ending, outcome)),
    stretched: progress.tally.stretched,
    readUntil: readUntil ?? startAt,
    ...(held.restored && { restored: held.restored }),
    ...(held.state.lease && outcome !== 'busy' && outcome !== 'waiting' && { died: true }),
    ...(lastEventAt !== undefined && { lastEventAt }),
    ...(lastResult && { last: lastResult }),
    ...(progress.error !== undefined && { error: progress.error }),
  }
}
