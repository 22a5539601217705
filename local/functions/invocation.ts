import { randomUUID } from 'node:crypto'

/** How Lambda describes a failure to whoever invoked the function. */
export interface FunctionError {
  readonly errorType: string
  readonly errorMessage: string
  readonly trace?: readonly string[]
}

export type Outcome =
  /** `payload` is the JSON text that the handler returned. */
  { readonly ok: true; readonly payload: string } | { readonly ok: false; readonly error: FunctionError }

/** One event on its way through a function. */
export class Invocation {
  readonly id = randomUUID()
  /** JSON text. */
  readonly event: string
  readonly outcome: Promise<Outcome>
  readonly #settle: (outcome: Outcome) => void

  constructor(event: unknown) {
    const { promise, resolve } = Promise.withResolvers<Outcome>()
    this.event = JSON.stringify(event)
    this.outcome = promise
    this.#settle = resolve
  }

  succeed(payload: string): void {
    this.#settle({ ok: true, payload })
  }

  fail(error: FunctionError): void {
    this.#settle({ ok: false, error })
  }
}
