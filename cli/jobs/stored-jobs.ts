import { setTimeout as sleep } from 'node:timers/promises'
import { listAll } from '../../lambdas/core/aws/list-all.ts'
import { guardedObject } from '../../lambdas/core/poll/guarded-object.ts'
import {
  decodeJob,
  encodeJob,
  endedJobs,
  type Job,
  jobBell,
  jobFile,
  openJobs,
  stateFolder,
} from '../../lambdas/core/poll/past/job.ts'
import type { ObjectStore, StoreReader } from '../../lambdas/core/ports.ts'
import { inParallel } from '../status/in-parallel.ts'

/** Most ended jobs of a source that are read. */
const mostEnded = 200

const openKey = (sourceId: string, job: Pick<Job, 'id'>) => `${openJobs(stateFolder(sourceId))}${jobFile(job)}`

/** The open jobs of a source, in the order of work. */
export const openJobsOf = (ops: StoreReader, sourceId: string): Promise<Job[]> =>
  jobsIn(ops, openJobs(stateFolder(sourceId)))

/** The latest ended jobs of a source, the newest order first. */
export async function endedJobsOf(ops: ObjectStore, sourceId: string): Promise<Job[]> {
  return (await jobsIn(ops, endedJobs(stateFolder(sourceId)), mostEnded)).reverse()
}

/** @param newest how many of the newest to read; all by default */
async function jobsIn(ops: StoreReader, folder: string, newest = Number.POSITIVE_INFINITY): Promise<Job[]> {
  const keys: string[] = []
  for await (const { key } of listAll(ops, folder)) keys.push(key)
  const stored = await inParallel(keys.slice(-newest), (key) => ops.get(key))
  return stored.flatMap((object) => (object && decodeJob(object.body)) ?? [])
}

/** Orders a job: the source's own function finds it with its next run, because the bell is rung after it. */
export async function placeJob(ops: ObjectStore, sourceId: string, job: Job): Promise<void> {
  const key = openKey(sourceId, job)
  if (!(await guardedObject(ops, key, { absent: true })(encodeJob(job)))) {
    throw new Error(`There is a job ${job.id} already: try again.`)
  }
  await ops.put(jobBell(stateFolder(sourceId)), Buffer.from(job.id))
}

/** Reads the current state of a job. @throws when it was removed or is unreadable */
export async function readJob(ops: ObjectStore, sourceId: string, { id }: Pick<Job, 'id'>): Promise<Job> {
  const open = await ops.get(openKey(sourceId, { id }))
  // A function puts a job into the ended ones before it deletes the open one, so one of the two always exists.
  const stored = open ?? (await ops.get(`${endedJobs(stateFolder(sourceId))}${jobFile({ id })}`))
  if (!stored) throw new Error(`Job ${id} is gone: it was removed by hand.`)
  const job = decodeJob(stored.body)
  if (!job) throw new Error(`Job ${id} cannot be read: another version of the pipeline may have changed it.`)
  return job
}

/**
 * Attempts to cancel: the function saves the job after each page, but reading a page takes it longer than an attempt.
 */
const attempts = 20

/** Cancels a job; rows that it has published stay. @returns the job, or `undefined` when it had already ended */
export async function cancelJob(ops: ObjectStore, sourceId: string, id: string, now: number): Promise<Job | undefined> {
  const key = openKey(sourceId, { id })
  for (let attempt = 0; attempt < attempts; attempt++) {
    const stored = await ops.get(key)
    const job = stored && decodeJob(stored.body)
    if (!job || job.end !== undefined) return undefined
    const cancelled: Job = { ...job, end: 'cancelled', endedAt: now }
    if (await guardedObject(ops, key, { etag: stored.etag })(encodeJob(cancelled))) return cancelled
    await sleep(Math.random() * 200)
  }
  throw new Error(`Job ${id} changed with every attempt to cancel it: try again.`)
}
