import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { reasonOf } from '../installation.ts'
import { interruptSignal } from '../interrupt.ts'

/** A job as it was last read, and why it waits at the moment. */
export interface Followed<J> {
  readonly job: J
  readonly waiting?: string | undefined
}

/** Exit status of a command that was left while its jobs continue. */
const left = 3

const goesOn = 'The job continues by itself: run the same command to return to it, or add --cancel to cancel it.'

/** How a command follows its jobs. */
export interface ToTheEnd<J> extends Omit<FollowOptions<J>, 'signal' | 'lookMs'> {
  /** Whether to stay until the jobs are through; else they are shown once. */
  readonly wait: boolean
  /** Tells people something. */
  note(text: string): void
}

/**
 * Shows the progress of jobs until all have ended, or a person leaves them.
 * @returns the exit status of the command: 0 when all are done, 1 when one was cancelled
 * @throws when the jobs cannot be read
 */
export async function followToTheEnd<J extends { readonly end?: unknown }>(
  jobs: readonly J[],
  { wait, note, ...options }: ToTheEnd<J>,
): Promise<number> {
  const interrupt = interruptSignal()
  try {
    const last = await followJobs(jobs, { ...options, signal: wait ? interrupt.signal : AbortSignal.abort() })
    if (last.every(({ end }) => end === 'done')) return 0
    if (last.every(({ end }) => end !== undefined)) return 1
  } catch (cause) {
    throw new Error(`The progress of the job cannot be read: ${reasonOf(cause)} ${goesOn}`, { cause })
  } finally {
    interrupt.release()
  }
  note(goesOn)
  return left
}

export interface FollowOptions<J> {
  /** Reads the current state of a job. */
  read(job: J): Promise<J>
  /** Why a job waits, beyond its own problem. */
  obstacle(job: J): Promise<string | undefined>
  show(views: readonly Followed<J>[]): void
  /** Stops following. */
  readonly signal: AbortSignal
  /** Time between two looks, in milliseconds. @default 1,000 */
  readonly lookMs?: number
}

/** While a job does not change, obstacles are read only with every tenth look, because that takes more requests. */
const looksPerObstacle = 10

/**
 * Shows the progress of jobs until all have ended or the signal stops it.
 * @returns the jobs as last seen
 */
export async function followJobs<J extends { readonly end?: unknown }>(
  jobs: readonly J[],
  options: FollowOptions<J>,
): Promise<readonly J[]> {
  const { read, obstacle, show, signal, lookMs = 1_000 } = options
  let current = jobs
  let waiting: readonly (string | undefined)[] = []
  for (let look = 0; ; look++) {
    const before = current
    current = await Promise.all(before.map((job) => (job.end === undefined ? read(job) : job)))
    if (look % looksPerObstacle === 0 || !isDeepStrictEqual(before, current)) {
      waiting = await Promise.all(current.map((job) => (job.end === undefined ? obstacle(job) : undefined)))
    }
    show(current.map((job, index) => ({ job, waiting: job.end === undefined ? waiting[index] : undefined })))
    if (signal.aborted || current.every(({ end }) => end !== undefined)) return current
    await sleep(lookMs, undefined, { signal }).catch(() => {})
    if (signal.aborted) return current
  }
}
