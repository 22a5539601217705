import { RecordError } from '../errors.ts'
import { decodeUtf8, isObject, type JsonObject, parseJson } from '../json/json.ts'
import { type Line, maxLineBytes } from '../json/lines.ts'
import type { RowStruct } from './row-value.ts'

/** The facts about an event that are not part of it. */
export interface EventContext {
  readonly sourceId: string
  readonly sourceLabel: string
  /** When the event was first received, in milliseconds since 1970. Set once. */
  readonly receivedAt: number
  /** Values of the schema's attribute columns, for example from HTTP headers. */
  readonly attributes?: Readonly<Record<string, string | undefined>>
}

/** One row of a table: column -> value; a column that is null is left out. */
export type Row = RowStruct

/**
 * Reads one event from its JSON bytes.
 * @throws {RecordError} when the bytes are not a JSON object
 */
export function parseEvent(bytes: Uint8Array): JsonObject {
  const event = parseJson(decodeUtf8(bytes))
  if (!isObject(event)) throw new RecordError('not_object', `JSON, but ${kindOf(event)} and not an object`)
  return event
}

/**
 * Reads the event on one line.
 * @throws {RecordError} when the line is cut or not a JSON object
 */
export function parseLine(line: Line): JsonObject {
  if (line.cut) throw new RecordError('too_large', `longer than ${maxLineBytes} bytes`)
  return parseEvent(line.bytes)
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  return typeof value === 'string' ? 'a text' : `a ${typeof value === 'boolean' ? 'boolean' : 'number'}`
}
