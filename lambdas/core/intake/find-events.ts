import { RecordError } from '../errors.ts'
import { LineSplitter } from '../json/lines.ts'
import { parseEvent, parseLine } from '../normalize/event.ts'
import type { Failure } from './failure.ts'
import type { Found, FoundEvent } from './found.ts'
import { type JsonList, readJsonList } from './json-list.ts'

const openBracket = 91
const openBrace = 123

/**
 * Reads the events of a body: a JSON array, a single JSON object, or one JSON object a line. The first byte decides,
 * because senders' content types are unreliable. An invalid part never costs its neighbours.
 * @param most events and invalid parts that are read; of lines, no more are looked at
 * @throws {RecordError} when the body holds no event, or `too_large` when it holds more parts
 */
export function findEvents(body: Uint8Array, most: number): Found {
  switch (firstByte(body)) {
    case undefined:
      throw new RecordError('empty', 'the body is empty; expected JSON events')
    case openBracket:
      return fromArray(body, most)
    case openBrace:
      return fromObject(body) ?? fromLines(body, most)
    default:
      return fromLines(body, most)
  }
}

/** The first byte that is neither blank nor part of a byte order mark. */
const firstByte = (body: Uint8Array): number | undefined =>
  body.find((byte) => byte > 32 && byte !== 0xef && byte !== 0xbb && byte !== 0xbf)

function fromArray(body: Uint8Array, most: number): Found {
  const list = listIn(body)
  // A list that was cut, or lines of which the first is damaged.
  if (list instanceof RecordError) return fromLines(body, most, list)
  const { events, failures } = list
  if (events.length + failures.length > most) throw tooMany(most)
  const found = events.map(({ event, position }) => ({ event, position, bytes: Buffer.from(JSON.stringify(event)) }))
  return { events: found, failures }
}

function listIn(body: Uint8Array): JsonList | RecordError {
  try {
    return readJsonList(body)
  } catch (error) {
    if (error instanceof RecordError) return error
    throw error
  }
}

function fromObject(body: Uint8Array): Found | undefined {
  try {
    return { events: [{ event: parseEvent(body), bytes: body }], failures: [] }
  } catch (error) {
    if (error instanceof RecordError) return undefined
    throw error
  }
}

const tooMany = (most: number): RecordError =>
  new RecordError('too_large', `the body holds more than ${most} events; send fewer at once`)

/** @param otherwise the error when no line is an event, by default that of the first line */
function fromLines(body: Uint8Array, most: number, otherwise?: RecordError): Found {
  const splitter = new LineSplitter(body.length)
  const events: FoundEvent[] = []
  const failures: Failure[] = []
  for (const line of [...splitter.push(body), ...splitter.end()]) {
    if (events.length + failures.length === most) {
      if (events.length > 0) throw tooMany(most)
      break
    }
    const part = { bytes: line.bytes, position: line.number }
    try {
      events.push({ event: parseLine(line), ...part })
    } catch (error) {
      failures.push({ error, ...part })
    }
  }
  // If no line is an event, the body is taken as one broken text instead of many broken lines.
  if (events.length === 0)
    throw otherwise ?? failures[0]?.error ?? new RecordError('empty', 'the body holds blanks only')
  return { events, failures }
}
