import { setTimeout as sleep } from 'node:timers/promises'
import { listAll } from '../../lambdas/core/aws/list-all.ts'
import { inParallel } from '../../lambdas/core/in-parallel.ts'
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
import type { DecodeJob } from '../../lambdas/core/poll/past/job-store.ts'
import type { ObjectStore, StoreReader } from '../../lambdas/core/ports.ts'

/** The jobs in one folder of the ops bucket. */
export interface StoredJobs<J> {
  /** The open jobs, in the order of work. */
  open(): Promise<J[]>
  /** The latest ended jobs, the newest order first. */
  ended(): Promise<J[]>
  /** Orders a job: its function finds it with its next run, because the bell is rung after it. */
  place(job: J): Promise<void>
  /** Reads the current state of a job. @throws when it was removed or is unreadable */
  read(id: string): Promise<J>
  /** Cancels a job; what it has published stays. @returns the job, or `undefined` when it had already ended */
  cancel(id: string, now: number): Promise<J | undefined>
}

/** What all jobs state. */
interface AnyJob {
  readonly id: string
  readonly end?: 'done' | 'cancelled' | undefined
  readonly endedAt?: number | undefined
}

/** Most ended jobs that are read. */
const mostEnded = 200

/**
 * Attempts to cancel: the function saves the job after each page, but reading a page takes it longer than an attempt.
 */
const attempts = 20

/** @param folder of the jobs' owner, with a slash at its end */
export function storedJobs<J extends AnyJob>(ops: ObjectStore, folder: string, decode: DecodeJob<J>): StoredJobs<J> {
  const openKey = (id: string) => `${openJobs(folder)}${jobFile({ id })}`
  return {
    open: () => openJobsIn(ops, folder, decode),
    ended: async () => (await jobsIn(ops, endedJobs(folder), decode, mostEnded)).reverse(),
    async place(job) {
      if (!(await guardedObject(ops, openKey(job.id), { absent: true })(encodeJob(job)))) {
        throw new Error(`There is a job ${job.id} already: try again.`)
      }
      await ops.put(jobBell(folder), Buffer.from(job.id))
    },
    async read(id) {
      const open = await ops.get(openKey(id))
      // A function puts a job into the ended ones before it deletes the open one, so one of the two always exists.
      const stored = open ?? (await ops.get(`${endedJobs(folder)}${jobFile({ id })}`))
      if (!stored) throw new Error(`Job ${id} is gone: it was removed by hand.`)
      const job = decode(stored.body)
      if (!job) throw new Error(`Job ${id} cannot be read: another version of the pipeline may have changed it.`)
      return job
    },
    async cancel(id, now) {
      const key = openKey(id)
      for (let attempt = 0; attempt < attempts; attempt++) {
        const stored = await ops.get(key)
        const job = stored && decode(stored.body)
        if (!job || job.end !== undefined) return undefined
        const cancelled: J = { ...job, end: 'cancelled', endedAt: now }
        if (await guardedObject(ops, key, { etag: stored.etag })(encodeJob(cancelled))) return cancelled
        await sleep(Math.random() * 200)
      }
      throw new Error(`Job ${id} changed with every attempt to cancel it: try again.`)
    },
  }
}

/** The open jobs in a folder, in the order of work. */
export const openJobsIn = <J>(ops: StoreReader, folder: string, decode: DecodeJob<J>): Promise<J[]> =>
  jobsIn(ops, openJobs(folder), decode)

/** @param newest how many of the newest to read; all by default */
async function jobsIn<J>(
  ops: StoreReader,
  prefix: string,
  decode: DecodeJob<J>,
  newest = Number.POSITIVE_INFINITY,
): Promise<J[]> {
  const keys: string[] = []
  for await (const { key } of listAll(ops, prefix)) keys.push(key)
  const stored = await inParallel(keys.slice(-newest), (key) => ops.get(key))
  return stored.flatMap((object) => (object && decode(object.body)) ?? [])
}

/** The jobs that read the past of a source again. */
export const jobsOf = (ops: ObjectStore, sourceId: string): StoredJobs<Job> =>
  storedJobs(ops, stateFolder(sourceId), decodeJob)

/** The open ones, in the order of work. */
export const openJobsOf = (ops: StoreReader, sourceId: string): Promise<Job[]> =>
  openJobsIn(ops, stateFolder(sourceId), decodeJob)
