import { RefusedError } from '../errors.ts'
import type { Row } from '../normalize/event.ts'
import { parseIsoText } from '../normalize/time.ts'
import { type Envelope, shown } from '../publish/read-message.ts'
import { isSourceId } from '../source-id.ts'
import { dayMs, type RowTimes } from './partition.ts'

/** How far the clock of a publisher may be ahead of the writer's. */
const maxAheadMs = 10 * 60_000

/** The table with rows that resolve others. */
const failuresLogType = 'classification_failures'

const rowIdForm = /^[0-9a-f]{32}$/

/** When rows that are written may have been received, in milliseconds since 1970. */
export interface Receipts {
  /** The beginning of the retention. */
  readonly oldest: number
  readonly newest: number
}

/** @param retentionDays queries see whole days, the one on which the retention begins included */
export const receiptsAt = (now: number, retentionDays: number): Receipts => ({
  oldest: Math.floor(now / dayMs - retentionDays) * dayMs,
  newest: now + maxAheadMs,
})

/**
 * Checks what a message states, which becomes the dimension of a metric and places rows.
 * @throws {RefusedError} when no publisher states that
 */
export function checkEnvelope({ sourceId, receivedAt }: Envelope, receipts: Receipts): void {
  if (!isSourceId(sourceId)) {
    throw new RefusedError('wrong_source', `message: sourceId is not an id of a source: ${shown(sourceId)}`)
  }
  checkReceipt('message: receivedAt', receivedAt, receipts)
}

/**
 * Checks that a row belongs to its message.
 * @param resolves whether the message comes from a function that may resolve failures, and then does nothing else
 * @returns the times that place the row
 * @throws {RefusedError} when no normalizer makes such a row
 */
export function checkRow(row: Row, message: Envelope, resolves: boolean, receipts: Receipts): RowTimes {
  if (row.p_source_id !== message.sourceId) {
    throw new RefusedError(
      'wrong_source',
      `a row of the source ${shown(row.p_source_id)} in a message of ${shown(message.sourceId)}`,
    )
  }
  if (row.p_log_type !== message.logType) {
    throw new RefusedError(
      'wrong_log_type',
      `a row of log type ${shown(row.p_log_type)} in a message of ${shown(message.logType)}`,
    )
  }
  if (typeof row.p_row_id !== 'string' || !rowIdForm.test(row.p_row_id)) {
    throw new RefusedError('bad_row_id', `p_row_id of a row is not 32 hexadecimal digits: ${shown(row.p_row_id)}`)
  }
  if ((row.p_log_type === failuresLogType && row.resolves !== undefined) !== resolves) {
    throw new RefusedError(
      'forged_resolution',
      resolves ? 'a row that resolves no failure among those that do' : 'only a recovery may resolve failures',
    )
  }
  const event = timeIn(row, 'p_event_time')
  const received = timeIn(row, 'p_parse_time')
  checkReceipt('p_parse_time of a row', received, receipts)
  return { event, received }
}

function timeIn(row: Row, column: string): number {
  const ms = parseIsoText(row[column])
  if (ms === undefined) throw new RefusedError('bad_time', `${column} of a row is not a time: ${shown(row[column])}`)
  return ms
}

function checkReceipt(what: string, time: number, { oldest, newest }: Receipts): void {
  if (time >= oldest && time <= newest) return
  const text = new Date(time).toISOString()
  throw new RefusedError(
    'bad_time',
    time < oldest ? `${what} lies before the retention: ${text}` : `${what} lies ahead of the clock: ${text}`,
  )
}
