import { Allowance } from './allowance.ts'
import type { Budget } from './budget.ts'
import type { Asker } from './pages.ts'
import type { Page, PageRequest, PollStream } from './stream.ts'

/**
 * The requests that one run may still make: everything that limits them in one place. Live windows, sweeps and jobs ask
 * through it.
 */
export class Asks extends Allowance {
  readonly #stream: Pick<PollStream, 'fetchPage'>
  #rereads: number
  #spare: number
  #credentialExpiresAt: number | undefined

  /** @param budget filled up to the present */
  constructor(stream: Pick<PollStream, 'fetchPage'>, budget: Budget, now: () => number) {
    super(budget, now)
    this.#stream = stream
    this.#rereads = budget.rereads
    this.#spare = budget.spare
  }

  override get budget(): Budget {
    return { ...super.budget, rereads: this.#rereads, spare: this.#spare }
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
      mayGoOn: () => this.mayAsk(deadline, this.#spare >= 1 ? 2 : 1),
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
          this.putOff(error)
          throw error
        }
      },
      mayGoOn: () => this.#spare >= 1 && this.mayAsk(deadline),
    }
  }

  async #fetch(request: PageRequest): Promise<Page> {
    const page = await this.ask(() => this.#stream.fetchPage(request))
    this.#credentialExpiresAt = page.credentialExpiresAt
    return page
  }
}
