import { RecordError } from '../errors.ts'
import type { Row } from '../normalize/event.ts'

const day = 86_400_000

/** The partition a row belongs to: a table and a UTC day. */
export interface Partition {
  readonly table: string
  /** `YYYY-MM-DD`. */
  readonly dt: string
}

/**
 * The day of `p_event_time`; the day of `p_parse_time` when the former lies before the retention or more than a day
 * ahead of the receipt, so that a provider's wrong clock cannot hide a row where no query looks.
 * @throws {RecordError} `bad_message` when the row lacks one of the two times
 */
export function partitionDay(row: Row, retentionDays: number): string {
  const event = timeOf(row, 'p_event_time')
  const received = timeOf(row, 'p_parse_time')
  const within = event >= received - retentionDays * day && event <= received + day
  return new Date(within ? event : received).toISOString().slice(0, 10)
}

function timeOf(row: Row, column: string): number {
  const value = row[column]
  const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN
  if (Number.isNaN(ms)) throw new RecordError('bad_message', `row without ${column}`)
  return ms
}

export const dataPrefix = ({ table, dt }: Partition): string => `data/${table}/dt=${dt}/`

/** The prefix of a table's lists. */
export const listsPrefix = (table: string): string => `tables/${table}/`

export const listKey = ({ table, dt }: Partition): string => `${listsPrefix(table)}dt=${dt}/symlink.txt`
