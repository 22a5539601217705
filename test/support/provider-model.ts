import { CursorError, TransientError } from '../../lambdas/core/errors.ts'
import type { JsonObject } from '../../lambdas/core/json/json.ts'
import type { Page, PageRequest, PollStream, RateLimits } from '../../lambdas/core/poll/stream.ts'

export type Order = PollStream['order']

/** The provider's answer in place of the requested page. */
export type Fault =
  | { readonly error: unknown }
  | { readonly emptyPage: true }
  | { readonly staleCursor: true }
  | { readonly limits: RateLimits }

interface Exposed {
  readonly id: string
  readonly time: number
  /** When the feed began to show it. */
  readonly visibleAt: number
}

/** A clock that only the test moves: the true time, from which the clocks of runs differ. */
export interface WorldClock {
  time: number
}

export interface ModelOptions {
  readonly order: Order
  readonly pageSize: number
  /** Life of a cursor, in milliseconds. */
  readonly cursorMs?: number
  /** Duration of a request, in milliseconds. */
  readonly fetchMs?: number
  readonly facts?: Partial<PollStream>
}

/**
 * A provider in memory. It filters by whole seconds, breaks ties in its own order, and shows rows anywhere at any time.
 * Its cursors count rows, so that it repeats rows when new ones appear before them.
 */
export class ProviderModel {
  readonly clock: WorldClock
  readonly faults: Fault[] = []
  /** A time span that the provider cannot show: every window that touches it fails. */
  unreadable: { readonly from: number; readonly to: number } | undefined
  requests = 0
  #staleAt = Number.NEGATIVE_INFINITY
  readonly #options: ModelOptions
  readonly #rows: Exposed[] = []

  constructor(clock: WorldClock, options: ModelOptions) {
    this.clock = clock
    this.#options = options
  }

  /** Shows an event now that happened `age` milliseconds ago. */
  expose(age = 0): string {
    const { time } = this.clock
    // Ids sort in another order than that of their creation.
    const id = `${((this.#rows.length * 7_919) % 10_007).toString(36)}-${this.#rows.length}`
    this.#rows.push({ id, time: time - age, visibleAt: time })
    return id
  }

  /** Every id ever shown, sorted. */
  get exposed(): string[] {
    return this.#rows.map(({ id }) => id).sort()
  }

  get stream(): PollStream {
    return {
      id: 'model.events',
      logType: 'Model.Events',
      order: this.#options.order,
      lagSeconds: 120,
      lookBackSeconds: 1_800,
      granularityMs: 1_000,
      requestsPerHour: 1_000_000,
      limitPeriodSeconds: 3_600,
      pageSize: this.#options.pageSize,
      timeOf: ({ at }) => (typeof at === 'number' ? at : undefined),
      isSignOfLife: ({ own }) => own !== true,
      fetchPage: (request) => this.#fetch(request),
      ...this.#options.facts,
    }
  }

  async #fetch(request: PageRequest): Promise<Page> {
    this.requests++
    this.clock.time += this.#options.fetchMs ?? 10
    const { from, to, cursor } = request
    if (from % 1_000 !== 0 || to % 1_000 !== 0) throw new TypeError('the window must have whole seconds')
    if (this.unreadable && from < this.unreadable.to && to > this.unreadable.from) throw new TransientError('502')
    const offset = cursor === undefined ? 0 : this.#read(cursor, request)
    const fault = this.faults.shift()
    if (fault && 'error' in fault) throw fault.error
    // A stale cursor gives an empty last page. Two in a row mean the real end.
    const isFresh = this.clock.time < this.#staleAt + 60_000
    if (fault && 'staleCursor' in fault && cursor !== undefined && !isFresh) {
      this.#staleAt = this.clock.time
      return { events: [], failures: [] }
    }
    if (fault && 'emptyPage' in fault) return { events: [], failures: [], next: this.#cursor(offset, request) }
    const all = this.#between(from, to)
    const end = offset + this.#options.pageSize
    const limits = fault && 'limits' in fault ? fault.limits : undefined
    return {
      events: all.slice(offset, end).map(eventOf),
      failures: [],
      ...(end < all.length && { next: this.#cursor(end, request) }),
      ...(limits && { limits }),
    }
  }

  #between(from: number, to: number): Exposed[] {
    const sign = this.#options.order === 'newest-first' ? -1 : 1
    return this.#rows
      .filter(({ time, visibleAt }) => visibleAt <= this.clock.time && time >= from && time < to)
      .sort((a, b) => sign * (a.time - b.time) || (a.id < b.id ? -1 : 1))
  }

  #cursor(offset: number, { from, to }: PageRequest): string {
    return JSON.stringify([offset, from, to, this.clock.time, this.requests])
  }

  #read(cursor: string, { from, to }: PageRequest): number {
    const [offset, cursorFrom, cursorTo, madeAt]: number[] = JSON.parse(cursor)
    if (from !== cursorFrom || to !== cursorTo) throw new TypeError('the cursor belongs to another window')
    const age = this.clock.time - (madeAt ?? 0)
    if (age > (this.#options.cursorMs ?? Number.POSITIVE_INFINITY)) throw new CursorError('the cursor has expired')
    return offset ?? 0
  }
}

const eventOf = ({ id, time }: Exposed): JsonObject => ({ id, at: time })
