import { RecordError } from '../errors.ts'
import { jsonIn } from '../json/forms.ts'
import { decodeUtf8, isArray, isObject, type Json, type JsonObject, parseJson } from '../json/json.ts'
import { parseEvent } from '../normalize/event.ts'
import type { Failure } from './failure.ts'

/** An element of a list that is an event. */
export interface ListedEvent {
  readonly event: JsonObject
  /** Position in the list, counted from 1. */
  readonly position: number
}

/** The elements of a JSON list; an invalid one never costs its neighbours. */
export interface JsonList {
  readonly events: readonly ListedEvent[]
  readonly failures: readonly Failure[]
  /** The members beside the list. */
  readonly envelope: JsonObject
}

/**
 * Reads JSON that is a list of events, or an object with such a list as a member.
 * @param listName the member; without it, the whole must be the list
 * @throws {RecordError} when it is not JSON, or has no such list
 */
export function readJsonList(bytes: Uint8Array, listName?: string): JsonList {
  try {
    return fromWhole(parseJson(decodeUtf8(bytes)), listName)
  } catch (error) {
    if (error instanceof RecordError && (error.code === 'too_deep' || error.code === 'invalid_utf8')) {
      return fromParts(bytes, listName)
    }
    throw error
  }
}

function fromWhole(whole: Json, listName: string | undefined): JsonList {
  const { [listName ?? '']: member, ...envelope } = isObject(whole) ? whole : {}
  const list = listName === undefined ? whole : member
  if (list === undefined || !isArray(list)) throw noList(listName)
  const events: ListedEvent[] = []
  const failures: Failure[] = []
  for (const [index, element] of list.entries()) {
    if (isObject(element)) events.push({ event: element, position: index + 1 })
    else {
      const bytes = Buffer.from(JSON.stringify(element))
      const error = new RecordError('not_object', 'an element of the list is not a JSON object')
      failures.push({ error, bytes, position: index + 1 })
    }
  }
  return { events, failures, envelope }
}

const noList = (listName: string | undefined): RecordError =>
  new RecordError('not_object', listName === undefined ? 'not a list' : `has no list "${listName}"`)

/**
 * Splits a list of which one element nests too deep or is not UTF-8, so that the others are kept. Bytes are taken as
 * characters, which is safe because JSON's separators are ASCII and no byte of a longer character is.
 */
function fromParts(bytes: Uint8Array, listName: string | undefined): JsonList {
  const text = Buffer.from(bytes)
    .toString('latin1')
    .replace(/^\u00ef\u00bb\u00bf/, '')
  if (jsonIn(text) === undefined) throw new RecordError('not_json', 'not JSON')
  const members = listName === undefined ? new Map<string, string>() : membersOf(text)
  const list = listName === undefined ? text.trim() : members.get(listName)
  if (list === undefined || !list.startsWith('[')) throw noList(listName)
  const events: ListedEvent[] = []
  const failures: Failure[] = []
  for (const [index, part] of split(list).entries()) {
    const element = Buffer.from(part, 'latin1')
    try {
      events.push({ event: parseEvent(element), position: index + 1 })
    } catch (error) {
      failures.push({ error, bytes: element, position: index + 1 })
    }
  }
  const others = [...members]
    .filter(([name]) => name !== listName)
    .map(([name, value]) => `${JSON.stringify(name)}:${value}`)
  return { events, failures, envelope: parseEvent(Buffer.from(`{${others.join(',')}}`, 'latin1')) }
}

/** The members of an object, with their values as text. */
function membersOf(text: string): Map<string, string> {
  const object = text.trim()
  if (!object.startsWith('{')) return new Map()
  return new Map(
    split(object).map((member): [string, string] => {
      const name = /^"(?:[^"\\]|\\.)*"/.exec(member)?.[0] ?? '""'
      return [String(JSON.parse(name)), member.slice(name.length).replace(/^\s*:\s*/, '')]
    }),
  )
}

/** The text of each element or member of valid JSON. */
function split(text: string): string[] {
  const parts: string[] = []
  let depth = 0
  let start = 1
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (character === '"') at = endOfString(text, at)
    else if (character === '[' || character === '{') depth++
    else if (character === ']' || character === '}') depth--
    const ends = (depth === 1 && character === ',') || (depth === 0 && at > 0)
    if (!ends) continue
    const part = text.slice(start, at).trim()
    if (part !== '') parts.push(part)
    start = at + 1
    if (depth === 0) break
  }
  return parts
}

/** The index of the closing quote of the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  let at = start + 1
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at
}
