import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs'
import { TransientError } from '../errors.ts'
import type { MessageQueue } from '../ports.ts'

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
const batchLimits = { messages: 10, bytes: 1_048_576 } as const

/** A queue that takes messages in batches, each within the limits of SQS. */
export function sqsQueue(client: SQSClient, queueUrl: string): MessageQueue {
  const sendBatch = async (bodies: readonly string[]): Promise<void> => {
    const Entries = bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody }))
    const { Failed = [] } = await client
      .send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }))
      .catch((cause: unknown) => {
        throw new TransientError('the queue did not answer or refused the batch', { cause })
      })
    if (Failed.length > 0) {
      throw new TransientError(`the queue refused ${Failed.length} of ${bodies.length} messages: ${Failed[0]?.Code}`)
    }
  }
  return {
    async send(bodies) {
      for (const batch of batches(bodies)) await sendBatch(batch)
    },
  }
}

function batches(bodies: readonly string[]): string[][] {
  const all: string[][] = []
  let batch: string[] = []
  let bytes = 0
  for (const body of bodies) {
    const size = Buffer.byteLength(body)
    if (batch.length > 0 && (batch.length === batchLimits.messages || bytes + size > batchLimits.bytes)) {
      all.push(batch)
      batch = []
      bytes = 0
    }
    batch.push(body)
    bytes += size
  }
  if (batch.length > 0) all.push(batch)
  return all
}
