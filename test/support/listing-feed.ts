import { CursorError, TransientError } from '../../lambdas/core/errors.ts'
import type { JsonObject } from '../../lambdas/core/json/json.ts'
import type { Page, PageRequest, PollStream } from '../../lambdas/core/poll/stream.ts'
import type { WorldClock } from './provider-model.ts'

const second = 1_000

export interface ListingOptions {
  /** Of the beginning. */
  readonly pageSize: number
  readonly fetchMs: number
  /** By the first or the latest use, the newest first; or by the first use, the oldest first. */
  readonly sort: 'first' | 'latest' | 'ascending'
}

interface Row {
  readonly first: number
  readonly latest: number
}

/**
 * A list of who used something: numbered pages that can be asked for no time, and rows whose latest use moves. A row is
 * an event of its own on each UTC day. Like a connector, it reads an ascending list from its last page on.
 */
export class ListingFeed {
  requests = 0
  /** Pages asked for, as cursors. */
  readonly asked: string[] = []
  /** Answers in place of pages: by cursor, as long as they are there. */
  readonly broken = new Set<string>()
  expiresCursors = false
  /** Cursors that fail, and how often still. */
  readonly lost = new Map<string, number>()
  pageSize: number
  readonly #clock: WorldClock
  readonly #options: ListingOptions
  readonly #rows = new Map<string, Row>()
  #sorted: [string, Row][] | undefined

  constructor(clock: WorldClock, options: ListingOptions) {
    this.#clock = clock
    this.#options = options
    this.pageSize = options.pageSize
  }

  static readonly facts = {
    order: 'unsorted',
    requestsPerHour: 1_200,
    limitPeriodSeconds: 60,
    lagSeconds: 0,
    lookBackSeconds: 0,
    changesWithinDay: true,
  } as const satisfies Partial<PollStream>

  /** @param age how long ago it was used, in milliseconds */
  use(who: string, age = 0): void {
    const time = Math.floor((this.#clock.time - age) / second) * second
    const { first = time, latest = time } = this.#rows.get(who) ?? {}
    this.#rows.set(who, { first, latest: Math.max(latest, time) })
    this.#sorted = undefined
  }

  /** Everybody who ever used it, sorted. */
  get users(): string[] {
    return [...this.#rows.keys()].sort()
  }

  /** The ids of the rows as they are shown now, sorted. */
  get shown(): string[] {
    return [...this.#rows].map(([who, row]) => idOf(who, row.latest)).sort()
  }

  async fetchPage({ cursor = 'page:1' }: PageRequest): Promise<Page> {
    this.requests++
    this.asked.push(cursor)
    const { pageSize } = this
    this.#clock.time += this.#options.fetchMs
    if (this.expiresCursors && cursor !== 'page:1') throw new CursorError('the cursor has expired')
    const losses = this.lost.get(cursor) ?? 0
    this.lost.set(cursor, losses - 1)
    if (losses > 0) throw new CursorError('the cursor is lost')
    if (this.broken.has(cursor)) throw new TransientError('fatal_error')
    const [way, text] = cursor.split(':')
    const number = Number(text)
    const rows = this.#all()
    const pages = Math.max(1, Math.ceil(rows.length / pageSize))
    const events = rows.slice((number - 1) * pageSize, number * pageSize).map(eventOf)
    const page = { events, failures: [] }
    if (way === 'down') return number > 2 ? { ...page, next: `down:${number - 1}` } : page
    if (number >= pages) return page
    if (this.#options.sort !== 'ascending') return { ...page, next: `page:${number + 1}` }
    return { ...page, next: `down:${pages}`, leadsToNewer: true }
  }

  #all(): [string, Row][] {
    const { sort } = this.#options
    const key = ({ first, latest }: Row) => (sort === 'latest' ? -latest : sort === 'first' ? -first : first)
    this.#sorted ??= [...this.#rows].sort(([, a], [, b]) => key(a) - key(b))
    return this.#sorted
  }
}

const eventOf = ([who, { first, latest }]: [string, Row]): JsonObject => ({ id: idOf(who, latest), at: latest, first })

const idOf = (who: string, time: number): string => `${who} ${new Date(time).toISOString().slice(0, 10)}`

/** The user of a row. */
export const userOf = (id: unknown): string => String(id).split(' ')[0] ?? ''
