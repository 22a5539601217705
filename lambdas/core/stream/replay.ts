import { addCounts } from '../poll/counts.ts'
import { detailOf } from '../poll/outcome.ts'
import { decodeJob, type Job, type Listed } from '../poll/past/job.ts'
import { concludeJob, type JobStore, type KeepJob, openJob } from '../poll/past/job-store.ts'
import { backOff, mustWait } from '../poll/waiting.ts'
import type { ListedObject } from './bucket.ts'
import type { ReaderPorts, ReadSession } from './read-session.ts'

/** Bytes of an object, as stored, that a session reads in a second; for estimates. */
const bytesPerSecond = 500_000

/** Bytes of an event as stored; for estimates. */
const bytesPerEvent = 60

/** The time of a session that is left to jobs beside new objects, in seconds of each minute. */
const secondsPerMinute = 45

/** The state of a job after a session. */
export interface ReplayResult {
  readonly job: Job
  readonly error?: unknown
}

const noneListed: Listed = { objects: 0, bytes: 0 }

/**
 * Works on the source's replays, the oldest first: counts the objects that were written in the window, then reads them
 * again, whether or not they were read before. Jobs are saved by conditional puts only, so that a cancellation is never
 * overwritten.
 * @param keys of the files of open jobs
 */
export async function workOnReplays(
  ports: ReaderPorts,
  store: JobStore,
  session: ReadSession,
  keys: readonly string[],
): Promise<ReplayResult[]> {
  const results: ReplayResult[] = []
  for (const key of keys) {
    if (!session.mayGoOn()) break
    const open = await openJob(store, key, decodeJob)
    if (open?.job.kind !== 'replay') continue
    const result = await workOn(ports, session, open.job, open.keep)
    results.push(result)
    if (result.job.end !== undefined) await concludeJob(store, result.job, key)
    else if (!mustWait(result.job.wait, ports.now())) break
  }
  return results
}

async function workOn(ports: ReaderPorts, session: ReadSession, order: Job, keep: KeepJob): Promise<ReplayResult> {
  const { now } = ports
  const { wait, problem: _, ...rest } = order
  if (order.end !== undefined || mustWait(wait, now())) return { job: order }
  let job: Job = { ...rest, startedAt: order.startedAt ?? now() }
  const progress = async (next: Job): Promise<boolean> => {
    job = next
    return keep(job)
  }
  try {
    if (!job.estimate && !(await count(ports, session, job, progress))) return { job }
    if (!job.dryRun && !(await readAgain(ports, session, job, progress))) return { job }
    const ended: Job = { ...job, until: job.dryRun ? job.from : job.to, end: 'done', endedAt: now() }
    return { job: (await keep(ended)) ? ended : job }
  } catch (error) {
    await progress({ ...job, wait: backOff(error, wait, now()), problem: detailOf(error) })
    return { job, error }
  }
}

/** Goes through the objects of the window. @returns whether it came to the end */
async function eachObject(
  { bucket, nameVerdict }: ReaderPorts,
  session: ReadSession,
  { from, to, listed: start = noneListed }: Job,
  visit: (object: ListedObject) => Promise<void>,
  keep: (listed: Listed) => Promise<boolean>,
): Promise<boolean> {
  let listed = start
  while (session.mayGoOn()) {
    const page = await bucket.list('', listed.after)
    if (page.length === 0) return true
    for (const { name, size, writtenAt, ...more } of page) {
      if (!session.mayGoOn()) break
      const isMeant = writtenAt >= from && writtenAt < to && nameVerdict(name) === 'read'
      if (isMeant) await visit({ name, size, writtenAt, ...more })
      const sum = { objects: listed.objects + 1, bytes: listed.bytes + size }
      listed = { ...(isMeant ? sum : listed), after: name }
    }
    if (!(await keep(listed))) return false
  }
  return false
}

/** Counts the objects, for the estimate. @returns whether all are counted */
async function count(
  ports: ReaderPorts,
  session: ReadSession,
  start: Job,
  progress: (job: Job) => Promise<boolean>,
): Promise<boolean> {
  let listed = start.listed ?? noneListed
  const isWhole = await eachObject(
    ports,
    session,
    start,
    async () => {},
    (next) => {
      listed = next
      return progress({ ...start, listed })
    },
  )
  if (!isWhole) return false
  const { objects, bytes } = listed
  const { listed: _, ...counted } = start
  const seconds = Math.ceil(((bytes / bytesPerSecond) * 60) / secondsPerMinute)
  const estimate = { events: Math.round(bytes / bytesPerEvent), requests: objects, seconds }
  return progress({ ...counted, toRead: { objects, bytes }, estimate })
}

/** @returns whether all objects have been read */
async function readAgain(
  ports: ReaderPorts,
  session: ReadSession,
  start: Job,
  progress: (job: Job) => Promise<boolean>,
): Promise<boolean> {
  let job = start
  return eachObject(
    ports,
    session,
    start,
    async (object) => {
      const { counts } = await session.read(object, true)
      const fetched = counts.events + counts.failed + counts.leftOut
      const more = { requests: 1, fetched, new: counts.events, failed: counts.failed }
      job = { ...job, counts: addCounts(job.counts, more) }
    },
    (listed) => {
      const { from, to, toRead = listed } = job
      const share = toRead.bytes === 0 ? 0 : Math.min(1, listed.bytes / toRead.bytes)
      job = { ...job, listed, until: Math.round(from + share * (to - from)) }
      return progress(job)
    },
  )
}
