import type { ObjectStore } from '../../ports.ts'
import { guardedObject } from '../guarded-object.ts'
import { closedRow, type RunRow } from '../run-row.ts'
import type { PollStream } from '../stream.ts'
import { countsOf } from './closed-span.ts'
import { encodeJob, endedJobs, type Job, jobFile, openJobs } from './job.ts'

/** Where the jobs of a stream are kept, and what their ends are recorded in. */
export interface JobStore {
  readonly store: ObjectStore
  /** Folder of everything that the source keeps in the store, with a slash at its end. */
  readonly stateFolder: string
  readonly stream: Pick<PollStream, 'id' | 'logType'>
  /** Makes rows of `collection_runs` durable. */
  record(rows: readonly RunRow[]): Promise<void>
}

/** Saves a job. @returns false once another writer has changed it, for example to cancel it */
export type KeepJob<J = Job> = (job: J) => Promise<boolean>

/** Reads a stored job of one kind. @returns `undefined` when it is not a valid job */
export type DecodeJob<J> = (body: Uint8Array) => J | undefined

/**
 * Reads an open job. A file that is none is moved to the ended jobs, where its author will look.
 * @returns `undefined` when there is no such job
 */
export async function openJob<J extends object>(
  { store, stateFolder }: Pick<JobStore, 'store' | 'stateFolder'>,
  key: string,
  decode: DecodeJob<J>,
): Promise<{ readonly job: J; readonly keep: KeepJob<J> } | undefined> {
  const stored = await store.get(key)
  if (!stored) return undefined
  const job = decode(stored.body)
  if (!job) {
    await store.put(`${endedJobs(stateFolder)}${key.slice(openJobs(stateFolder).length)}`, stored.body)
    await store.delete(key)
    return undefined
  }
  const save = guardedObject(store, key, { etag: stored.etag })
  return { job, keep: (next) => save(encodeJob(next)) }
}

/** Records the end of a job and moves it to the ended ones. Every step can be repeated after a crash. */
export async function concludeJob(
  { store, stateFolder, stream, record }: JobStore,
  job: Job,
  openKey: string,
): Promise<void> {
  const { kind, id, startedAt = job.createdAt, endedAt = job.createdAt } = job
  if (!job.dryRun) {
    const counts = countsOf(job)
    const cancelled = job.end === 'cancelled'
    await record([closedRow({ kind, job: id, stream, startedAt, endedAt, window: job, counts, cancelled })])
  }
  await putAway({ store, stateFolder }, job, openKey)
}

/** Moves an ended job to the ended ones. Every step can be repeated after a crash. */
export async function putAway(
  { store, stateFolder }: Pick<JobStore, 'store' | 'stateFolder'>,
  job: { readonly id: string },
  openKey: string,
): Promise<void> {
  await store.put(`${endedJobs(stateFolder)}${jobFile(job)}`, encodeJob(job))
  await store.delete(openKey)
}
