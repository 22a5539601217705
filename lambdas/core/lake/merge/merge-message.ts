import { isFlag, isText, objectOf, optional, recordIn } from '../../json/forms.ts'
import type { Partition } from '../partition.ts'

/** A request to merge a partition. */
export interface MergeRequest extends Partition {
  /** Whether rows that lie in it are in days before as well, although no file of it is new. @default false */
  readonly recheck?: boolean | undefined
}

const isRequest = objectOf({ table: isText, dt: isText, recheck: optional(isFlag) })

export const encodeRequest = (request: MergeRequest): string => JSON.stringify(request)

/**
 * Reads a request from the queue, which is not believed: it names a table that there is, and a day.
 * @returns `undefined` when it does not
 */
export function readRequest(body: string, tables: ReadonlySet<string>): MergeRequest | undefined {
  const request = recordIn(body)
  if (!isRequest(request) || !tables.has(request.table) || !isDay(request.dt)) return undefined
  const { table, dt, recheck } = request
  return { table, dt, ...(recheck !== undefined && { recheck }) }
}

function isDay(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 10) === text
}
