import type { Budget } from './budget.ts'
import type { RateLimits } from './stream.ts'
import { type Backoff, backOff, isPutOff, mustWait, pauseAfter } from './waiting.ts'

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

  /** What is left of the budget. */
  get budget(): Budget {
    return { ...this.#budget, requests: this.#requests }
  }

  /** Requests made so far. */
  get made(): number {
    return this.#budget.requests - this.#requests
  }

  /** Until when the provider wants no request; `undefined` when it may be asked. */
  get pause(): Backoff | undefined {
    return this.#pause
  }

  /**
   * @param until when the request must have ended, in milliseconds since 1970
   * @param requests how many must be left
   */
  mayAsk(until: number, requests = 1): boolean {
    const now = this.#now()
    return this.#requests >= requests && now + finishMs + this.#slowestMs <= until && !mustWait(this.#pause, now)
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

  /** Waits as long as the provider asks for with an error, if it does. */
  putOff(error: unknown): void {
    if (isPutOff(error)) this.#pause = { notBefore: backOff(error, undefined, this.#now()).notBefore, step: 0 }
  }
}
