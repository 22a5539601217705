import { setTimeout as delay } from 'node:timers/promises'
import type { SQSRecord } from 'aws-lambda'
import { isObject, type JsonObject } from '../../json.ts'
import type { FunctionPool } from './pool.ts'
import { sqsRecord, succeededRecords } from './sqs-record.ts'

/** Lambda's limit on an invocation's event, less some room for the JSON around the records. */
const maxEventBytes = 6 * 1024 * 1024 - 1024
const longestPollSeconds = 20
const messagesPerCall = 10
/** Concurrent invocations that Lambda starts with when the template sets no MaximumConcurrency. */
const defaultConcurrency = 5

export interface EventSourceOptions {
  readonly queueArn: string
  readonly queueUrl: string
  readonly region: string
  /** Calls SQS with the function's role. */
  readonly ask: (operation: string, input: JsonObject) => Promise<JsonObject>
  readonly target: FunctionPool
  /** @default true */
  readonly enabled?: boolean
  /** 1 to 10,000. */
  readonly batchSize: number
  /** Time that a batch waits for more messages. */
  readonly windowSeconds: number
  readonly maxConcurrency: number
  /** Whether the function's answer lists the failed messages. */
  readonly partialFailures: boolean
  /** Called when the queue becomes unreadable, and again only after it was readable. */
  readonly onFailure?: (message: string) => void
}

interface Sized {
  readonly record: SQSRecord
  readonly bytes: number
}

/**
 * The mapping of a queue to a function: collects batches and deletes the messages that the function processed, with the
 * function's own role, as Lambda does. Failed and throttled messages return when their visibility timeout ends, or go
 * to the dead-letter queue.
 *
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
export class EventSource {
  readonly #options: EventSourceOptions
  readonly #stopping = new AbortController()
  readonly #invocations = new Set<Promise<void>>()
  /** Received messages that did not fit into the previous batch. */
  #leftOver: Sized[] = []
  #loop: Promise<void> | undefined
  #failing = false

  constructor(options: EventSourceOptions) {
    this.#options = options
  }

  get queueArn(): string {
    return this.#options.queueArn
  }

  get target(): FunctionPool {
    return this.#options.target
  }

  start(): void {
    if (this.#options.enabled ?? true) this.#loop ??= this.#run()
  }

  /** Hands on the collected messages and waits for all invocations. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#loop
    await Promise.all(this.#invocations)
  }

  async #run(): Promise<void> {
    const { maxConcurrency } = this.#options
    await this.#checkVisibility().catch((error: unknown) => this.#complain(error))
    const limit = Math.min(maxConcurrency, defaultConcurrency)
    while (!this.#stopping.signal.aborted || this.#leftOver.length > 0) {
      const batch = await this.#collect()
      if (batch.length === 0) continue
      const invocation = this.#process(batch).finally(() => this.#invocations.delete(invocation))
      this.#invocations.add(invocation)
      if (this.#invocations.size >= limit) await Promise.race(this.#invocations)
    }
  }

  /** Lambda refuses to map a queue whose messages would reappear while the function works on them. */
  async #checkVisibility(): Promise<void> {
    const { ask, queueUrl, target } = this.#options
    const answer = await ask('GetQueueAttributes', { QueueUrl: queueUrl, AttributeNames: ['VisibilityTimeout'] })
    const attributes = isObject(answer.Attributes) ? answer.Attributes : {}
    const { timeoutSeconds } = target.spec
    if (Number(attributes.VisibilityTimeout) >= timeoutSeconds) return
    throw new Error(`its visibility timeout is shorter than the timeout of the function, ${timeoutSeconds} s`)
  }

  #complain(error: unknown): void {
    if (!this.#failing && !this.#stopping.signal.aborted) {
      this.#options.onFailure?.(`${this.#options.queueArn} cannot be read: ${error}`)
    }
    this.#failing = true
  }

  /** A batch is full when it reaches its number of messages, the bytes of an event, or the end of its window. */
  async #collect(): Promise<readonly SQSRecord[]> {
    const { batchSize, windowSeconds } = this.#options
    const batch: Sized[] = []
    let bytes = 0
    let windowEnd = Number.POSITIVE_INFINITY
    const take = (received: Sized[]): boolean => {
      for (const [index, sized] of received.entries()) {
        if (batch.length === batchSize || (batch.length > 0 && bytes + sized.bytes > maxEventBytes)) {
          this.#leftOver = received.slice(index)
          return true
        }
        batch.push(sized)
        bytes += sized.bytes
      }
      if (batch.length > 0) windowEnd = Math.min(windowEnd, Date.now() + windowSeconds * 1000)
      return batch.length === batchSize
    }
    let full = take(this.#leftOver.splice(0))
    while (!full && !this.#stopping.signal.aborted) {
      const seconds = Math.ceil((windowEnd - Date.now()) / 1000)
      if (seconds <= 0) break
      full = take(await this.#receive(Math.min(seconds, longestPollSeconds), batchSize - batch.length))
    }
    return batch.map(({ record }) => record)
  }

  async #receive(waitSeconds: number, wanted: number): Promise<Sized[]> {
    const { ask, queueUrl, queueArn, region } = this.#options
    try {
      const received = ask('ReceiveMessage', {
        QueueUrl: queueUrl,
        MaxNumberOfMessages: Math.min(wanted, messagesPerCall),
        WaitTimeSeconds: waitSeconds,
        MessageSystemAttributeNames: ['All'],
      })
      const { Messages: messages = [] } = await this.#untilStopped(received)
      this.#failing = false
      return [messages]
        .flat()
        .filter(isObject)
        .map((message) => {
          const record = sqsRecord(message, queueArn, region)
          return { record, bytes: Buffer.byteLength(JSON.stringify(record)) + 1 }
        })
    } catch (error) {
      if (this.#stopping.signal.aborted) return []
      this.#complain(error)
      await delay(1_000, undefined, { signal: this.#stopping.signal }).catch(() => {})
      return []
    }
  }

  /** An answer, or an empty one when the source stops before it comes. */
  async #untilStopped(answer: Promise<JsonObject>): Promise<JsonObject> {
    const { signal } = this.#stopping
    const { promise: stopped, resolve } = Promise.withResolvers<JsonObject>()
    const stop = () => resolve({})
    signal.addEventListener('abort', stop)
    try {
      return await Promise.race([answer, stopped])
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }

  async #process(records: readonly SQSRecord[]): Promise<void> {
    const { ask, target, partialFailures, queueUrl } = this.#options
    const outcome = await target.invoke({ Records: records })
    const done = succeededRecords(records, outcome, partialFailures)
    for (let start = 0; start < done.length; start += messagesPerCall) {
      const entries = done
        .slice(start, start + messagesPerCall)
        .map(({ receiptHandle }, index) => ({ Id: String(index), ReceiptHandle: receiptHandle }))
      // SQS delivers a message again if it could not be deleted; functions must tolerate that anyway.
      await ask('DeleteMessageBatch', { QueueUrl: queueUrl, Entries: entries }).catch(() => {})
    }
  }
}
