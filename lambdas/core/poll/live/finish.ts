import { errorOf } from '../../errors.ts'
import { addRun } from '../idle-runs.ts'
import { detailOf, type Outcome, outcomeOf } from '../outcome.ts'
import type { RunOptions, RunResult } from '../run-types.ts'
import { backOff, mustWait } from '../waiting.ts'
import { mostPassedOver } from './plan.ts'
import type { Progress, Reader } from './read-part.ts'
import { type EndingRun, factsOf, failingBacklog, resultOf, rowsOfDeath } from './run-facts.ts'
import { readings } from './settling.ts'
import type { StreamState } from './state.ts'
import type { HeldState } from './state-store.ts'
import { isReread } from './window.ts'

/** The end of a run. */
interface EndedRun {
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
): Promise<EndedRun> {
  const endedAt = now()
  const { isOver, tally } = progress
  const failure = isOver ? outcomeOf(progress.error) : undefined
  const ending: EndingRun = { progress, held, startedAt, endedAt, stream, requests: asks.made }
  if (failure === 'lost') return { state: progress.state, result: resultOf(ending, 'lost'), isThrough: false }

  const wait = tally.hasPage ? asks.pause : held.state.backoff
  const read: StreamState = {
    ...progress.state,
    budget: asks.budget,
    backoff: failure ? backOff(progress.error, wait, endedAt) : wait,
    passedOver: passedOver(progress, held.state, endedAt),
    ...(tally.hasPage && { credentialExpiresAt: asks.credentialExpiresAt }),
  }
  const isThrough = !failure && isRead(read, endedAt)
  const recorded = await recordRun(record, { ...ending, progress: { ...progress, state: read } }, failure)
  const state = { ...recorded.state, ...readings(recorded.state, tally, isThrough, endedAt) }
  const ended = (error: unknown): EndingRun => ({ ...ending, progress: { ...progress, state, error } })
  try {
    const kept = await holder.release(state)
    return { state: kept, result: resultOf(ended(recorded.error), recorded.outcome), isThrough }
  } catch (error) {
    return { state, result: resultOf(ended(error), outcomeOf(error)), isThrough: false }
  }
}

interface RecordedRun {
  readonly state: StreamState
  readonly outcome: Outcome
  readonly error?: unknown
}

/** Records the run. A failure of that undoes nothing; `collection_runs` only keeps showing an older checkpoint. */
async function recordRun(record: RunOptions['record'], run: EndingRun, failure?: Outcome): Promise<RecordedRun> {
  const { endedAt, progress } = run
  const facts = factsOf(run, failure ?? outcomeOfState(progress.state, endedAt))
  const { rows, idle } = addRun(progress.state.idle, facts)
  const all = [...rowsOfDeath(run), ...rows]
  const unrecorded = all.length > 0 ? await errorOf(() => record(all)) : undefined
  const { error = unrecorded } = progress
  const outcome = error === unrecorded && error !== undefined ? outcomeOf(error) : facts.outcome
  const lastResult = { at: endedAt, outcome, detail: detailOf(error) ?? facts.detail }
  return { state: { ...progress.state, idle, lastResult }, outcome, error }
}

/** How many runs in a row got no further with any backlog; none after one in which they came first. */
function passedOver({ state, tally }: Progress, before: StreamState, now: number): number {
  const runs = before.passedOver ?? 0
  const isPassedOver = !tally.hasProgress && state.backlogs.some(({ wait }) => !mustWait(wait, now))
  return isPassedOver && runs < mostPassedOver ? runs + 1 : 0
}

const isRead = ({ window, backlogs }: StreamState, now: number): boolean =>
  window === undefined && backlogs.every((backlog) => isReread(backlog) || mustWait(backlog.wait, now))

/** `done` when all but late events is read; a backlog that waits after a failure gives that failure. */
const outcomeOfState = (state: StreamState, now: number): Outcome =>
  isRead(state, now) ? (failingBacklog(state, now)?.failure?.outcome ?? 'done') : 'open'
