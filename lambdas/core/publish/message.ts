import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { chunks } from '../chunks.ts'
import { RecordError } from '../errors.ts'
import { decodeUtf8, isObject, type Json, parseJson } from '../json/json.ts'
import type { Row } from '../normalize/event.ts'

/** Rows of one log type from one source, received together. */
export interface Batch {
  readonly logType: string
  readonly sourceId: string
  /** When the events first reached us, in milliseconds since 1970. */
  readonly receivedAt: number
  readonly rows: readonly Row[]
}

/** Limits of a message before compression; a single larger row still makes a message of its own. */
export const messageLimits = { rows: 2_000, bytes: 4_000_000 } as const

const version = 1
const zstd = { params: { [constants.ZSTD_c_compressionLevel]: 3 } }

/** Encodes a batch as messages within the limits. */
export function encodeMessages(batch: Batch): string[] {
  const lines = batch.rows.values().map((row) => `${JSON.stringify(row)}\n`)
  const parts = chunks(lines, messageLimits.rows, messageLimits.bytes)
  return parts.map((part) => encodeMessage(batch, part)).toArray()
}

function encodeMessage({ logType, sourceId, receivedAt }: Batch, lines: readonly string[]): string {
  const text = Buffer.from(lines.join(''))
  return JSON.stringify({
    v: version,
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
  const { rows, ...envelope } = envelopeOf(body)
  return JSON.stringify({ ...envelope, pointer })
}

/**
 * Where the rows of a message are kept; `undefined` when it holds them itself.
 * @throws {RecordError} when it is invalid
 */
export function pointerIn(body: string): Pointer | undefined {
  const { pointer } = envelopeOf(body)
  if (pointer === undefined || !isObject(pointer)) return undefined
  const { bucket, key } = pointer
  if (typeof bucket !== 'string' || typeof key !== 'string') throw bad('the pointer names no object')
  return { bucket, key }
}

/**
 * Decodes a message that holds its rows.
 * @throws {RecordError} `bad_message` when it is invalid or cut off, or its sizes differ from those stated
 */
export function decodeMessage(body: string): DecodedMessage {
  const { logType, sourceId, receivedAt, count, bytes, encoding, rows, v } = envelopeOf(body)
  if (v !== version) throw bad(`version is ${JSON.stringify(v)}, expected ${version}`)
  if (typeof logType !== 'string' || typeof sourceId !== 'string') throw bad('logType or sourceId is missing')
  if (typeof count !== 'number' || typeof bytes !== 'number') throw bad('count or bytes is missing')
  if (encoding !== 'zstd' || typeof rows !== 'string') throw bad('rows are not zstd')
  const received = typeof receivedAt === 'string' ? Date.parse(receivedAt) : Number.NaN
  if (Number.isNaN(received)) throw bad('receivedAt is not a time')
  const lines = unpack(rows, bytes).trimEnd().split('\n')
  if (lines.length !== count) throw bad(`holds ${lines.length} rows, says ${count}`)
  return { logType, sourceId, receivedAt: received, rows: lines.map(rowOf), bytes }
}

/** A batch with the size of its rows before compression, in bytes. */
export interface DecodedMessage extends Batch {
  readonly bytes: number
}

const bad = (what: string, cause?: unknown): RecordError =>
  new RecordError('bad_message', `message: ${what}`, { cause })

function envelopeOf(body: string): Readonly<Record<string, Json | undefined>> {
  const message = parseJson(body)
  if (!isObject(message)) throw bad('not an object')
  return message
}

/** The stated size bounds the decompression, so that a small message cannot exhaust the memory. */
function unpack(rows: string, bytes: number): string {
  let unpacked: Buffer
  try {
    unpacked = zstdDecompressSync(Buffer.from(rows, 'base64'), { maxOutputLength: Math.max(1, bytes) })
  } catch (cause) {
    throw bad('rows cannot be decompressed to the stated size', cause)
  }
  if (unpacked.length !== bytes) throw bad(`holds ${unpacked.length} bytes, says ${bytes}`)
  return decodeUtf8(unpacked)
}

function rowOf(line: string): Row {
  const row = parseJson(line)
  if (!isRow(row)) throw bad('a row is not an object')
  return row
}

/** Checks no deeper, because {@link encodeMessages} wrote the row and leaves out null columns at every level. */
const isRow = (value: Json): value is Row => isObject(value)
