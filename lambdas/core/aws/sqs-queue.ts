import { chunks } from '../chunks.ts'
import { StoreError } from '../errors.ts'
import type { MessageQueue, Unsent } from '../ports.ts'
import type { CallBound, Sqs } from './clients.ts'

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
const batchLimits = { messages: 10, bytes: 1_048_576 } as const

/**
 * Sends messages to a queue in batches within the limits of SQS. Messages that SQS refuses get a second try; the SDK
 * itself retries a call that fails as a whole.
 * @param bound makes the limit of a call; none by default
 */
export function sqsQueue(sqs: Sqs, queueUrl: string, bound: () => CallBound = () => ({})): MessageQueue {
  /** @returns the messages that SQS refused */
  const sendBatch = async (bodies: readonly string[]): Promise<Unsent[]> => {
    const { sdk, client } = await sqs()
    const Entries = bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody }))
    const { Failed = [] } = await client.send(new sdk.SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }), bound())
    return Failed.map(({ Id, Code }) => ({
      body: bodies[Number(Id)] ?? '',
      cause: new StoreError(`the queue refused a message: ${Code}`),
    }))
  }
  const sendTwice = async (bodies: readonly string[]): Promise<Unsent[]> => {
    let left = bodies
    try {
      left = (await sendBatch(left)).map(({ body }) => body)
      return left.length === 0 ? [] : await sendBatch(left)
    } catch (cause) {
      return left.map((body) => ({ body, cause }))
    }
  }
  return {
    async send(bodies) {
      const unsent: Unsent[] = []
      for (const batch of chunks(bodies, batchLimits.messages, batchLimits.bytes, Buffer.byteLength))
        unsent.push(...(await sendTwice(batch)))
      return unsent
    },
  }
}
