import { detailOf } from '../poll/outcome.ts'
import { unfinished } from '../poll/past/closed-span.ts'
import { type KeepJob, openJob, putAway } from '../poll/past/job-store.ts'
import { backOff, mustWait } from '../poll/waiting.ts'
import type { ObjectStore } from '../ports.ts'
import { type FailurePorts, redriveFailures } from './failures.ts'
import { decodeRedrive, type RedriveJob, redriveFolder } from './job.ts'
import { type LetterPorts, redriveLetters } from './letters.ts'
import { type Settled, settledFailures } from './open-failures.ts'
import type { Slice } from './slice.ts'

export interface RedrivePorts extends FailurePorts, LetterPorts {
  readonly ops: ObjectStore
}

/** The state of a job after a run. */
export interface RedriveResult {
  readonly job: RedriveJob
  readonly error?: unknown
}

/** Time for the last window of failures or the last dead letter, in milliseconds. */
const lastStepMs = 10_000

/** Time between two savings of the progress, in milliseconds. */
const saveEveryMs = 5_000

/**
 * Prepares the work on jobs, the oldest first. Jobs are saved by conditional puts only, so that a cancellation is never
 * overwritten.
 */
export function createRedriveWork(
  ports: RedrivePorts,
): (keys: readonly string[], deadline: number) => Promise<RedriveResult[]> {
  const place = { store: ports.ops, stateFolder: redriveFolder }
  /** Of the job that was worked on last: a process goes on with a job, because reading the ids takes long. */
  let settled: { readonly job: string; readonly failures: Settled } | undefined
  const settledOf = (job: string): Settled => {
    if (settled?.job !== job) {
      settled = { job, failures: settledFailures(ports.lake, ports.failureSchema.table) }
    }
    return settled.failures
  }
  return async (keys, deadline) => {
    const mayGoOn = () => ports.now() < deadline - lastStepMs
    const results: RedriveResult[] = []
    for (const key of keys) {
      if (!mayGoOn()) break
      const open = await openJob(place, key, decodeRedrive)
      if (!open) continue
      const result = await workOn(ports, settledOf, open.job, open.keep, mayGoOn)
      results.push(result)
      if (result.job.end !== undefined) {
        settled = undefined
        await putAway(place, result.job, key)
      }
      // A job that waits after a failure must not hold up the others.
      else if (!mustWait(result.job.wait, ports.now())) break
    }
    return results
  }
}

async function workOn(
  ports: RedrivePorts,
  settledOf: (job: string) => Settled,
  order: RedriveJob,
  keep: KeepJob<RedriveJob>,
  mayGoOn: () => boolean,
): Promise<RedriveResult> {
  const { now } = ports
  if (order.end !== undefined || mustWait(order.wait, now())) return { job: order }
  const { wait, problem: _, ...rest } = order
  let job: RedriveJob = { ...rest, startedAt: order.startedAt ?? now() }
  // Counted before it is made, because the process may not survive it.
  const problem = wait && detailOf(unfinished)
  const counted = { ...job, wait: backOff(unfinished, wait, now()), ...(problem !== undefined && { problem }) }
  if (!(await keep(counted))) return { job }
  let savedAt = now()
  const slice: Slice = {
    job: () => job,
    async progress(next) {
      job = next
      if (now() - savedAt < saveEveryMs) return true
      savedAt = now()
      return await keep(job)
    },
    mayGoOn,
  }
  try {
    const isDone =
      job.kind === 'failures'
        ? await redriveFailures(ports, settledOf(job.id), slice)
        : await redriveLetters(ports, slice)
    if (isDone) {
      const ended: RedriveJob = { ...job, end: 'done', endedAt: now() }
      return { job: (await keep(ended)) ? ended : job }
    }
    await keep(job)
    return { job }
  } catch (error) {
    const detail = detailOf(error)
    job = { ...job, wait: backOff(error, wait, now()), ...(detail !== undefined && { problem: detail }) }
    await keep(job)
    return { job, error }
  }
}
