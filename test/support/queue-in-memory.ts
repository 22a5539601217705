import type { Inbox, ReceivedMessage } from '../../lambdas/core/ports.ts'

interface Held {
  readonly messageId: string
  readonly body: string
  readonly sentAt: number
  visibleAt: number
  receives: number
}

/** A queue on a clock of its own, for tests of what happens over hours. */
export class QueueInMemory {
  /** No message can be removed. */
  keepsAll = false
  readonly #now: () => number
  readonly #held = new Map<string, Held>()
  readonly #receives = new Map<string, number>()
  #doubles = new Set<string>()
  #receivesLeft = Number.POSITIVE_INFINITY

  constructor(now: () => number) {
    this.#now = now
  }

  readonly inbox: Inbox = {
    receive: async (calls) => {
      if (this.#receivesLeft-- <= 0) throw new Error('no queue')
      const ready = [...this.#held.values()].filter(({ visibleAt }) => visibleAt <= this.#now())
      const messages = ready.slice(0, 10 * calls).flatMap((held) => this.#receive(held))
      return { messages, full: messages.length >= 10 * calls }
    },
    remove: async (receipts) => {
      if (this.keepsAll) return receipts.length
      for (const receipt of receipts) this.#held.delete(receipt)
      return 0
    },
    defer: async (receipts, seconds) => {
      for (const receipt of receipts) {
        const held = this.#held.get(receipt)
        if (held) held.visibleAt = this.#now() + seconds * 1_000
      }
      return 0
    },
  }

  /** Messages that were not removed. */
  get size(): number {
    return this.#held.size
  }

  /** Those of them that cannot be received now. */
  get hidden(): number {
    return [...this.#held.values()].filter(({ visibleAt }) => visibleAt > this.#now()).length
  }

  send(bodies: readonly string[]): void {
    for (const body of bodies) {
      const messageId = `id of ${body}`
      this.#held.set(messageId, { messageId, body, sentAt: this.#now(), visibleAt: this.#now(), receives: 0 })
    }
  }

  /** As SQS may. */
  deliverTwice(body: string): void {
    this.#doubles.add(body)
  }

  /** Lets calls fail after some. */
  failAfter(receives: number): void {
    this.#receivesLeft = receives
  }

  /** How often a message was received. */
  receives(body: string): number {
    return this.#receives.get(body) ?? 0
  }

  #receive(held: Held): ReceivedMessage[] {
    held.receives++
    held.visibleAt = this.#now() + 180_000
    this.#receives.set(held.body, held.receives)
    const { messageId, body, sentAt, receives: receiveCount } = held
    const message = { messageId, body, sentAt, receiveCount, receipt: messageId }
    return this.#doubles.delete(body) ? [message, message] : [message]
  }
}
