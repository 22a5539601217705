import { chunks } from '../chunks.ts'
import { StoreError } from '../errors.ts'
import type { Inbox } from '../ports.ts'
import type { Sqs } from './clients.ts'

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
const messagesPerCall = 10

export interface InboxOptions {
  /** Messages of one call, at most ten. @default 10 */
  readonly perCall?: number
  /**
   * Seconds that a call waits for messages. Without a wait it asks some of SQS's servers only, and can miss messages.
   * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html
   * @default 1
   */
  readonly waitSeconds?: number
}

/** Calls for an entry that SQS refuses. */
const attempts = 2

type Refusal = { readonly Id?: string | undefined }

/** A message in a call for several. */
interface Entry {
  readonly Id: string
  readonly ReceiptHandle: string
}

/** Takes the messages out of a queue. */
export function sqsInbox(
  sqs: Sqs,
  queueUrl: string,
  { perCall = messagesPerCall, waitSeconds = 1 }: InboxOptions = {},
): Inbox {
  const receiveOnce = async () => {
    const { sdk, client } = await sqs()
    const { Messages = [] } = await client.send(
      new sdk.ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: perCall,
        WaitTimeSeconds: waitSeconds,
        MessageSystemAttributeNames: ['SentTimestamp', 'ApproximateReceiveCount'],
      }),
    )
    return Messages.map(({ MessageId = '', Body = '', ReceiptHandle = '', Attributes = {} }) => ({
      messageId: MessageId,
      body: Body,
      receipt: ReceiptHandle,
      sentAt: Number(Attributes.SentTimestamp),
      receiveCount: Number(Attributes.ApproximateReceiveCount),
    }))
  }
  /** @returns how many of the receipts SQS may not have taken */
  const inBatches = async (
    receipts: readonly string[],
    send: (entries: Entry[]) => Promise<{ readonly Failed?: readonly Refusal[] | undefined }>,
  ): Promise<number> => {
    const batches = chunks(receipts, messagesPerCall, Number.POSITIVE_INFINITY, () => 0)
    const failed = [...batches].map(async (batch) => {
      const entries = batch.map((receipt, index) => ({ Id: String(index), ReceiptHandle: receipt }))
      let left = entries
      // SQS may take some entries of a call and not others; the SDK repeats a call only as a whole.
      for (let attempt = 0; attempt < attempts && left.length > 0; attempt++) {
        const { Failed = [] } = await send(left).catch(() => ({ Failed: left }))
        const ids = new Set(Failed.map(({ Id }) => Id))
        left = left.filter(({ Id }) => ids.has(Id))
      }
      return left.length
    })
    return (await Promise.all(failed)).reduce((sum, count) => sum + count, 0)
  }
  return {
    async receive(calls) {
      const outcomes = await Promise.allSettled(Array.from({ length: calls }, receiveOnce))
      const messages = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? outcome.value : []))
      // Those of the other calls are hidden now, so they are worked on first.
      const failure = messages.length > 0 ? undefined : outcomes.find(({ status }) => status === 'rejected')
      if (failure?.status === 'rejected') throw new StoreError('the queue cannot be read', { cause: failure.reason })
      return messages
    },
    remove: (receipts) =>
      inBatches(receipts, async (Entries) => {
        const { sdk, client } = await sqs()
        return client.send(new sdk.DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }))
      }),
    defer: (receipts, seconds) =>
      inBatches(receipts, async (entries) => {
        const { sdk, client } = await sqs()
        const Entries = entries.map((entry) => ({ ...entry, VisibilityTimeout: seconds }))
        return client.send(new sdk.ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries }))
      }),
  }
}
