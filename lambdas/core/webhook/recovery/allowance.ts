import type { Budget } from '../../poll/budget.ts'
import type { RateLimits } from '../../poll/stream.ts'
import { type Backoff, mustWait, pauseAfter } from '../../poll/waiting.ts'

/** Reserved at the end of a run for its row and the last checkpoint, in milliseconds. */
const finishMs = 10_000

/** The requests that one run may still make: budget, time, and the provider's own limit. */
export class Allowance {
  readonly #budget: Budget
  readonly #now: () => number
  #requests: number
  #slowestMs = 0
  #pause: Backoff | undefined

  /** @param budget filled up to the present */
  constructor(budget: Budget, now: () => number) {
    this.#budget = budget
    this.#requests = budget.requests
    this.#now = now
  }

  get budget(): Budget {
    return { ...this.#budget, requests: this.#requests }
  }

  get made(): number {
    return this.#budget.requests - this.#requests
  }

  /** Until when the provider wants no request. */
  get pause(): Backoff | undefined {
    return this.#pause
  }

  /** @param until when the request must have ended, in milliseconds since 1970 */
  mayAsk(until: number): boolean {
    const now = this.#now()
    return this.#requests >= 1 && now + finishMs + this.#slowestMs <= until && !mustWait(this.#pause, now)
  }

  async ask<T extends { readonly limits?: RateLimits }>(request: () => Promise<T>): Promise<T> {
    const begun = this.#now()
    this.#requests--
    try {
      const answer = await request()
      this.#pause = pauseAfter(answer.limits, this.#now())
      return answer
    } finally {
      this.#slowestMs = Math.max(this.#slowestMs, this.#now() - begun)
    }
  }
}
