import { randomUUID } from 'node:crypto'

/** Lambda's description of a failure. */
export interface FunctionError {
  readonly errorType: string
  readonly errorMessage: string
  readonly trace?: readonly string[]
}

export type Outcome =
  /** `payload` is the JSON text that the handler returned. */
  { readonly ok: true; readonly payload: string } | { readonly ok: false; readonly error: FunctionError }

/** Lambda's limits on the event and the answer of a synchronous invocation, in bytes of JSON. */
const maxEventBytes = 6_291_456
const maxAnswerBytes = 6_291_556

/** Lambda's own errors, by type. */
export const lambdaErrors = {
  eventTooLarge: 'RequestTooLargeException',
  answerTooLarge: 'Function.ResponseSizeTooLarge',
  eventTooOld: 'EventAgeExceeded',
  stopped: 'Stopped',
  throttled: 'TooManyRequestsException',
} as const

/** One event on its way through a function. */
export class Invocation {
  readonly id = randomUUID()
  /** JSON text. */
  readonly event: string
  readonly outcome: Promise<Outcome>
  settled = false
  readonly #settle: (outcome: Outcome) => void

  constructor(event: unknown) {
    const { promise, resolve } = Promise.withResolvers<Outcome>()
    this.event = JSON.stringify(event)
    this.outcome = promise
    this.#settle = (outcome) => {
      this.settled = true
      resolve(outcome)
    }
    const bytes = Buffer.byteLength(this.event)
    if (bytes > maxEventBytes) {
      const errorMessage = `${bytes} byte payload is too large for the RequestResponse invocation type (limit ${maxEventBytes} bytes)`
      this.fail({ errorType: lambdaErrors.eventTooLarge, errorMessage })
    }
  }

  succeed(payload: string): void {
    const errorMessage = `Response payload size exceeded maximum allowed payload size (${maxAnswerBytes} bytes).`
    if (Buffer.byteLength(payload) > maxAnswerBytes) this.fail({ errorType: lambdaErrors.answerTooLarge, errorMessage })
    else this.#settle({ ok: true, payload })
  }

  fail(error: FunctionError): void {
    this.#settle({ ok: false, error })
  }
}
