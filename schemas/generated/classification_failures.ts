// Generated from schemas/auditlake/classification-failures.yaml by npm run generate; do not edit.
import type { LogSchema } from '../definition.ts'
import type { WholeNumber } from '../row-values.ts'
import type { StandardColumns } from './standard-columns.ts'

export const classificationFailures: LogSchema = {
  logType: 'classification_failures',
  table: 'classification_failures',
  version: 2,
  eventTime: [],
  key: [
    [{ part: 'source' }, { part: 'member', anyOf: [['resolves']] }],
    [
      { part: 'source' },
      { part: 'hash', path: ['raw'] },
      { part: 'member', anyOf: [['raw_encoding']] },
      { part: 'member', anyOf: [['origin']] },
      { part: 'member', anyOf: [['position']] },
    ],
    [
      { part: 'source' },
      { part: 'hash', path: ['raw'] },
      { part: 'member', anyOf: [['raw_encoding']] },
      { part: 'member', anyOf: [['origin']] },
      { part: 'hash', path: ['attributes'] },
    ],
    [
      { part: 'source' },
      { part: 'hash', path: ['raw'] },
      { part: 'member', anyOf: [['raw_encoding']] },
      { part: 'member', anyOf: [['origin']] },
    ],
  ],
  attributes: [],
  fields: [
    { name: 'reason', column: 'reason', id: 1000, type: 'string' },
    { name: 'detail', column: 'detail', id: 1001, type: 'string' },
    { name: 'log_type', column: 'log_type', id: 1002, type: 'string' },
    { name: 'origin', column: 'origin', id: 1003, type: 'string' },
    { name: 'position', column: 'position', id: 1004, type: 'bigint' },
    { name: 'raw', column: 'raw', id: 1005, type: 'string' },
    { name: 'raw_encoding', column: 'raw_encoding', id: 1006, type: 'string' },
    { name: 'raw_bytes', column: 'raw_bytes', id: 1007, type: 'bigint' },
    { name: 'attributes', column: 'attributes', id: 1009, type: 'json' },
    { name: 'resolves', column: 'resolves', id: 1008, type: 'string' },
  ],
}

/** A row of classification_failures; a column that is null is left out. */
export type ClassificationFailuresRow = StandardColumns & {
  /** empty, not_json, not_object, invalid_utf8, too_deep, too_large, bad_encoding, bad_message, unknown_log_type, unsupported_…, incomplete, gone (object deleted unread), undelivered or internal (a bug) */
  readonly reason?: string
  /** The exact fault; never quotes the bytes */
  readonly detail?: string
  /** Log type that was expected */
  readonly log_type?: string
  /** How the bytes were received: webhook, poll, recovery, or the object that held them, as s3://bucket/key */
  readonly origin?: string
  /** Number of the line or element among several, counted from 1; null when the bytes came alone */
  readonly position?: WholeNumber
  /** The bytes, as text if they are exactly restorable UTF-8, else in base64. For incomplete and undelivered: the facts of what a feed did not show, or of the delivery that failed */
  readonly raw?: string
  /** Encoding of the bytes in raw: utf8 or base64 */
  readonly raw_encoding?: string
  /** Number of bytes */
  readonly raw_bytes?: WholeNumber
  /** What came beside the bytes, such as headers, by the column of the expected table that it fills; null when nothing did */
  readonly attributes?: string
  /** p_row_id of the failure that this row resolves, after a successful redrive or recovery; null in a failure */
  readonly resolves?: string
}
