import { constants, zstdCompressSync } from 'node:zlib'
import { chunks } from '../chunks.ts'
import { RecordError } from '../errors.ts'
import { countValues } from '../json/count-values.ts'
import { plainObjectIn } from '../json/forms.ts'
import type { Row } from '../normalize/event.ts'

/** Rows of one log type from one source, received together. */
export interface Batch {
  readonly logType: string
  readonly sourceId: string
  /** When the events first reached us, in milliseconds since 1970. */
  readonly receivedAt: number
  readonly rows: readonly Row[]
}

/**
 * Limits of a message before compression; a single larger row makes a message of its own. The writer refuses more, so
 * raise them there first, in a release of its own.
 */
export const messageLimits = { rows: 2_000, bytes: 4_000_000 } as const

/**
 * Limits of a message of a single row: twice a body of 25 MiB, because a row holds JSON as text, in which a quote takes
 * two characters, and far more values than one that a provider has sent. The writer needs about 12 times these bytes.
 */
export const rowLimits = { bytes: 54_000_000, values: 1_000_000 } as const

/** The format of the messages. */
export const messageVersion = 1

const zstd = { params: { [constants.ZSTD_c_compressionLevel]: 3 } }

/**
 * Encodes a batch as messages within the limits.
 * @throws {RecordError} `too_large` when a row is larger than any that the writer takes
 */
export function encodeMessages(batch: Batch): string[] {
  const lines = batch.rows.values().map((row) => `${JSON.stringify(row)}\n`)
  const parts = chunks(lines, messageLimits.rows, messageLimits.bytes, Buffer.byteLength)
  return parts.map((part) => encodeMessage(batch, part)).toArray()
}

function encodeMessage({ logType, sourceId, receivedAt }: Batch, lines: readonly string[]): string {
  const text = Buffer.from(lines.join(''))
  if (text.length > rowLimits.bytes) {
    throw new RecordError('too_large', `a row of ${text.length} bytes; the writer takes at most ${rowLimits.bytes}`)
  }
  if (text.length > messageLimits.bytes && countValues(lines.join('')) > rowLimits.values) {
    throw new RecordError('too_large', `a row of more than ${rowLimits.values} values, the most that the writer takes`)
  }
  return JSON.stringify({
    v: messageVersion,
    logType,
    sourceId,
    receivedAt: new Date(receivedAt).toISOString(),
    count: lines.length,
    bytes: text.length,
    encoding: 'zstd',
    rows: zstdCompressSync(text, zstd).toString('base64'),
  })
}

/** Where a long message is kept. */
export interface Pointer {
  readonly bucket: string
  readonly key: string
}

/** The message with a pointer in place of its rows. */
export function pointerTo(body: string, pointer: Pointer): string {
  const { rows, ...envelope } = plainObjectIn(body) ?? {}
  return JSON.stringify({ ...envelope, pointer })
}
