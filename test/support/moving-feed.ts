import type { Page, PageRequest, PollStream } from '../../lambdas/core/poll/stream.ts'
import type { WorldClock } from './provider-model.ts'

const second = 1_000

/**
 * A feed of who uses what: one row for each user, which moves to the top when used again. A row is an event of its own
 * on each UTC day. Its connector goes on from the time of the last row, because rows that move shift all pages.
 */
export class MovingFeed {
  /** Ids of all rows, one for each day on which it was used. */
  readonly shown = new Set<string>()
  requests = 0
  readonly #clock: WorldClock
  readonly #pageSize: number
  readonly #fetchMs: number
  /** The users, the latest last, with their last use. */
  readonly #rows = new Map<string, number>()

  constructor(clock: WorldClock, { pageSize, fetchMs }: { readonly pageSize: number; readonly fetchMs: number }) {
    this.#clock = clock
    this.#pageSize = pageSize
    this.#fetchMs = fetchMs
  }

  static readonly facts = {
    order: 'newest-first',
    requestsPerHour: 1_200,
    limitPeriodSeconds: 60,
    lagSeconds: 300,
    lookBackSeconds: 1_800,
    changesWithinDay: true,
  } as const satisfies Partial<PollStream>

  use(user: string): void {
    const time = Math.floor(this.#clock.time / second) * second
    this.#rows.delete(user)
    this.#rows.set(user, time)
    this.shown.add(idOf(user, time))
  }

  async fetchPage({ from, to }: PageRequest): Promise<Page> {
    this.requests++
    this.#clock.time += this.#fetchMs
    // The provider knows the end of a window only, and includes it.
    const all = [...this.#rows].reverse().filter(([, time]) => time <= to)
    const page = all.slice(0, this.#pageSize)
    const isFull = all.length > page.length && (page.at(-1)?.[1] ?? 0) >= from
    const inside = page.filter(([, time]) => time >= from)
    return { events: inside.map(([user, at]) => ({ id: idOf(user, at), at })), failures: [], ...(isFull && { isFull }) }
  }
}

const idOf = (user: string, time: number): string => `${user} ${new Date(time).toISOString().slice(0, 10)}`

/** The user of a row. */
export const userOf = (id: unknown): string => String(id).split(' ')[0] ?? ''
