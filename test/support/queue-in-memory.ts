import type { Inbox, ReceivedMessage } from '../../lambdas/core/ports.ts'

interface Held {
  readonly messageId: string
  readonly body: string
  readonly sentAt: number
  visibleAt: number
  receives: number
  /** That of the latest receive, which alone counts. */
  receipt: string
}

/** A queue on a clock of its own, for tests of what happens over hours. */
export class QueueInMemory {
  /** No message can be removed. */
  keepsAll = false
  /** How many messages a call finds at most. */
  fill: () => number = () => 10
  /** Parallel calls of each receive. */
  readonly calls: number[] = []
  readonly #now: () => number
  readonly #held = new Map<string, Held>()
  readonly #receives = new Map<string, number>()
  readonly #doubles = new Set<string>()
  #receivesLeft = Number.POSITIVE_INFINITY

  constructor(now: () => number) {
    this.#now = now
  }

  readonly inbox: Inbox = {
    receive: async (calls) => {
      if (this.#receivesLeft-- <= 0) throw new Error('no queue')
      this.calls.push(calls)
      return Array.from({ length: calls }, () => this.#receiveOnce()).flat()
    },
    remove: async (receipts) => {
      if (this.keepsAll) return receipts.length
      for (const held of this.#of(receipts)) this.#held.delete(held.messageId)
      return 0
    },
    defer: async (receipts, seconds) => {
      for (const held of this.#of(receipts)) held.visibleAt = this.#now() + seconds * 1_000
      return 0
    },
  }

  /** Messages that were not removed. */
  get size(): number {
    return this.#held.size
  }

  /** Those of them that cannot be received now. */
  get hidden(): number {
    return this.size - this.#ready.length
  }

  send(bodies: readonly string[]): void {
    for (const body of bodies) {
      const messageId = `id of ${body}`
      const now = this.#now()
      this.#held.set(messageId, { messageId, body, sentAt: now, visibleAt: now, receives: 0, receipt: '' })
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

  get #ready(): Held[] {
    return [...this.#held.values()].filter(({ visibleAt }) => visibleAt <= this.#now())
  }

  #of(receipts: readonly string[]): Held[] {
    return [...this.#held.values()].filter(({ receipt }) => receipts.includes(receipt))
  }

  /** A long poll finds one at least, if there is any. */
  #receiveOnce(): ReceivedMessage[] {
    const most = Math.max(1, this.fill())
    return this.#ready.slice(0, most).flatMap((held) => {
      const first = this.#receive(held)
      return this.#doubles.delete(held.body) ? [first, this.#receive(held)] : [first]
    })
  }

  #receive(held: Held): ReceivedMessage {
    held.receives++
    held.receipt = `${held.messageId}, ${held.receives}`
    held.visibleAt = this.#now() + 180_000
    this.#receives.set(held.body, held.receives)
    const { messageId, body, sentAt, receives: receiveCount, receipt } = held
    return { messageId, body, sentAt, receiveCount, receipt }
  }
}
