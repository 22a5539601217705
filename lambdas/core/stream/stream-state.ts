import { randomUUID } from 'node:crypto'
import { StoreError } from '../errors.ts'
import { formIn, isFlag, isNumber, isText, listOf, objectOf, optional, type Passing } from '../json/forms.ts'
import { dayOf } from '../lake/partition.ts'
import { guardedObject } from '../poll/guarded-object.ts'
import { isLastResult } from '../poll/outcome.ts'
import { isBackoff } from '../poll/waiting.ts'
import type { ObjectStore } from '../ports.ts'
import { isPosition } from './read-object.ts'
import { isConfiguration } from './stream.ts'

const isUnfinished = objectOf({ name: isText, version: isText, position: isPosition })

const isDay = objectOf({
  /** UTC, as YYYY-MM-DD. */
  day: isText,
  objects: isNumber,
  /** Objects of other names: the provider's tests of the connection, and those without the ending of its files. */
  excluded: isNumber,
  ignored: isNumber,
  events: isNumber,
  failed: isNumber,
  leftOut: isNumber,
})

const isCheck = objectOf({
  /** When it was last read or tried, in milliseconds since 1970. */
  at: isNumber,
  outcome: isText,
  detail: optional(isText),
  streams: listOf(isConfiguration),
  wait: optional(isBackoff),
})

const isListing = objectOf({
  /** When this listing began, in milliseconds since 1970. */
  startedAt: isNumber,
  /** Whether it has not come to its end yet. */
  isOpen: isFlag,
  /** The last name that an open listing has dealt with; absent at its beginning. */
  after: optional(isText),
  /** When the last whole listing ended; absent before the first has. */
  endedAt: optional(isNumber),
  /** When the listing before began; absent for the first. */
  since: optional(isNumber),
  /** Objects that were written earlier are left alone, in milliseconds since 1970; absent for the age of the scope. */
  from: optional(isNumber),
  /** When the oldest object was written that could not be read; absent if all could. */
  unreadFrom: optional(isNumber),
  /**
   * When the newest object was written that had been read as this listing began, and as the one before began; 0 for
   * none.
   */
  readUntil: optional(isNumber),
  readBefore: optional(isNumber),
  /** Objects that nothing had named before, found by the current or last listing. */
  found: isNumber,
  /** Its own next attempt after an error, and the error. */
  wait: optional(isBackoff),
  detail: optional(isText),
})

const isNewest = objectOf({
  /** All objects that were named by then have been read or reported, in milliseconds since 1970. */
  at: isNumber,
  /** Its own next attempt after an error, and the error. */
  wait: optional(isBackoff),
  outcome: optional(isText),
  detail: optional(isText),
})

const isStreamState = objectOf({
  /** When the newest object that was read had been written, in milliseconds since 1970. */
  lastEventAt: optional(isNumber),
  /** The last attempt to read an object. */
  lastResult: optional(isLastResult),
  /** Counts of the latest days, the oldest first. */
  days: listOf(isDay),
  /** The object that the minute's work is reading, and how often it has begun: a dead function leaves it behind. */
  trying: optional(objectOf({ name: isText, version: optional(isText), tries: isNumber })),
  /** Objects whose reading has begun and goes on at their positions. */
  unfinished: listOf(isUnfinished),
  /** The listing of the whole bucket. */
  listing: optional(isListing),
  /** The listings of a bucket that sends no messages: of the newest names, and again of the latest days. */
  newest: optional(isNewest),
  recent: optional(isListing),
  configuration: optional(isCheck),
})

/** What is known of a stream into a bucket. Plain data; a lost state costs one listing and nothing else. */
export type StreamState = Passing<typeof isStreamState>
export type DayCounts = Passing<typeof isDay>
export type Unfinished = Passing<typeof isUnfinished>
export type Listing = Passing<typeof isListing>
export type Newest = Passing<typeof isNewest>
export type ConfigurationCheck = Passing<typeof isCheck>

export const newState: StreamState = { days: [], unfinished: [] }

/** Days whose counts are kept. */
const keptDays = 8

/** Attempts to change the state beside other invocations. */
const attempts = 10

/** Key of the object; `stateFolder` ends with a slash. */
export const streamStateKey = (stateFolder: string): string => `${stateFolder}stream.json`

/** @returns `undefined` when it is not a valid state */
export const decodeStreamState = (body: Uint8Array): StreamState | undefined => formIn(body, isStreamState)

export interface StreamStateStore {
  /** The state now; an unreadable one counts as new. */
  read(): Promise<StreamState>
  /**
   * Changes the state beside other invocations of the function, by conditional puts.
   * @param change called again with the newer state when another invocation was faster
   * @throws {StoreError} when the store does not answer, or others are faster every time
   */
  change(change: (state: StreamState) => StreamState): Promise<StreamState>
}

export function streamStateStore(store: ObjectStore, stateFolder: string): StreamStateStore {
  const key = streamStateKey(stateFolder)
  const load = async () => {
    const stored = await store.get(key)
    const state = (stored && decodeStreamState(stored.body)) ?? newState
    return { state, condition: stored ? { etag: stored.etag } : { absent: true as const } }
  }
  return {
    read: async () => (await load()).state,
    async change(change) {
      for (let attempt = 0; attempt < attempts; attempt++) {
        const { state, condition } = await load()
        const changed = change(state)
        const save = guardedObject(store, key, condition)
        // A put whose answer is lost is known by its bytes, so equal changes of two invocations must differ in them.
        const body = JSON.stringify({ ...changed, change: randomUUID() })
        if (await save(new TextEncoder().encode(body))) return changed
      }
      throw new StoreError(`${key} changed with every attempt to change it`)
    },
  }
}

/** What became of objects and of the events in them. */
export type Totals = Omit<DayCounts, 'day'>

export const noTotals: Totals = { objects: 0, excluded: 0, ignored: 0, events: 0, failed: 0, leftOut: 0 }

export const addTotals = (a: Totals, b: Partial<Totals>): Totals => ({
  objects: a.objects + (b.objects ?? 0),
  excluded: a.excluded + (b.excluded ?? 0),
  ignored: a.ignored + (b.ignored ?? 0),
  events: a.events + (b.events ?? 0),
  failed: a.failed + (b.failed ?? 0),
  leftOut: a.leftOut + (b.leftOut ?? 0),
})

/** Adds to the counts of a day. @param time in milliseconds since 1970 */
export function countOn(state: StreamState, time: number, more: Partial<Totals>): StreamState {
  const day = dayOf(time)
  const before = state.days.find((one) => one.day === day) ?? noTotals
  const sum: DayCounts = { day, ...addTotals(before, more) }
  const others = state.days.filter((one) => one.day !== day)
  const days = [...others, sum].sort((a, b) => (a.day < b.day ? -1 : 1)).slice(-keptDays)
  return { ...state, days }
}
