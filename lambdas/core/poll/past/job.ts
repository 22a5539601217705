import { isFlag, isNumber, isText, jsonIn, oneOf, optional, record } from '../../json/forms.ts'
import { type ClosedSpan, closedSpanForm } from './closed-span.ts'

/**
 * An order to read a window of a stream's past again and publish what the lake lacks. A person gives it by putting it
 * beside the source's state; the source's own function works on it. All times are milliseconds since 1970.
 */
export interface Job extends ClosedSpan {
  readonly id: string
  readonly kind: 'backfill' | 'reconcile'
  /** Id of the stream. */
  readonly stream: string
  readonly createdAt: number
  /** Only says what it would take. */
  readonly dryRun: boolean
  readonly startedAt?: number | undefined
  /** What the estimate will be made from. */
  readonly samples?: Samples | undefined
  readonly estimate?: Estimate | undefined
  /** Why the last attempt got no further. */
  readonly problem?: string | undefined
  readonly end?: 'done' | 'cancelled' | undefined
  readonly endedAt?: number | undefined
}

/** What was seen at the places of the window that have been looked at so far. */
export interface Samples {
  readonly taken: number
  readonly events: number
  readonly pageSize: number
}

/** What a job will take, from samples. */
export interface Estimate {
  readonly events: number
  readonly requests: number
  /** With the share of the rate limit that jobs may use. */
  readonly seconds: number
}

/** Folder of the orders of a source; `stateFolder` ends with a slash. */
const folder = (stateFolder: string): string => `${stateFolder}jobs/`

/** Folder of the jobs that are not through. */
export const openJobs = (stateFolder: string): string => `${folder(stateFolder)}open/`

/** Folder of the jobs that are through. */
export const endedJobs = (stateFolder: string): string => `${folder(stateFolder)}ended/`

/** Name of the job's object in one of the folders; names sort by the time of the order. */
export const jobFile = ({ id }: Pick<Job, 'id'>): string => `${id}.json`

/** Everything that a source keeps is below this, in the ops bucket. */
export const stateFolder = (sourceId: string): string => `state/${sourceId}/`

export const encodeJob = (job: Job): Uint8Array => new TextEncoder().encode(JSON.stringify(job))

/** @returns `undefined` when it is no job, or not whole */
export function decodeJob(body: Uint8Array): Job | undefined {
  const value = jsonIn(body)
  return isJob(value) ? value : undefined
}

const form = record({
  id: isText,
  kind: oneOf('backfill', 'reconcile'),
  stream: isText,
  ...closedSpanForm,
  createdAt: isNumber,
  dryRun: isFlag,
  startedAt: optional(isNumber),
  samples: optional(record({ taken: isNumber, events: isNumber, pageSize: isNumber })),
  estimate: optional(record({ events: isNumber, requests: isNumber, seconds: isNumber })),
  problem: optional(isText),
  end: optional(oneOf('done', 'cancelled')),
  endedAt: optional(isNumber),
})

const isJob = (value: unknown): value is Job => form(value)
