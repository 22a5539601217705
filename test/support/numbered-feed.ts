import type { Page, PageRequest, PollStream } from '../../lambdas/core/poll/stream.ts'
import type { WorldClock } from './provider-model.ts'

const second = 1_000

export interface NumberedFeedOptions {
  readonly pageSize: number
  readonly fetchMs: number
  /** Whether the connector leaves out the rows outside the requested window. */
  readonly isFiltered: boolean
}

/** A feed that knows no times: its pages are numbered from the newest row on, and rows are only added. */
export class NumberedFeed {
  requests = 0
  readonly #clock: WorldClock
  readonly #options: NumberedFeedOptions
  /** Ids and times, the newest first. */
  readonly #rows: { readonly id: string; readonly at: number }[] = []

  constructor(clock: WorldClock, options: NumberedFeedOptions) {
    this.#clock = clock
    this.#options = options
  }

  static readonly facts = {
    order: 'newest-first',
    requestsPerHour: 1_200,
    limitPeriodSeconds: 60,
    lagSeconds: 300,
    lookBackSeconds: 1_800,
    hasTimeFilter: false,
    cursorsLast: true,
  } as const satisfies Partial<PollStream>

  /** Adds a row of now, on top. */
  add(): void {
    this.#rows.unshift({ id: `row-${this.#rows.length}`, at: Math.floor(this.#clock.time / second) * second })
  }

  /** Adds older rows, the given time apart, at the end. */
  addOlder(count: number, apartMs: number): void {
    for (let n = 0; n < count; n++) {
      const at = Math.floor((this.#clock.time - n * apartMs) / second) * second
      this.#rows.push({ id: `row-${this.#rows.length}`, at })
    }
  }

  /** Ids of the rows of [from, to), sorted. */
  idsBetween(from: number, to: number): string[] {
    return this.#rows
      .filter(({ at }) => at >= from && at < to)
      .map(({ id }) => id)
      .sort()
  }

  async fetchPage({ from, to, cursor = '1' }: PageRequest): Promise<Page> {
    this.requests++
    const { pageSize, fetchMs, isFiltered } = this.#options
    this.#clock.time += fetchMs
    const number = Number(cursor)
    const end = number * pageSize
    const rows = this.#rows.slice(end - pageSize, end)
    const hasMore = end < this.#rows.length && (rows.at(-1)?.at ?? 0) >= from
    const events = isFiltered ? rows.filter(({ at }) => at >= from && at < to) : rows
    return { events, failures: [], ...(hasMore && { next: String(number + 1) }) }
  }
}
