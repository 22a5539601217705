import { createHash } from 'node:crypto'
import { isObject } from './json.ts'
import { seededRandom } from './seeded-random.ts'

/** An event as the provider stores it. */
export interface FeedRow {
  readonly id: string
  /** The time by which the feed is ordered, in milliseconds since 1970. */
  readonly time: number
  /** From when the feed shows it, in milliseconds since 1970: late rows long after their time. */
  readonly shownAt: number
  /** The event as shown; anything but an object only where a test inserts it. */
  readonly event: unknown
}

/** An invented event with its id. */
export interface Invented {
  readonly id: string
  readonly event: unknown
}

export interface FeedOptions {
  /** Invents the event of a time. The same random numbers give the same event. */
  readonly invent: (time: number, random: () => number) => Invented
  /** @default 1 */
  readonly seed?: number | undefined
  /** Time of the first event, in milliseconds since 1970. */
  readonly startAt: number
  /** On average; with 0 the feed shows only inserted events. @default 6 */
  readonly eventsPerMinute?: number | undefined
  /** Share of late events, from 0 to 1. @default 0.02 */
  readonly lateShare?: number | undefined
  /** Longest delay of a late event, in milliseconds. @default 90,000 */
  readonly longestDelayMs?: number | undefined
  /** Precision of the events' times, in milliseconds. @default 1 */
  readonly granularityMs?: number | undefined
}

const minute = 60_000

/** Mixes two numbers into one, so that neighbours differ widely. */
const mixed = (seed: number, place: number): number => Math.imul(seed, 0x85ebca6b) ^ Math.imul(place + 1, 0x9e3779b1)

/**
 * An endless log. The events of a minute depend on the seed and the minute alone, so two runs at different times agree,
 * but for an event whose id another has already.
 */
export class SimulatedFeed {
  readonly #options: { readonly [Name in keyof FeedOptions]-?: NonNullable<FeedOptions[Name]> }
  /** Sorted by time, then id. */
  readonly #rows: FeedRow[] = []
  /** Of all events that were invented. */
  readonly #ids = new Set<string>()
  #madeUntil: number
  #latest = 0
  #inserted = 0

  constructor(options: FeedOptions) {
    const { seed = 1, eventsPerMinute = 6, lateShare = 0.02, longestDelayMs = 90_000, granularityMs = 1 } = options
    this.#options = { ...options, seed, eventsPerMinute, lateShare, longestDelayMs, granularityMs }
    this.#madeUntil = Math.floor(options.startAt / minute)
  }

  /** The rows shown at `now`, oldest first. */
  shown(now: number): FeedRow[] {
    return this.shownSince(now).toArray()
  }

  /** The rows since `from` that are shown at `now`, oldest first, generated on demand. */
  *shownSince(now: number, from = Number.NEGATIVE_INFINITY): Generator<FeedRow> {
    this.#makeUntil(now)
    this.#latest = Math.max(this.#latest, now)
    for (let at = this.#place({ time: from, id: '' }); at < this.#rows.length; at++) {
      const row = this.#rows[at]
      if (row && row.shownAt <= now) yield row
    }
  }

  /** Every row that any client could have read: the oracle. */
  everShown(now: number): FeedRow[] {
    return this.shown(Math.max(now, this.#latest))
  }

  insert(row: FeedRow): void {
    this.#rows.splice(this.#place(row), 0, row)
  }

  /** The index after all rows before the given one or equal to it. */
  #place(row: RowPlace): number {
    let low = 0
    let high = this.#rows.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const other = this.#rows[middle]
      if (other && compareRows(other, row) <= 0) low = middle + 1
      else high = middle
    }
    return low
  }

  /**
   * Invents events and inserts them.
   * @param change applied to each event
   */
  inventAt(
    { count, time, spreadMs, shownAt }: { count: number; time: number; spreadMs: number; shownAt: number },
    change: (invented: Invented, index: number) => Invented = (invented) => invented,
  ): FeedRow[] {
    const random = seededRandom(mixed(this.#options.seed, time + ++this.#inserted))
    return Array.from({ length: count }, (_none, index) => {
      const at = this.#rounded(time + Math.floor((index * spreadMs) / count))
      const row = { ...change(this.#invent(at, random), index), time: at, shownAt }
      this.insert(row)
      return row
    })
  }

  /** An event with an id of its own: in a long run the same random numbers come again, and would invent it twice. */
  #invent(time: number, random: () => number): Invented {
    for (;;) {
      const invented = this.#options.invent(time, random)
      if (this.#ids.has(invented.id)) continue
      this.#ids.add(invented.id)
      return invented
    }
  }

  #rounded(time: number): number {
    return time - (time % this.#options.granularityMs)
  }

  #makeUntil(now: number): void {
    const { seed, startAt, eventsPerMinute, lateShare, longestDelayMs } = this.#options
    for (; this.#madeUntil * minute <= now; this.#madeUntil++) {
      const random = seededRandom(mixed(seed, this.#madeUntil))
      const count = Math.floor(eventsPerMinute * 2 * random() + random())
      for (let index = 0; index < count; index++) {
        const time = this.#rounded(this.#madeUntil * minute + Math.floor(random() * minute))
        const late = random() < lateShare ? Math.floor(random() * longestDelayMs) : 0
        const invented = this.#invent(time, random)
        if (time >= startAt) this.insert({ ...invented, time, shownAt: time + late })
      }
    }
  }
}

/** The row at which a page begins or ends. */
export type RowPlace = Pick<FeedRow, 'time' | 'id'>

export const parseRowPlace = (value: unknown): RowPlace | undefined =>
  isObject(value) && typeof value.time === 'number' && typeof value.id === 'string'
    ? { time: value.time, id: value.id }
    : undefined

/** By time, then by id. */
export function compareRows(a: RowPlace, b: RowPlace): number {
  return a.time - b.time || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
}

/**
 * Cursors for places in a feed, which only the provider can read or make. They outlive the process, as real ones do,
 * and can be made to expire.
 */
export class Cursors<T> {
  readonly #seed: number
  readonly #prefix: string
  readonly #parse: (value: unknown) => T | undefined
  #generation = 0
  #given = 0

  /** @param parse reads a place back from JSON */
  constructor(seed: number, prefix: string, parse: (value: unknown) => T | undefined) {
    this.#seed = seed
    this.#prefix = prefix
    this.#parse = parse
  }

  cursorOf(place: T): string {
    // Each cursor to the same place differs, so that no client can rely on one.
    const text = JSON.stringify({ place, nonce: this.#given++ })
    return this.#prefix + Buffer.from(this.#mark(text) + text).toString('base64url')
  }

  placeOf(cursor: string): T | undefined {
    if (!cursor.startsWith(this.#prefix)) return undefined
    const marked = Buffer.from(cursor.slice(this.#prefix.length), 'base64url').toString()
    const text = marked.slice(markLength)
    return marked !== '' && marked === this.#mark(text) + text ? this.#parse(JSON.parse(text).place) : undefined
  }

  expire(): void {
    this.#generation++
  }

  #mark(text: string): string {
    return createHash('sha256').update(`${this.#seed}/${this.#generation}/${text}`).digest('hex').slice(0, markLength)
  }
}

const markLength = 12
