import { isObject, type JsonObject } from './json.ts'
import type { FeedRow, Invented, SimulatedFeed } from './simulated-feed.ts'
import { type Fault, parseFault } from './simulator-faults.ts'

/** What `POST /_control` takes; all members may be left out. */
interface Control {
  /** Moves the simulator's clock by so much, for good. */
  readonly advanceMs: number
  /** Sets the clock, in milliseconds since 1970. */
  readonly time: number | undefined
  /** Added to those that wait. */
  readonly faults: readonly Fault[]
  /** Forgets the faults that wait. */
  readonly clearFaults: boolean
  /** No cursor given out before works any longer. */
  readonly expireCursors: boolean
  readonly insert: readonly Insertion[]
}

/** Events that appear in the feed, as when a provider is late to index them. */
interface Insertion {
  /** @default 1 */
  readonly count: number
  /** When the first one happened. @default now */
  readonly time: number | undefined
  /** How far behind now the first one happened, when no time is given. @default 0 */
  readonly agoMs: number
  /** They happen evenly over so long. @default 0 */
  readonly spreadMs: number
  /** They are shown so much later than now. @default 0 */
  readonly shownInMs: number
  /** Put into each event; a null member takes that member away. */
  readonly members: JsonObject | undefined
  /** Given out in place of an event, whatever it is. */
  readonly raw: unknown
  readonly hasRaw: boolean
}

/** @throws {Error} naming the member that is wrong */
export function parseControl(text: string): Control {
  const value: unknown = JSON.parse(text === '' ? '{}' : text)
  if (!isObject(value)) throw new Error('expected a JSON object')
  const known = ['advanceMs', 'time', 'faults', 'clearFaults', 'expireCursors', 'insert']
  const unknown = Object.keys(value).filter((name) => !known.includes(name))
  if (unknown.length > 0) throw new Error(`unknown: ${unknown.join(', ')}; there are ${known.join(', ')}`)
  return {
    advanceMs: numberIn(value, 'advanceMs') ?? 0,
    time: timeIn(value, 'time'),
    faults: listIn(value, 'faults').map(parseFault),
    clearFaults: value.clearFaults === true,
    expireCursors: value.expireCursors === true,
    insert: listIn(value, 'insert').map(parseInsertion),
  }
}

function parseInsertion(value: JsonObject): Insertion {
  const { members } = value
  return {
    count: numberIn(value, 'count') ?? 1,
    time: timeIn(value, 'time'),
    agoMs: numberIn(value, 'agoMs') ?? 0,
    spreadMs: numberIn(value, 'spreadMs') ?? 0,
    shownInMs: numberIn(value, 'shownInMs') ?? 0,
    members: isObject(members) ? members : undefined,
    raw: value.raw,
    hasRaw: 'raw' in value,
  }
}

/** @returns what was inserted */
export function insertInto(feed: SimulatedFeed, insertion: Insertion, now: number): FeedRow[] {
  const { count, time = now - insertion.agoMs, spreadMs, shownInMs, members, raw, hasRaw } = insertion
  return feed.inventAt({ count, time, spreadMs, shownAt: now + shownInMs }, (invented): Invented => {
    if (hasRaw) return { id: invented.id, event: raw }
    if (members === undefined || !isObject(invented.event)) return invented
    const merged = Object.entries({ ...invented.event, ...members }).filter(([name]) => members[name] !== null)
    return { id: invented.id, event: Object.fromEntries(merged) }
  })
}

function numberIn(value: JsonObject, name: string): number | undefined {
  const member = value[name]
  if (member === undefined || typeof member === 'number') return member
  throw new Error(`${name} must be a number`)
}

function timeIn(value: JsonObject, name: string): number | undefined {
  const member = value[name]
  const time = typeof member === 'string' ? Date.parse(member) : member
  if (time === undefined || (typeof time === 'number' && !Number.isNaN(time))) return time
  throw new Error(`${name} must be a time: milliseconds since 1970, or as in 2026-01-31T12:00:00Z`)
}

function listIn(value: JsonObject, name: string): JsonObject[] {
  const member = value[name] ?? []
  if (Array.isArray(member) && member.every(isObject)) return member
  throw new Error(`${name} must be a list of objects`)
}
