import { isUtf8 } from 'node:buffer'
import type { LogSchema } from '../../../schemas/definition.ts'
import { RecordError } from '../errors.ts'
import { decodeUtf8, type JsonObject } from '../json/json.ts'
import type { EventContext, Row } from '../normalize/event.ts'
import { compileNormalizer } from '../normalize/normalizer.ts'

/** A received part that could not become a row of its table. */
export interface Failure extends Pick<EventContext, 'attributes'> {
  /** The error. Anything but a {@link RecordError} is a fault of our own code. */
  readonly error: unknown
  /** The bytes as received. */
  readonly bytes: Uint8Array
  /** Position among several records, counted from 1. */
  readonly position?: number
}

/** Where a failure came from. */
export interface FailureOrigin {
  /** The log type that was expected. */
  readonly logType: string
  /** How the failure reached us, for example `webhook`. */
  readonly origin: string
}

/**
 * Prepares the rows of `classification_failures`. They keep the bytes, so that the record can be processed again once
 * the cause is fixed.
 */
export function compileFailures(
  schema: LogSchema,
): (failure: Failure, origin: FailureOrigin, context: EventContext) => Row {
  const { normalize } = compileNormalizer(schema)
  return ({ error, bytes, position = null, attributes }, { logType, origin }, context) => {
    const ours = !(error instanceof RecordError)
    const event = {
      reason: ours ? 'internal' : error.code,
      // Only our own messages are stored; other errors may quote event data, so only their name is.
      detail: ours ? kindOf(error) : error.message,
      log_type: logType,
      origin,
      position,
      ...rawColumns(bytes),
      attributes: given(attributes),
    }
    return normalize(event, { ...context, attributes: {} })
  }
}

/**
 * Prepares the rows that close failures: each names the failure's row, which stays.
 * @param origin how what had failed reached us after all
 */
export function compileResolutions(
  schema: LogSchema,
): (failure: string, origin: FailureOrigin, context: EventContext) => Row {
  const { normalize } = compileNormalizer(schema)
  return (failure, { logType, origin }, context) =>
    normalize({ log_type: logType, origin, resolves: failure }, { ...context, attributes: {} })
}

const kindOf = (error: unknown): string => `an error of our own: ${error instanceof Error ? error.name : typeof error}`

/** The attributes that have a value; null when there are none. */
function given(attributes: EventContext['attributes'] = {}): JsonObject | null {
  const values = Object.entries(attributes).flatMap(([column, value]) => (value ? [[column, value] as const] : []))
  return values.length === 0 ? null : Object.fromEntries(values)
}

function rawColumns(bytes: Uint8Array) {
  const size = { raw_bytes: bytes.length }
  const text = textOf(bytes)
  return text === undefined
    ? { raw: Buffer.from(bytes).toString('base64'), raw_encoding: 'base64', ...size }
    : { raw: text, raw_encoding: 'utf8', ...size }
}

/** The bytes as text, if encoding the text gives exactly these bytes. */
function textOf(bytes: Uint8Array): string | undefined {
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
  return hasMark || !isUtf8(bytes) ? undefined : decodeUtf8(bytes)
}
