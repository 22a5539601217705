import type { SimulatedAnswer } from '../shared/simulator-faults.ts'

const minute = 60_000

/** Slack's limit of a method, counted minute by minute. https://docs.slack.dev/apis/web-api/rate-limits */
export class RateLimit {
  readonly #most: number
  #begun = Number.NEGATIVE_INFINITY
  #asked = 0
  #refused = 0

  /** @param most requests in a minute */
  constructor(most: number) {
    this.#most = most
  }

  /** Counts a request. @returns the refusal of one too many; the documents spell its code in two ways */
  count(now: number): SimulatedAnswer | undefined {
    if (now >= this.#begun + minute || now < this.#begun) {
      this.#begun = now
      this.#asked = 0
    }
    if (++this.#asked <= this.#most) return undefined
    const error = this.#refused++ % 2 === 0 ? 'ratelimited' : 'rate_limited'
    const seconds = Math.max(1, Math.ceil((this.#begun + minute - now) / 1000))
    return { status: 429, headers: { 'retry-after': String(seconds) }, body: { ok: false, error } }
  }
}
