import { StoreError } from '../errors.ts'
import type { MessageQueue, ObjectStore } from '../ports.ts'
import { claimKey, claimsPrefix, digestOf, resolutionsPrefix } from './claims.ts'
import { type Batch, encodeMessages, pointerTo } from './message.ts'

/** Longer messages go to the object store, and the queue gets a pointer. */
const maxInlineBytes = 262_144

/** The longest message that SQS takes. */
const maxQueuedBytes = 1_048_576

export interface PublisherOptions {
  readonly queue: MessageQueue
  /** The queue's name in object keys. */
  readonly queueName: 'records' | 'records-bulk'
  /** Takes messages that are too long for the queue or that it did not accept. */
  readonly ops: ObjectStore
  /** Name of the bucket behind `ops`, for the pointers. */
  readonly opsBucket: string
  readonly now?: () => number
}

export interface Publisher {
  /**
   * Resolves when every row of the batches is durable, in the queue or the object store; only then may the provider be
   * answered or a checkpoint advance.
   * @throws {StoreError} when neither took a message
   */
  publish(batches: readonly Batch[]): Promise<void>
  /**
   * Publishes rows that resolve failures. They are always stored below a prefix of their own, which only functions that
   * have recovered something may write: the writer accepts such rows from nowhere else.
   * @throws {StoreError} when the object store did not take them, or neither took a pointer
   */
  publishResolutions(batch: Batch): Promise<void>
  /**
   * Stores encoded messages with rows that resolve failures, and sends pointers to them.
   * @returns the pointers that may not be in the queue
   * @throws {StoreError} when the object store did not take the rows
   */
  sendResolutions(bodies: readonly string[]): Promise<readonly string[]>
  /**
   * Sends encoded messages to the queue.
   * @returns the messages that may not be in it
   */
  send(bodies: readonly string[]): Promise<readonly string[]>
}

/** Prefix of messages that the queue did not take: `unsent/<queue>/<time>-<hash>.json`. */
export const unsentPrefix = (queueName: string): string => `unsent/${queueName}/`

export function createPublisher({ queue, queueName, ops, opsBucket, now = Date.now }: PublisherOptions): Publisher {
  /** @returns the messages that may not be in the queue, as they are to be put aside */
  const enqueue = async (messages: readonly Outgoing[]): Promise<readonly string[]> => {
    const isShort = ({ queued }: Outgoing) => Buffer.byteLength(queued) <= maxQueuedBytes
    const unsent = await queue.send(messages.filter(isShort).map(({ queued }) => queued))
    const refused = new Set(unsent.map(({ body }) => body))
    return messages.filter((one) => !isShort(one) || refused.has(one.queued)).map(({ kept }) => kept)
  }
  const send = async (bodies: readonly string[]): Promise<readonly string[]> =>
    await enqueue(
      await Promise.all(
        // Kept whole, because a pointer that waits for the queue could outlive its claim.
        bodies.map(async (body) => ({ kept: body, queued: await claimCheck(ops, opsBucket, body, now()) })),
      ),
    )
  const sendResolutions = async (bodies: readonly string[]): Promise<readonly string[]> => {
    const stored = bodies.map(async (body) => {
      const pointer = await putClaim(ops, opsBucket, resolutionsPrefix, body, now()).catch((cause: unknown) => {
        throw new StoreError('the object store did not take rows that resolve failures', { cause })
      })
      return { kept: pointer, queued: pointer }
    })
    return await enqueue(await Promise.all(stored))
  }
  const putAside = async (unsent: readonly string[]): Promise<void> => {
    const time = new Date(now()).toISOString()
    await Promise.all(
      unsent.map((body) =>
        ops
          .putOnce(`${unsentPrefix(queueName)}${time}-${digestOf(body)}.json`, Buffer.from(body))
          .catch((cause: unknown) => {
            throw new StoreError('neither the queue nor the object store took a message', { cause })
          }),
      ),
    )
  }
  return {
    send,
    async publish(batches) {
      await putAside(await send(batches.flatMap(encodeMessages)))
    },
    sendResolutions,
    async publishResolutions(batch) {
      await putAside(await sendResolutions(encodeMessages(batch)))
    },
  }
}

/** A message as the queue gets it, and as it is put aside if the queue does not take it. */
interface Outgoing {
  readonly queued: string
  readonly kept: string
}

/**
 * The message, or a pointer to it if it is long. During an outage of the object store it is sent whole, if SQS allows.
 */
async function claimCheck(ops: ObjectStore, bucket: string, body: string, now: number): Promise<string> {
  if (Buffer.byteLength(body) <= maxInlineBytes) return body
  try {
    return await putClaim(ops, bucket, claimsPrefix, body, now)
  } catch {
    return body
  }
}

/** Stores a message below a prefix. @returns a pointer to it */
async function putClaim(ops: ObjectStore, bucket: string, prefix: string, body: string, now: number): Promise<string> {
  const key = claimKey(prefix, body, now)
  await ops.putOnce(key, Buffer.from(body))
  return pointerTo(body, { bucket, key })
}
