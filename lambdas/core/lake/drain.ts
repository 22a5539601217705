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

/**
 * What a batch holds at most, so that it fits into memory and is written in time; the last receive may exceed it.
 * `bytes` are those of the messages, `rowBytes` those of their rows before compression.
 */
const largestBatch = { messages: 1_000, bytes: 6_000_000, rowBytes: 100_000_000 } as const

/** Time to gather a batch while messages come singly, in milliseconds; from there on the next run does it. */
const gatherMs = 2_000

/** Parallel receives while there is a backlog of short messages. */
const mostCalls = 4

/** Bytes of rows in one receive from which on the next makes a single call. */
const heavyBytes = 10_000_000

/**
 * Writes everything that waits in queues into the lake, in as few batches as possible. What failed for the first time
 * is tried again 20 seconds later, if there is time; the rest waits for a later run.
 * @throws when a queue cannot be read, after the others were emptied
 */
export async function drain(options: DrainOptions): Promise<void> {
  while (options.hasTime()) {
    const errors: unknown[] = []
    let isNew = false
    for (const queue of options.queues) {
      if (!options.hasTime()) break
      try {
        isNew = (await empty(queue, options)) || isNew
      } catch (error) {
        errors.push(error)
      }
    }
    if (errors.length > 0) throw errors[0]
    if (!isNew) return
    await options.sleep(retrySeconds[0] * 1_000)
  }
}

/** @returns whether a message failed for the first time */
async function empty({ inbox, name }: DrainedQueue, options: DrainOptions): Promise<boolean> {
  let batch = new Batch(name)
  let calls = 1
  let isNew = false
  const finish = async () => {
    isNew = (await writeBatch(inbox, batch, options)) || isNew
    batch = new Batch(name)
  }
  for (;;) {
    const messages = await inbox.receive(calls).catch(async (error: unknown) => {
      await finish()
      throw error
    })
    const rowBytes = batch.add(messages)
    const comeSingly = messages.length <= calls
    if (messages.length === 0 || !options.hasTime() || (comeSingly && batch.age > gatherMs)) break
    if (batch.isFull) await finish()
    calls = rowBytes > heavyBytes ? 1 : nextCalls(calls, messages.length)
  }
  await finish()
  return isNew
}

/**
 * Twice as many parallel calls after those that were nearly full, half as many after others: an empty one costs as
 * much.
 */
const nextCalls = (calls: number, messages: number): number =>
  messages > 7 * calls ? Math.min(2 * calls, mostCalls) : Math.max(1, Math.floor(calls / 2))

/** Messages to be written together. */
class Batch {
  readonly #queue: string
  readonly #messages = new Map<string, TakenMessage>()
  readonly #begun = performance.now()
  #bytes = 0
  #rowBytes = 0

  constructor(queue: string) {
    this.#queue = queue
  }

  /** Milliseconds since it was begun. */
  get age(): number {
    return performance.now() - this.#begun
  }

  get isFull(): boolean {
    const { messages, bytes, rowBytes } = largestBatch
    return this.#messages.size >= messages || this.#bytes >= bytes || this.#rowBytes >= rowBytes
  }

  get messages(): readonly TakenMessage[] {
    return [...this.#messages.values()]
  }

  /**
   * A message that comes twice counts once, with the later receipt: SQS may deliver one again.
   * @returns the bytes of their rows
   */
  add(messages: readonly ReceivedMessage[]): number {
    let added = 0
    for (const message of messages) {
      this.#bytes += message.body.length
      added += rowBytesOf(message.body)
      this.#messages.set(message.messageId, { ...message, queue: this.#queue })
    }
    this.#rowBytes += added
    return added
  }
}

/** What a message states near its beginning, where publishers put it; it is believed for the size of a batch alone. */
function rowBytesOf(body: string): number {
  const [, stated] = /"bytes":(\d{1,12})\b/.exec(body.slice(0, 1_000)) ?? []
  return Math.max(body.length, Number(stated ?? 0))
}

/** @returns whether a message failed for the first time */
async function writeBatch(inbox: Inbox, { messages }: Batch, options: DrainOptions): Promise<boolean> {
  if (messages.length === 0) return false
  const outcome = await options.write(messages)
  const failed = messages.filter(({ messageId }) => outcome.failed.has(messageId))
  const done = messages.filter(({ messageId }) => !outcome.failed.has(messageId))
  const [notRemoved] = await Promise.all([inbox.remove(done.map(({ receipt }) => receipt)), deferFailed(inbox, failed)])
  options.onBatch({ ...outcome, notRemoved })
  return failed.some(({ receiveCount }) => receiveCount === 1)
}
