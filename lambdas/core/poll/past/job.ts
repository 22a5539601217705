import { formIn, isFlag, isNumber, isText, objectOf, oneOf, optional, type Passing } from '../../json/forms.ts'
import { isWalk } from '../walk.ts'
import { closedSpanForm } from './closed-span.ts'

/**
 * An order to read a window of a stream's past again and publish the rows that the lake lacks; a replay reads the
 * objects of a bucket that were written in the window, and publishes all of their rows. A command puts it beside the
 * source's state, and the source's own function carries it out. All times are milliseconds since 1970.
 */
export type Job = Passing<typeof isJob>

/** Sums over the parts of the window that have been sampled so far. */
export type Samples = Passing<typeof isSamples>

/** The effort of a job, estimated from samples. */
export type Estimate = Passing<typeof isEstimate>

const isSamples = objectOf({
  /** Parts sampled, or pages counted of an unsorted feed. */
  taken: isNumber,
  events: isNumber,
  pageSize: isNumber,
  /** How far the pages of an unsorted feed have been counted. */
  walk: optional(isWalk),
})

/** The seconds are those with the share of the rate limit that jobs may use. */
const isEstimate = objectOf({ events: isNumber, requests: isNumber, seconds: isNumber })

/** How far a bucket has been listed, for a job that reads its objects. */
const isListed = objectOf({
  /** The last name that was dealt with; absent at the beginning. */
  after: optional(isText),
  /** Objects of the window up to it, and their bytes as stored. */
  objects: isNumber,
  bytes: isNumber,
})

export type Listed = Passing<typeof isListed>

const isJob = objectOf({
  id: isText,
  kind: oneOf('backfill', 'reconcile', 'replay'),
  /** Id of the stream. */
  stream: isText,
  ...closedSpanForm,
  createdAt: isNumber,
  /** Whether to stop after the estimate. */
  dryRun: isFlag,
  startedAt: optional(isNumber),
  /** The samples taken so far; absent once there is an estimate. */
  samples: optional(isSamples),
  estimate: optional(isEstimate),
  /** Of a replay: the listing that is under way, first for the estimate and then for the work. */
  listed: optional(isListed),
  /** Of a replay: the objects to read, once they have been counted. */
  toRead: optional(isListed),
  /** Why the last attempt failed. */
  problem: optional(isText),
  end: optional(oneOf('done', 'cancelled')),
  endedAt: optional(isNumber),
})

/** Folder of a source's jobs; `stateFolder` ends with a slash. */
const folder = (stateFolder: string): string => `${stateFolder}jobs/`

/** Folder of the unfinished jobs. */
export const openJobs = (stateFolder: string): string => `${folder(stateFolder)}open/`

/** Folder of the ended jobs. */
export const endedJobs = (stateFolder: string): string => `${folder(stateFolder)}ended/`

/**
 * Key of the object that is written after each new job: as long as it stays the same, a source's function need not list
 * its jobs.
 */
export const jobBell = (stateFolder: string): string => `${folder(stateFolder)}bell`

/** Name of the job's object in either folder; names sort by the time of creation. */
export const jobFile = ({ id }: { readonly id: string }): string => `${id}.json`

/** The folder of everything that a source keeps in the ops bucket. */
export const stateFolder = (sourceId: string): string => `state/${sourceId}/`

/** A job as it is stored, of any kind. */
export const encodeJob = (job: object): Uint8Array => new TextEncoder().encode(JSON.stringify(job))

/** @returns `undefined` when it is not a valid job */
export const decodeJob = (body: Uint8Array): Job | undefined => formIn(body, isJob)
