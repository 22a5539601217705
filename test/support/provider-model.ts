import { CursorError, TransientError } from '../../lambdas/core/errors.ts'
import type { JsonObject } from '../../lambdas/core/json/json.ts'
import type { Page, PageRequest, PollStream, RateLimits } from '../../lambdas/core/poll/stream.ts'
import { Troubles } from './troubles.ts'

/** The orders in which the model can show its rows. */
export type Order = Exclude<PollStream['order'], 'unsorted'>

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
  /** Whose log shows it. */
  readonly scope: string
}

/** A place in the rows of a window: how many lie before it, or the row before it in a feed whose rows move. */
interface Place {
  readonly offset: number
  readonly behind?: Exposed | undefined
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
  readonly troubles: Troubles
  /** Whose log is asked for. */
  scope = ''
  requests = 0
  #staleAt = Number.NEGATIVE_INFINITY
  readonly #options: ModelOptions
  readonly #rows: Exposed[] = []

  constructor(clock: WorldClock, options: ModelOptions) {
    this.clock = clock
    this.troubles = new Troubles(() => clock.time)
    this.#options = options
  }

  /** Shows an event now that happened `age` milliseconds ago. */
  expose(age = 0): string {
    const { time } = this.clock
    // Ids sort in another order than that of their creation.
    const id = `${((this.#rows.length * 7_919) % 10_007).toString(36)}-${this.#rows.length}`
    this.#rows.push({ id, time: time - age, visibleAt: time, scope: this.scope })
    return id
  }

  /** Moves a row to the present, as a session in use does, unless it is of another day. */
  move(index: number): void {
    const row = this.#rows[index % this.#rows.length]
    if (!row || dayOf(row.time) !== dayOf(this.clock.time) || row.time > this.clock.time) return
    this.#rows[index % this.#rows.length] = { ...row, time: this.clock.time }
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
    const { from, to, cursor, size = this.#options.pageSize } = request
    if (from % 1_000 !== 0 || to % 1_000 !== 0) throw new TypeError('the window must have whole seconds')
    if (this.unreadable && from < this.unreadable.to && to > this.unreadable.from) throw new TransientError('502')
    this.troubles.beforeAnswer(request)
    const all = this.#between(from, to)
    const place = cursor === undefined ? { offset: 0 } : this.#read(cursor, request, all)
    const fault = this.faults.shift()
    if (fault && 'error' in fault) throw fault.error
    // A stale cursor gives an empty last page. Two in a row mean the real end.
    const isFresh = this.clock.time < this.#staleAt + 60_000
    if (fault && 'staleCursor' in fault && cursor !== undefined && !isFresh) {
      this.#staleAt = this.clock.time
      return { events: [], failures: [] }
    }
    if (fault && 'emptyPage' in fault) return { events: [], failures: [], next: this.#cursor(place, request) }
    const end = place.offset + size
    const rows = all.slice(place.offset, end)
    const limits = fault && 'limits' in fault ? fault.limits : undefined
    const page: Page = {
      events: rows.map(eventOf),
      failures: [],
      ...(end < all.length && { next: this.#cursor({ offset: end, behind: rows.at(-1) }, request) }),
      ...(limits && { limits }),
    }
    return this.troubles.changed({
      page,
      request,
      same: () => this.#cursor(place, request),
      first: () => this.#cursor({ offset: 0 }, request),
      isWide: secondOf(rows.at(0)) !== secondOf(rows.at(-1)),
    })
  }

  #between(from: number, to: number): Exposed[] {
    return this.#rows
      .filter(({ time, visibleAt, scope }) => {
        const isShown = visibleAt <= this.clock.time && scope === this.scope
        return isShown && time >= from && time < to
      })
      .sort((a, b) => this.#compare(a, b))
  }

  #compare(a: Exposed, b: Exposed): number {
    const sign = this.#options.order === 'newest-first' ? -1 : 1
    return sign * (a.time - b.time) || (a.id < b.id ? -1 : 1)
  }

  #cursor({ offset, behind }: Place, { from, to }: PageRequest): string {
    const moves = this.#options.facts?.changesWithinDay === true
    return JSON.stringify([offset, from, to, this.clock.time, this.requests, moves && behind ? behind : null])
  }

  #read(cursor: string, { from, to }: PageRequest, all: readonly Exposed[]): Place {
    const [offset, cursorFrom, cursorTo, madeAt, , behind] = JSON.parse(cursor)
    if (from !== cursorFrom || to !== cursorTo) throw new TypeError('the cursor belongs to another window')
    const age = this.clock.time - Number(madeAt)
    if (age > (this.#options.cursorMs ?? Number.POSITIVE_INFINITY)) throw new CursorError('the cursor has expired')
    if (!behind) return { offset: Number(offset) }
    const next = all.findIndex((row) => row.id !== behind.id && this.#compare(row, behind) > 0)
    return { offset: next < 0 ? all.length : next, behind }
  }
}

const eventOf = ({ id, time }: Exposed): JsonObject => ({ id, at: time })

const dayOf = (time: number): number => Math.floor(time / 86_400_000)

const secondOf = (row: Exposed | undefined): number => Math.floor((row?.time ?? 0) / 1_000)
