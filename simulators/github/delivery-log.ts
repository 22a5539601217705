import type { PostResult } from '../shared/http-post.ts'
import { type Hook, postDelivery, type SignedDelivery, signDelivery } from './webhooks.ts'

/** How long deliveries are listed and sent again. */
const keptMs = 72 * 3_600_000

/** How much of a body the detail of its delivery shows. */
export type Shown = 'whole' | 'null' | 'cut'

/** An entry of GitHub's list of deliveries. */
export interface LoggedDelivery {
  /** Beyond 2^53. */
  readonly id: bigint
  readonly guid: string
  readonly event: string
  readonly payload: Readonly<Record<string, unknown>>
  /** In milliseconds since 1970. */
  readonly at: number
  readonly redelivery: boolean
  readonly status: string
  readonly statusCode: number
  readonly durationMs: number
  /** Our receiver's answer; absent when there was none. */
  readonly answer?: string | undefined
  /** How much of the body the detail shows. */
  readonly shown: Shown
}

/** The receiver of the deliveries. */
export interface Receiver {
  readonly url: string
  readonly secret: string
}

export interface DeliveryLogOptions {
  readonly receiver: Receiver
  readonly hook: Hook
  readonly now: () => number
}

/** The deliveries of one webhook: sends them, keeps them for three days, and sends them again on request. */
export class DeliveryLog {
  /** While true nothing reaches the receiver. */
  isEndpointDown = false
  /** Where deliveries go. */
  receiver: Receiver
  readonly #options: DeliveryLogOptions
  readonly #underWay = new Set<Promise<unknown>>()
  #entries: LoggedDelivery[] = []
  #lastId = 90_071_992_547_409_920n

  constructor(options: DeliveryLogOptions) {
    this.#options = options
    this.receiver = options.receiver
  }

  /** The deliveries of the last three days, newest first. */
  listed(): LoggedDelivery[] {
    const oldest = this.#options.now() - keptMs
    this.#entries = this.#entries.filter(({ at }) => at > oldest)
    return this.#entries.toReversed()
  }

  find(id: string): LoggedDelivery | undefined {
    return this.listed().find((entry) => String(entry.id) === id)
  }

  /** Delivers an event for the first time. */
  async deliver(
    event: string,
    payload: Readonly<Record<string, unknown>>,
    { shown = 'whole', signal }: { readonly shown?: Shown; readonly signal?: AbortSignal | undefined } = {},
  ): Promise<LoggedDelivery> {
    const { hook } = this.#options
    const signed = signDelivery({ event, payload, secret: this.receiver.secret, hook })
    return await this.#send(signed, { payload, shown, redelivery: false }, signal)
  }

  /** Delivers an event once more, with its old GUID. */
  async redeliver({ event, guid, payload, shown }: LoggedDelivery): Promise<LoggedDelivery> {
    const { hook } = this.#options
    const signed = signDelivery({ event, payload, secret: this.receiver.secret, hook, guid })
    const sending = this.#send(signed, { payload, shown, redelivery: true })
    this.#underWay.add(sending)
    try {
      return await sending
    } finally {
      this.#underWay.delete(sending)
    }
  }

  /** Resolves when no redelivery is under way. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay)
  }

  async #send(
    signed: SignedDelivery,
    about: Pick<LoggedDelivery, 'payload' | 'shown' | 'redelivery'>,
    signal?: AbortSignal,
  ): Promise<LoggedDelivery> {
    const at = this.#options.now()
    const result = this.isEndpointDown
      ? { ok: false, error: 'connection refused', durationMs: 0 }
      : await postDelivery(this.receiver.url, signed, signal)
    const entry = {
      id: ++this.#lastId,
      guid: signed.guid,
      event: signed.event,
      ...about,
      at,
      ...outcomeOf(result),
      durationMs: result.durationMs,
      answer: 'body' in result ? result.body : undefined,
    }
    this.#entries.push(entry)
    return entry
  }
}

/** The words and codes of GitHub's list; a receiver that does not answer has a code that is no status of HTTP. */
function outcomeOf({ ok, status }: Pick<PostResult, 'ok' | 'status'>): Pick<LoggedDelivery, 'status' | 'statusCode'> {
  if (status === undefined) return { status: 'failed to connect to host', statusCode: 0 }
  return { status: ok ? 'OK' : `Invalid HTTP Response: ${status}`, statusCode: status }
}
