import { hash } from 'node:crypto'
import type { Row } from '../../normalize/event.ts'
import type { Known } from '../take-page.ts'

/** Characters of a remembered id: 78 bits, so that among a billion events a collision is very unlikely. */
const idLength = 13

const minuteMs = 60_000

/**
 * Most ids that are remembered. Events whose ids were dropped may be published again, with equal row ids; none is lost.
 */
export const maxSeen = 100_000

/** A span of time, both ends included, in milliseconds since 1970. */
export type Span = readonly [from: number, to: number]

/**
 * Ids of published events, with the minute in which each happened, so that they can be forgotten once that part of the
 * feed is no longer reread.
 */
export class Seen {
  readonly #minutes = new Map<string, number>()

  get size(): number {
    return this.#minutes.size
  }

  has(id: string): boolean {
    return this.#minutes.has(id)
  }

  add(id: string, time: number): void {
    this.#minutes.set(id, Math.floor(time / minuteMs))
  }

  /**
   * Forgets the ids outside all spans, and the oldest ones beyond `limit`.
   * @returns the time from which all are remembered, if there were too many
   */
  keepOnly(spans: readonly Span[], limit = maxSeen): number | undefined {
    for (const [id, minute] of this.#minutes) {
      const start = minute * minuteMs
      if (!spans.some(([from, to]) => start <= to && start + minuteMs > from)) this.#minutes.delete(id)
    }
    if (this.#minutes.size <= limit) return undefined
    const tooMany = [...this.#minutes].sort(([, a], [, b]) => a - b).slice(0, this.#minutes.size - limit)
    for (const [id] of tooMany) this.#minutes.delete(id)
    return ((tooMany.at(-1)?.[1] ?? 0) + 1) * minuteMs
  }

  /** Minute -> its ids, concatenated. */
  toJSON(): Record<string, string> {
    const lists = Map.groupBy(this.#minutes.keys(), (id) => this.#minutes.get(id) ?? 0)
    return Object.fromEntries([...lists].map(([minute, ids]) => [minute, ids.join('')]))
  }

  /** Reads the output of {@link toJSON}; `undefined` when it is invalid. */
  static fromJSON(value: object): Seen | undefined {
    const seen = new Seen()
    for (const [minute, ids] of Object.entries(value)) {
      if (!/^-?\d+$/.test(minute) || typeof ids !== 'string' || ids.length % idLength !== 0) return undefined
      for (let at = 0; at < ids.length; at += idLength) seen.#minutes.set(ids.slice(at, at + idLength), Number(minute))
    }
    return seen
  }
}

/** The remembered form of an event's key. */
export const seenId = (key: string | Uint8Array): string => hash('sha256', key, 'base64url').slice(0, idLength)

/**
 * The remembered rows.
 * @param near the time to assume for events without one, in milliseconds since 1970
 */
export const knownBy = (seen: Seen, near: number): Known => ({
  has: (row) => seen.has(idOf(row)),
  add: (row, time = near) => seen.add(idOf(row), time),
})

const idOf = (row: Row): string => seenId(String(row.p_row_id))
