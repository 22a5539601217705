import { isFlag, isText, objectOf, optional, plainObjectIn } from '../../json/forms.ts'
import type { Partition } from '../partition.ts'
import { isSlice, type Slice } from './slice.ts'

/** A request to merge a partition. */
export interface MergeRequest extends Partition {
  /** Whether rows that lie in it are in days before as well, although no file of it is new. @default false */
  readonly recheck?: boolean | undefined
  /** With `recheck`, the slice whose rows are looked for. @default all rows */
  readonly slice?: Slice | undefined
}

const isRequest = objectOf({ table: isText, dt: isText, recheck: optional(isFlag), slice: optional(isSlice) })

export const encodeRequest = (request: MergeRequest): string => JSON.stringify(request)

/**
 * Reads a request from the queue, which is not believed: it names a table that there is, and a day.
 * @returns `undefined` when it does not
 */
export function readRequest(body: string, tables: ReadonlySet<string>): MergeRequest | undefined {
  const request = plainObjectIn(body)
  if (!isRequest(request) || !tables.has(request.table) || !isDay(request.dt)) return undefined
  const { table, dt, recheck, slice } = request
  return { table, dt, ...(recheck !== undefined && { recheck }), ...(slice !== undefined && { slice }) }
}

function isDay(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 10) === text
}
