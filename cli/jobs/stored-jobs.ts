import { setTimeout as sleep } from 'node:timers/promises'
import { listAll } from '../../lambdas/core/aws/list-all.ts'
import { guardedObject } from '../../lambdas/core/poll/guarded-object.ts'
import {
  decodeJob,
  encodeJob,
  endedJobs,
  type Job,
  jobFile,
  openJobs,
  stateFolder,
} from '../../lambdas/core/poll/past/job.ts'
import type { ObjectStore } from '../../lambdas/core/ports.ts'
import { inParallel } from '../status/in-parallel.ts'

/** Of the jobs of a source that are through, so many are looked at. */
const mostEnded = 200

const openKey = (sourceId: string, job: Pick<Job, 'id'>) => `${openJobs(stateFolder(sourceId))}${jobFile(job)}`

/** The jobs of a source that are not through, in the order in which they are worked on. */
export const openJobsOf = (ops: ObjectStore, sourceId: string): Promise<Job[]> =>
  jobsIn(ops, openJobs(stateFolder(sourceId)))

/** The newest jobs of a source that are through, the newest order first. */
export async function endedJobsOf(ops: ObjectStore, sourceId: string): Promise<Job[]> {
  return (await jobsIn(ops, endedJobs(stateFolder(sourceId)), mostEnded)).reverse()
}

/** @param newest so many are read; all by default */
async function jobsIn(ops: ObjectStore, folder: string, newest = Number.POSITIVE_INFINITY): Promise<Job[]> {
  const keys: string[] = []
  for await (const { key } of listAll(ops, folder)) keys.push(key)
  const stored = await inParallel(keys.slice(-newest), (key) => ops.get(key))
  return stored.flatMap((object) => (object && decodeJob(object.body)) ?? [])
}

/** Gives an order: the source's own function finds it with its next run. */
export async function placeJob(ops: ObjectStore, sourceId: string, job: Job): Promise<void> {
  const key = openKey(sourceId, job)
  if (await guardedObject(ops, key, { absent: true })(encodeJob(job))) return
  throw new Error(`There is a job ${job.id} already: try again.`)
}

/** A job as it is now. @throws when it is gone, or is no job any more */
export async function readJob(ops: ObjectStore, sourceId: string, { id }: Pick<Job, 'id'>): Promise<Job> {
  const open = await ops.get(openKey(sourceId, { id }))
  // What is through is put there before it is taken from here.
  const stored = open ?? (await ops.get(`${endedJobs(stateFolder(sourceId))}${jobFile({ id })}`))
  if (!stored) throw new Error(`Job ${id} is gone: somebody has removed it.`)
  const job = decodeJob(stored.body)
  if (!job) throw new Error(`Job ${id} cannot be read: another version of the pipeline may have changed it.`)
  return job
}

/** The function may be faster each time it has read a page, but that takes it longer than us. */
const attempts = 20

/** Takes a job back; what it has published stays. @returns the job, or `undefined` when it had ended before */
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
  throw new Error(`Job ${id} changes all the time: try again.`)
}
