import { isFlag, isNumber, isText, jsonIn, objectOf, oneOf, optional } from '../../json/forms.ts'
import { type ClosedSpan, closedSpanForm } from './closed-span.ts'

/**
 * An order to read a window of a stream's past again and publish the rows that the lake lacks. A command puts it beside
 * the source's state, and the source's own function carries it out. All times are milliseconds since 1970.
 */
export interface Job extends ClosedSpan {
  readonly id: string
  readonly kind: 'backfill' | 'reconcile'
  /** Id of the stream. */
  readonly stream: string
  readonly createdAt: number
  /** Whether to stop after the estimate. */
  readonly dryRun: boolean
  readonly startedAt?: number | undefined
  /** The samples taken so far; absent once there is an estimate. */
  readonly samples?: Samples | undefined
  readonly estimate?: Estimate | undefined
  /** Why the last attempt failed. */
  readonly problem?: string | undefined
  readonly end?: 'done' | 'cancelled' | undefined
  readonly endedAt?: number | undefined
}

/** Sums over the parts of the window that have been sampled so far. */
export interface Samples {
  readonly taken: number
  readonly events: number
  readonly pageSize: number
}

/** The effort of a job, estimated from samples. */
export interface Estimate {
  readonly events: number
  readonly requests: number
  /** With the share of the rate limit that jobs may use. */
  readonly seconds: number
}

/** Folder of a source's jobs; `stateFolder` ends with a slash. */
const folder = (stateFolder: string): string => `${stateFolder}jobs/`

/** Folder of the unfinished jobs. */
export const openJobs = (stateFolder: string): string => `${folder(stateFolder)}open/`

/** Folder of the ended jobs. */
export const endedJobs = (stateFolder: string): string => `${folder(stateFolder)}ended/`

/** Name of the job's object in either folder; names sort by the time of creation. */
export const jobFile = ({ id }: Pick<Job, 'id'>): string => `${id}.json`

/** The folder of everything that a source keeps in the ops bucket. */
export const stateFolder = (sourceId: string): string => `state/${sourceId}/`

export const encodeJob = (job: Job): Uint8Array => new TextEncoder().encode(JSON.stringify(job))

/** @returns `undefined` when it is not a valid job */
export function decodeJob(body: Uint8Array): Job | undefined {
  const value = jsonIn(body)
  return isJob(value) ? value : undefined
}

const form = objectOf({
  id: isText,
  kind: oneOf('backfill', 'reconcile'),
  stream: isText,
  ...closedSpanForm,
  createdAt: isNumber,
  dryRun: isFlag,
  startedAt: optional(isNumber),
  samples: optional(objectOf({ taken: isNumber, events: isNumber, pageSize: isNumber })),
  estimate: optional(objectOf({ events: isNumber, requests: isNumber, seconds: isNumber })),
  problem: optional(isText),
  end: optional(oneOf('done', 'cancelled')),
  endedAt: optional(isNumber),
})

const isJob = (value: unknown): value is Job => form(value)
