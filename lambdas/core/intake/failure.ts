import type { LogSchema } from '../../../schemas/definition.ts'
import { RecordError } from '../errors.ts'
import { decodeUtf8 } from '../json/json.ts'
import type { EventContext, Row } from '../normalize/event.ts'
import { compileNormalizer } from '../normalize/normalizer.ts'

/** Something that came as an event and could not become a row. */
export interface Failure {
  /** What was wrong with it. Anything but a {@link RecordError} is a fault of ours. */
  readonly error: unknown
  /** The bytes as they came. */
  readonly bytes: Uint8Array
  /** Place of the record within what came, counted from 1, when it was one of several. */
  readonly position?: number
}

/** Where a failure came from. */
export interface FailureOrigin {
  /** The log type it was meant for. */
  readonly logType: string
  /** How it reached us, for example `webhook`. */
  readonly origin: string
}

/**
 * Prepares rows for the table of what no schema could hold. They keep the bytes, so that nothing is lost and the record
 * can be tried again once the cause is mended.
 */
export function compileFailures(
  schema: LogSchema,
): (failure: Failure, origin: FailureOrigin, context: EventContext) => Row {
  const { normalize } = compileNormalizer(schema)
  return ({ error, bytes, position = null }, { logType, origin }, context) => {
    const ours = !(error instanceof RecordError)
    const event = {
      reason: ours ? 'internal' : error.code,
      // The words of an unexpected error can quote what it met, so only its kind is told.
      detail: ours ? kindOf(error) : error.message,
      log_type: logType,
      origin,
      position,
      ...rawColumns(bytes),
    }
    return normalize(event, { ...context, attributes: {} })
  }
}

const kindOf = (error: unknown): string => `an error of our own: ${error instanceof Error ? error.name : typeof error}`

function rawColumns(bytes: Uint8Array) {
  const size = { raw_bytes: bytes.length }
  const text = textOf(bytes)
  return text === undefined
    ? { raw: Buffer.from(bytes).toString('base64'), raw_encoding: 'base64', ...size }
    : { raw: text, raw_encoding: 'utf8', ...size }
}

/** The bytes as text, if the text gives exactly these bytes back. */
function textOf(bytes: Uint8Array): string | undefined {
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
  if (hasMark) return undefined
  try {
    return decodeUtf8(bytes)
  } catch {
    return undefined
  }
}
