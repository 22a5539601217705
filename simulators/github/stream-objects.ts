import { gzipSync } from 'node:zlib'
import type { StoredObject } from '../shared/google-storage.ts'
import { randomText, randomUuid, seededRandom } from '../shared/seeded-random.ts'
import type { FeedRow, SimulatedFeed } from '../shared/simulated-feed.ts'

export interface StreamObjectsOptions {
  readonly feed: SimulatedFeed
  readonly seed: number
  /** How often an object is written, in milliseconds. @default 10,000 */
  readonly everyMs?: number
  /** Share of the objects that are written again under another name. @default 0.05 */
  readonly duplicateShare?: number
  /** Share of the objects that hold a record of another kind, too. @default 0.05 */
  readonly foreignShare?: number
  /** Which time the names show: that of writing, or that of the first event. @default 'writing' */
  readonly namesShow?: 'writing' | 'event'
}

const dayMs = 86_400_000

/**
 * The objects that the audit-log stream writes, by time: gzip-compressed lines under the minute, with a random name
 * within it, so that a later object can come before an earlier one; and objects that test the writing, under a new name
 * at the start and each day.
 */
export class StreamObjects {
  readonly #options: StreamObjectsOptions
  readonly #random: () => number
  readonly #objects: StoredObject[] = []
  readonly #written = new Set<FeedRow>()
  #writtenUntil: number | undefined
  #checkedUntil: number | undefined
  #generation = 1_790_000_000_000_000n

  constructor(options: StreamObjectsOptions) {
    this.#options = options
    this.#random = seededRandom(options.seed ^ 0x57ea)
  }

  /** The objects that are there at a time. */
  at(now: number): readonly StoredObject[] {
    this.#check(now)
    const { feed, everyMs = 10_000 } = this.#options
    const until = Math.floor(now / everyMs) * everyMs
    if (this.#writtenUntil === undefined || until > this.#writtenUntil) {
      this.#writtenUntil = until
      const due = feed.shown(until).filter((row) => !this.#written.has(row))
      const byTime = Map.groupBy(due, ({ shownAt }) => Math.ceil(shownAt / everyMs) * everyMs)
      for (const [time, rows] of [...byTime].sort(([one], [other]) => one - other)) this.#write(rows, time)
    }
    return this.#objects
  }

  /** Adds an object, or replaces its content. */
  put(name: string, bytes: Uint8Array, writtenAt: number, encoding?: 'gzip'): void {
    const at = this.#objects.findIndex((one) => one.name === name)
    if (at >= 0) this.#objects.splice(at, 1)
    const generation = String(this.#generation++)
    this.#objects.push({ name, generation, bytes, writtenAt, ...(encoding && { encoding }) })
  }

  remove(name: string): void {
    const at = this.#objects.findIndex((one) => one.name === name)
    if (at >= 0) this.#objects.splice(at, 1)
  }

  #write(rows: readonly FeedRow[], time: number): void {
    const { duplicateShare = 0.05, foreignShare = 0.05, namesShow = 'writing' } = this.#options
    for (const row of rows) this.#written.add(row)
    const lines = rows.map(({ event }) => JSON.stringify(event))
    if (this.#random() < foreignShare) lines.push(JSON.stringify(this.#usageRecord(time)))
    // Whether the last line ends in a line feed is not documented.
    const bytes = gzipSync(lines.join('\n') + (this.#random() < 0.5 ? '\n' : ''))
    const minute = namesShow === 'writing' ? time : (rows[0]?.time ?? time)
    const copies = this.#random() < duplicateShare ? 2 : 1
    for (let copy = 0; copy < copies; copy++) {
      const name = `${minutePrefix(minute)}${randomUuid(this.#random)}.json.log.gz`
      // Marked ones are unpacked on the way to a client that does not take gzip.
      this.put(name, bytes, time, this.#random() < 0.3 ? 'gzip' : undefined)
    }
  }

  /** A record of the use of Copilot, which the same stream carries. */
  #usageRecord(time: number) {
    return {
      type: 'request',
      user_id: 5001,
      enterprise_id: 12,
      endpoint: '/chat/completions',
      body: '{"messages":[]}',
      '@timestamp': time,
      event_id: randomUuid(this.#random),
      github_request_id: randomText(16, '0123456789ABCDEF', this.#random),
    }
  }

  /** Half of the objects that test the writing are empty. */
  #check(now: number): void {
    const days = this.#checkedUntil === undefined ? 1 : Math.floor((now - this.#checkedUntil) / dayMs)
    for (let day = 0; day < days; day++) {
      this.#checkedUntil = this.#checkedUntil === undefined ? now : this.#checkedUntil + dayMs
      const text = this.#random() < 0.5 ? '' : 'check'
      this.put(`_check-${randomUuid(this.#random)}`, Buffer.from(text), this.#checkedUntil)
    }
  }
}

/** `YYYY/MM/DD/HH/mm/` */
export const minutePrefix = (time: number): string =>
  new Date(time).toISOString().slice(0, 16).replace(/[-T:]/g, '/').concat('/')
