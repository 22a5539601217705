import { constants, zstdDecompressSync } from 'node:zlib'
import { RecordError, RefusedError } from '../errors.ts'
import { countValues } from '../json/count-values.ts'
import { decodeUtf8, isObject, type Json, parseJson } from '../json/json.ts'
import type { Row } from '../normalize/event.ts'
import { parseIsoText } from '../normalize/time.ts'
import { isClaimKey } from './claims.ts'
import { type Batch, messageLimits, messageVersion, rowLimits } from './message.ts'

/** What a message states of its rows. */
export interface Envelope extends Omit<Batch, 'rows'> {
  /** Number of rows. */
  readonly count: number
  /** Size of the rows before compression, in bytes. */
  readonly bytes: number
}

/** A message as the queue holds it: with its rows, or with the key under which they are kept. */
export interface Message extends Envelope {
  readonly content: { readonly rows: string } | { readonly key: string }
}

/** Windows of the compression are at most 16 MB; publishers use 2 MB. */
const zstd = { [constants.ZSTD_d_windowLogMax]: 24 }

/** Longest base64 of a number of bytes of rows: compressed text is never much longer than the text. */
const maxBase64 = (bytes: number): number => Math.ceil((bytes + bytes / 128 + 1_024) / 3) * 4

/** Longest message with that number of bytes of rows, envelope included. */
export const maxBody = (bytes: number): number => maxBase64(bytes) + 4_096

/**
 * Reads a message without decompressing its rows. Its sizes are bounded after this; nothing else is believed.
 * @throws {RefusedError} when it is no message
 * @throws {RecordError} `bad_message` when it has a later version, whose writer may be on its way
 */
export function readMessage(body: string): Message {
  const { v, logType, sourceId, receivedAt, count, bytes, encoding, rows, pointer } = envelopeOf(body)
  if (typeof v === 'number' && v > messageVersion) {
    throw new RecordError('bad_message', `message: version is ${v}, expected ${messageVersion}`)
  }
  if (v !== messageVersion) throw bad(`version is ${shown(v)}, expected ${messageVersion}`)
  if (typeof logType !== 'string' || typeof sourceId !== 'string') throw bad('logType or sourceId is missing')
  if (!isCount(count) || !isCount(bytes)) throw bad('count or bytes is missing')
  if (encoding !== 'zstd') throw bad(`encoding is ${shown(encoding)}, expected "zstd"`)
  const received = parseIsoText(receivedAt)
  if (received === undefined)
    throw new RefusedError('bad_time', `message: receivedAt is not a time: ${shown(receivedAt)}`)
  checkSizes(count, bytes)
  const content = pointer === undefined ? rowsIn(rows, bytes) : keyIn(pointer)
  return { logType, sourceId, receivedAt: received, count, bytes, content }
}

/**
 * Decompresses the rows of a message.
 * @throws {RefusedError} when they are not what the envelope states
 */
export function decodeRows({ count, bytes }: Envelope, rows: string): Row[] {
  const text = unpack(rows, bytes)
  if (bytes > messageLimits.bytes && countValues(text) > rowLimits.values) {
    throw tooLarge(`its row has more than ${rowLimits.values} values`)
  }
  const lines = text.split('\n', count + 2)
  if (lines.pop() !== '' || lines.length !== count) throw badRows(`do not have the stated number, ${count}`)
  return lines.map(rowOf)
}

/** A text of a message for an error: the message is a stranger's, and its texts may be long. */
export const shown = (value: unknown): string =>
  typeof value === 'string' ? JSON.stringify(value.slice(0, 64)) : value === undefined ? 'missing' : `a ${typeof value}`

const bad = (what: string): RefusedError => new RefusedError('bad_envelope', `message: ${what}`)
const tooLarge = (what: string): RefusedError => new RefusedError('too_large', `message: ${what}`)
const badRows = (what: string, cause?: unknown): RefusedError =>
  new RefusedError('bad_rows', `message: the rows ${what}`, { cause })

const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value) && value > 0

function checkSizes(count: number, bytes: number): void {
  const most = count === 1 ? rowLimits.bytes : messageLimits.bytes
  if (count > messageLimits.rows) throw tooLarge(`states ${count} rows, at most ${messageLimits.rows} are read`)
  if (bytes > most) throw tooLarge(`states ${bytes} bytes of rows, at most ${most} are read`)
}

function envelopeOf(body: string): Readonly<Record<string, Json | undefined>> {
  let message: Json
  try {
    message = parseJson(body)
  } catch (cause) {
    throw new RefusedError('not_a_message', 'message: not JSON', { cause })
  }
  if (!isObject(message)) throw new RefusedError('not_a_message', 'message: not an object')
  return message
}

function rowsIn(rows: Json | undefined, bytes: number): Message['content'] {
  if (typeof rows !== 'string') throw bad('rows are missing')
  if (rows.length > maxBase64(bytes)) throw tooLarge(`holds more than the stated ${bytes} bytes of rows`)
  return { rows }
}

function keyIn(pointer: Json): Message['content'] {
  const key = isObject(pointer) ? pointer.key : undefined
  if (typeof key !== 'string' || !isClaimKey(key)) {
    throw new RefusedError('bad_pointer', `message: the pointer names no place where messages are kept: ${shown(key)}`)
  }
  return { key }
}

/** The stated size bounds the decompression, so that a small message cannot exhaust the memory. */
function unpack(rows: string, bytes: number): string {
  try {
    // One byte more than needed makes a single buffer that is never copied.
    const options = { maxOutputLength: bytes, chunkSize: Math.max(64, bytes + 1), params: zstd }
    const unpacked = zstdDecompressSync(Buffer.from(rows, 'base64'), options)
    if (unpacked.length === bytes) return decodeUtf8(unpacked)
  } catch (cause) {
    throw badRows(`cannot be decompressed to ${bytes} bytes of text`, cause)
  }
  throw badRows(`have fewer than the stated ${bytes} bytes`)
}

function rowOf(line: string): Row {
  let row: Json
  try {
    row = parseJson(line)
  } catch (cause) {
    throw badRows('are not JSON', cause)
  }
  if (!isRow(row)) throw badRows('are not all objects')
  return row
}

/** The table that takes the row checks the values. */
const isRow = (value: Json): value is Row => isObject(value)
