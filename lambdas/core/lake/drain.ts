import type { Inbox, ReceivedMessage } from '../ports.ts'
import { deferFailed, retrySeconds, type TakenMessage } from './retries.ts'
import type { WriteOutcome } from './writer.ts'

export interface DrainedQueue {
  readonly inbox: Inbox
  /** Its name in dead letters. */
  readonly name: string
}

/** What became of a batch. */
export interface Drained extends WriteOutcome {
  /** Written or archived messages that the queue may deliver again. */
  readonly notRemoved: number
}

export interface DrainOptions {
  /** The most urgent first. */
  readonly queues: readonly DrainedQueue[]
  /** Writes a batch of messages. */
  write(messages: readonly TakenMessage[]): Promise<WriteOutcome>
  /** Called after each batch, whatever becomes of the rest. */
  onBatch(outcome: Drained): void
  /** Whether there is time for another batch. */
  hasTime(): boolean
  sleep(milliseconds: number): Promise<unknown>
}

/** What a batch holds at most, so that its rows fit into memory; the last receive may exceed it. */
const largestBatch = { messages: 1_000, bytes: 6_000_000 } as const

/** Time to gather a batch while messages come singly, in milliseconds; from there on the next run does it. */
const gatherMs = 2_000

/** Parallel receives while there is a backlog. */
const mostCalls = 4

/**
 * Writes everything that waits in queues into the lake, in as few batches as possible. What failed is tried once more
 * 20 seconds later, if there is time; after that it waits for a later run.
 * @throws when a queue cannot be read, after the others were emptied
 */
export async function drain(options: DrainOptions): Promise<void> {
  while (options.hasTime()) {
    const outcomes = await drainOnce(options)
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
    if (outcomes.every((outcome) => outcome.status === 'fulfilled' && outcome.value === 0)) return
    await options.sleep(retrySeconds[0] * 1_000)
  }
}

/** @returns for each queue the number of messages that failed */
async function drainOnce(options: DrainOptions): Promise<PromiseSettledResult<number>[]> {
  // All at once, because each waits a second when there is nothing.
  const received = await Promise.allSettled(options.queues.map(({ inbox }) => inbox.receive(1)))
  const outcomes: PromiseSettledResult<number>[] = []
  for (const [index, queue] of options.queues.entries()) {
    const first = received[index]
    if (first?.status === 'fulfilled')
      outcomes.push(...(await Promise.allSettled([empty(queue, first.value, options)])))
    else if (first !== undefined) outcomes.push(first)
  }
  return outcomes
}

type Received = Awaited<ReturnType<Inbox['receive']>>

/** @returns the number of messages that failed */
async function empty({ inbox, name }: DrainedQueue, first: Received, options: DrainOptions): Promise<number> {
  let batch = new Batch()
  let failed = 0
  let received = first
  for (let calls = 1; received.messages.length > 0; ) {
    batch.add(received.messages, name)
    const isLast = !options.hasTime() || (!received.full && batch.age > gatherMs)
    if (isLast) break
    if (batch.isFull) {
      failed += await writeBatch(inbox, batch, options)
      batch = new Batch()
    }
    calls = received.full ? Math.min(2 * calls, mostCalls) : 1
    try {
      received = await inbox.receive(calls)
    } catch (error) {
      await writeBatch(inbox, batch, options)
      throw error
    }
  }
  return failed + (await writeBatch(inbox, batch, options))
}

/** Messages to be written together. */
class Batch {
  readonly #messages = new Map<string, TakenMessage>()
  readonly #begun = performance.now()
  #bytes = 0

  /** Milliseconds since it was begun. */
  get age(): number {
    return performance.now() - this.#begun
  }

  get isFull(): boolean {
    return this.#messages.size >= largestBatch.messages || this.#bytes >= largestBatch.bytes
  }

  /** A message that comes twice counts once, with the later receipt: SQS may deliver one again. */
  add(messages: readonly ReceivedMessage[], queue: string): void {
    for (const message of messages) {
      if (!this.#messages.has(message.messageId)) this.#bytes += message.body.length
      this.#messages.set(message.messageId, { ...message, queue })
    }
  }

  take(): TakenMessage[] {
    return [...this.#messages.values()]
  }
}

/** @returns the number of messages that failed */
async function writeBatch(inbox: Inbox, batch: Batch, options: DrainOptions): Promise<number> {
  const messages = batch.take()
  if (messages.length === 0) return 0
  const outcome = await options.write(messages)
  const failed = messages.filter(({ messageId }) => outcome.failed.has(messageId))
  const done = messages.filter(({ messageId }) => !outcome.failed.has(messageId))
  const [notRemoved] = await Promise.all([inbox.remove(done.map(({ receipt }) => receipt)), deferFailed(inbox, failed)])
  options.onBatch({ ...outcome, notRemoved })
  return failed.length
}
