import type { StoredObject } from '../shared/google-storage.ts'
import { seededRandom } from '../shared/seeded-random.ts'
import { type AuditStream, dailyCheck, setUpCheck, steadyFlow } from './audit-stream.ts'
import { joined, type Outcome, type Written } from './audit-stream-objects.ts'

export interface GcsObjectsOptions {
  readonly seed: number
  /** Since when the stream is on, in milliseconds since 1970; absent while it is off. */
  readonly flowsFrom?: number
}

const minuteMs = 60_000
const dayMs = 86_400_000

/** Share of the objects that are marked as gzip, and unpacked on the way to a client that does not take gzip. */
const markedShare = 0.3

/**
 * The objects of a bucket of Google Cloud Storage: those that a stream writes while it is on, and those that a test
 * puts.
 */
export class GcsObjects {
  readonly #stream: AuditStream
  readonly #random: () => number
  readonly #objects: StoredObject[] = []
  readonly #written: Written[] = []
  readonly #flowsFrom: number | undefined
  #minute: number | undefined
  #day = 0
  #generation = 1_790_000_000_000_000n

  constructor(stream: AuditStream, { seed, flowsFrom }: GcsObjectsOptions) {
    this.#stream = stream
    this.#random = seededRandom(seed ^ 0x57ea)
    this.#flowsFrom = flowsFrom
  }

  /** The objects that are there at a time, in milliseconds since 1970. */
  at(now: number): readonly StoredObject[] {
    const from = this.#flowsFrom
    if (from === undefined) return this.#objects
    if (this.#minute === undefined) this.add(setUpCheck(), from)
    const last = Math.floor(now / minuteMs)
    for (let minute = (this.#minute ?? Math.floor(from / minuteMs)) + 1; minute <= last; minute++) {
      this.add(steadyFlow(this.#stream, { now: minute * minuteMs, minutes: 1 }), minute * minuteMs)
      this.#minute = minute
    }
    for (; from + this.#day * dayMs <= now; this.#day++) {
      const time = from + this.#day * dayMs
      this.add(dailyCheck(this.#stream, { now: time }), time)
    }
    return this.#objects
  }

  /** What a right reader makes of everything that was written by a time. */
  expected(now: number): Outcome {
    this.at(now)
    return joined(this.#written).expected
  }

  /** Adds what is written at a time. */
  add(written: Written, writtenAt: number): void {
    this.#written.push(written)
    for (const { name, body } of written.objects) {
      this.put(name, body, writtenAt, this.#random() < markedShare && body[0] === 0x1f ? 'gzip' : undefined)
    }
  }

  /** Adds an object, or replaces its content. */
  put(name: string, bytes: Uint8Array, writtenAt: number, encoding?: 'gzip'): void {
    const at = this.#objects.findIndex((one) => one.name === name)
    if (at >= 0) this.#objects.splice(at, 1)
    const generation = String(this.#generation++)
    this.#objects.push({ name, generation, bytes, writtenAt, ...(encoding && { encoding }) })
  }
}
