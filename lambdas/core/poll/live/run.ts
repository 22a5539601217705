import { Asks } from '../asks.ts'
import { rateOf, refill } from '../budget.ts'
import { outcomeOf } from '../outcome.ts'
import type { RunOptions, RunResult } from '../run-types.ts'
import { createPageTaker } from '../take-page.ts'
import { hasNewCredential, mustWait } from '../waiting.ts'
import { finish } from './finish.ts'
import { afterDeath, Holder, isHeld, isQuiet } from './lease.ts'
import { begun, plan } from './plan.ts'
import { type Progress, type Reader, readPart } from './read-part.ts'
import { resultOf } from './run-facts.ts'
import { type SpareTime, spareTimeOf } from './spare-time.ts'
import { type HeldState, holdState } from './state-store.ts'
import { noTally } from './tally.ts'

const weekMs = 7 * 24 * 3_600_000

/** A live run, and the time it leaves to sweeps and jobs; none when it did not read to the end. */
export interface LiveRun {
  readonly result: RunResult
  readonly spareTime?: SpareTime
}

/**
 * Reads what is new in a stream, and as much of its backlogs as time and budget allow. The order is always fetch,
 * normalize, publish, checkpoint; a crash between any two of them repeats work and loses nothing. Never throws.
 */
export async function runStream(options: RunOptions): Promise<LiveRun> {
  const { now = Date.now, stream } = options
  const startedAt = now()
  try {
    const held = await holdState({
      ...options,
      now,
      startAt: options.startAt ?? startedAt - weekMs,
      rate: rateOf(stream, options.share),
    })
    const waits = mustWait(held.state.backoff, startedAt)
    const isNew = waits && (await hasNewCredential(held.state.lastResult, options.credentialSince))
    const isWaiting = waits && !isNew
    if (isWaiting || isHeld(held.state, startedAt)) {
      const ending = { progress: { state: held.state, tally: noTally }, held, startedAt, endedAt: now(), stream }
      return { result: resultOf(ending, isWaiting ? 'waiting' : 'busy') }
    }
    const free = isNew ? { ...held, state: { ...held.state, backoff: undefined } } : held
    return await run(options, free, startedAt, now)
  } catch (error) {
    return { result: { outcome: outcomeOf(error), stretched: false, error } }
  }
}

async function run(options: RunOptions, held: HeldState, startedAt: number, now: () => number): Promise<LiveRun> {
  const { stream, deadline, checkpointMs = 1_000 } = options
  const budget = refill(held.state.budget, rateOf(stream, options.share), startedAt)
  const asks = new Asks(stream, budget, now)
  const asker = asks.live(deadline)
  const holder = new Holder({ stream, held, deadline, checkpointMs, now })
  const reader: Reader = { stream, options, asks, asker, holder, takePage: createPageTaker(options), startedAt, now }
  const first = begun(stream, { ...afterDeath(stream, held.state, startedAt), budget }, startedAt)
  let progress: Progress = { state: first.state, tally: { ...noTally, stretched: first.stretched } }
  if (!isQuiet(held.state, startedAt)) progress = await begin(holder, held, progress)
  for (const part of plan(progress.state, startedAt)) {
    if (!progress.isOver) progress = await readPart(reader, part, progress)
  }
  const ended = await finish({ ...reader, record: options.record }, held, progress)
  return { result: ended.result, ...(ended.isThrough && { spareTime: spareTimeOf(reader, ended.state) }) }
}

/** Takes the lease, and marks a stream that begins. */
async function begin(holder: Holder, held: HeldState, { state, tally }: Progress): Promise<Progress> {
  try {
    const leased = await holder.save(state)
    if (leased.isMarked) return { state: leased, tally }
    await held.mark()
    return { state: { ...leased, isMarked: true }, tally }
  } catch (error) {
    return { state, tally, error, isOver: true }
  }
}
