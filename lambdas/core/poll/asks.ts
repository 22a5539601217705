import type { Budget } from './budget.ts'
import type { Asker } from './pages.ts'
import type { Page, PageRequest, PollStream } from './stream.ts'
import { type Backoff, backOff, isPutOff, mustWait, pauseAfter } from './waiting.ts'

/** Reserved at the end of a run for the last checkpoint. */
const finishMs = 10_000

/**
 * The requests that one run may still make: everything that limits them in one place. Live windows, sweeps and jobs ask
 * through it.
 */
export class Asks {
  readonly #stream: Pick<PollStream, 'fetchPage'>
  readonly #now: () => number
  readonly #begun: Budget
  #requests: number
  #rereads: number
  #spare: number
  #slowestMs = 0
  #credentialExpiresAt: number | undefined
  #pausedUntil: number | undefined

  /** @param budget filled up to the present */
  constructor(stream: Pick<PollStream, 'fetchPage'>, budget: Budget, now: () => number) {
    this.#stream = stream
    this.#now = now
    this.#begun = budget
    this.#requests = budget.requests
    this.#rereads = budget.rereads
    this.#spare = budget.spare
  }

  /** What is left of the budget. */
  get budget(): Budget {
    return { at: this.#begun.at, requests: this.#requests, rereads: this.#rereads, spare: this.#spare }
  }

  /** Requests made so far. */
  get made(): number {
    return this.#begun.requests - this.#requests
  }

  /** Until when the provider wants no request; `undefined` when it may be asked. */
  get pause(): Backoff | undefined {
    return this.#pausedUntil === undefined ? undefined : { notBefore: this.#pausedUntil, step: 0 }
  }

  /** When the credential expires, as the last page says. */
  get credentialExpiresAt(): number | undefined {
    return this.#credentialExpiresAt
  }

  /** Notes that a request read known events again. */
  spendReread(): void {
    this.#rereads--
  }

  get hasRereads(): boolean {
    return this.#rereads > 0
  }

  /** The part for new events. It leaves one request to sweeps and jobs, or a small budget would never have any left. */
  live(deadline: number): Asker {
    return {
      fetchPage: (request) => this.#fetch(request),
      mayGoOn: () => this.#mayGoOn(deadline, this.#spare >= 1 ? 2 : 1),
    }
  }

  /** The part for sweeps and jobs. */
  spare(deadline: number): Asker {
    return {
      fetchPage: async (request) => {
        this.#spare--
        try {
          return await this.#fetch(request)
        } catch (error) {
          // A failure in an old range says nothing about new events, but a rate limit concerns live runs too.
          if (isPutOff(error)) this.#pausedUntil = backOff(error, undefined, this.#now()).notBefore
          throw error
        }
      },
      mayGoOn: () => this.#spare >= 1 && this.#mayGoOn(deadline, 1),
    }
  }

  async #fetch(request: PageRequest): Promise<Page> {
    const begun = this.#now()
    this.#requests--
    try {
      const page = await this.#stream.fetchPage(request)
      this.#pausedUntil = pauseAfter(page.limits, this.#now())?.notBefore
      this.#credentialExpiresAt = page.credentialExpiresAt
      return page
    } finally {
      this.#slowestMs = Math.max(this.#slowestMs, this.#now() - begun)
    }
  }

  #mayGoOn(deadline: number, requests: number): boolean {
    const now = this.#now()
    return now + finishMs + this.#slowestMs <= deadline && this.#requests >= requests && !mustWait(this.pause, now)
  }
}
