import { setTimeout } from 'node:timers/promises'
import { Logger } from '@aws-lambda-powertools/logger'
import { Metrics } from '@aws-lambda-powertools/metrics'
import middy from '@middy/core'
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda'
import { classificationFailures } from '../../../schemas/generated/classification_failures.ts'
import { logSchemas, tableSchemas } from '../../../schemas/generated/index.ts'
import { writerClients } from '../../core/aws/clients.ts'
import { emitCounts } from '../../core/aws/emit.ts'
import { s3Reader } from '../../core/aws/s3-reader.ts'
import { s3Store } from '../../core/aws/s3-store.ts'
import { sqsInbox } from '../../core/aws/sqs-inbox.ts'
import { readVariables } from '../../core/env.ts'
import { isText, jsonIn, listOf } from '../../core/json/forms.ts'
import { type Drained, type DrainedQueue, drain } from '../../core/lake/drain.ts'
import { deferFailed, type TakenMessage } from '../../core/lake/retries.ts'
import { createLakeWriter, type WriteOutcome, type Written } from '../../core/lake/writer.ts'
import { createReceiptNotes } from '../../core/webhook/receipt-notes.ts'
import { env } from './env.ts'

/** Time reserved for writing the held rows and for the metrics, in milliseconds. */
const reserve = 20_000

/** Time for which another batch is begun, in milliseconds: it is as large as can be written in it. */
const batchTime = 20_000

/** Time for one call of the store for a note, in milliseconds: a note must not use up the reserve. */
const noteTime = 2_000

const { lakeBucket, opsBucket, retentionDays, recordsQueueUrl, recordsBulkQueueUrl, webhookLogTypes } = readVariables(
  process.env,
  env,
)
const { s3, sqs } = writerClients()
const write = createLakeWriter({
  store: s3Store(s3, lakeBucket),
  ops: s3Store(s3, opsBucket),
  claims: s3Reader(s3, opsBucket),
  bucket: lakeBucket,
  retentionDays: Number(retentionDays),
  schemas: tableSchemas,
})
const queues: readonly (DrainedQueue & { readonly url: string })[] = [
  { name: 'records', url: recordsQueueUrl, inbox: sqsInbox(sqs, recordsQueueUrl) },
  { name: 'records-bulk', url: recordsBulkQueueUrl, inbox: sqsInbox(sqs, recordsBulkQueueUrl) },
]
const logger = new Logger()
const metrics = new Metrics()
const ofSources = new Set(logSchemas.map(({ logType }) => logType))
const webhookTypes = jsonIn(webhookLogTypes)
const ofWebhooks = new Set(listOf(isText)(webhookTypes) ? webhookTypes : [])
const noteReceipts = createReceiptNotes({
  store: s3Store(s3, opsBucket, () => ({ abortSignal: AbortSignal.timeout(noteTime) })),
  onFailure: (source, error) => logger.warn('the newest receipt was not noted', { source, error: nameOf(error) }),
})

/**
 * Called by Lambda with the messages of a queue, or once a minute without any: then it takes them out of both queues.
 */
export const handler = middy<Partial<SQSEvent>, SQSBatchResponse>().handler(async ({ Records }, context) => {
  const remaining = () => context.getRemainingTimeInMillis() - reserve
  const writeInTime = (messages: readonly TakenMessage[]) => write(messages, Date.now() + remaining())
  const written: Written[] = []
  const onBatch = (outcome: WriteOutcome) => {
    written.push(...outcome.written)
    report(outcome)
  }
  try {
    if (Records !== undefined) return await writeDelivered(Records, writeInTime, onBatch)
    await drain({
      queues,
      write: writeInTime,
      onBatch(outcome) {
        onBatch(outcome)
        reportNotRemoved(outcome)
      },
      hasTime: () => remaining() > batchTime,
      sleep: setTimeout,
    })
    return { batchItemFailures: [] }
  } finally {
    await noteReceipts(written.filter(({ logType }) => ofWebhooks.has(logType)))
  }
})

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : typeof error)

/** @param records all of the same queue */
async function writeDelivered(
  records: SQSEvent['Records'],
  writeInTime: (messages: readonly TakenMessage[]) => Promise<WriteOutcome>,
  onBatch: (outcome: WriteOutcome) => void,
): Promise<SQSBatchResponse> {
  const nameOfArn = lastPart(records[0]?.eventSourceARN ?? '', ':')
  const queue = queues.find(({ url }) => lastPart(url, '/') === nameOfArn)
  const messages = records.map(({ messageId, body, attributes, receiptHandle }) => ({
    messageId,
    body,
    receipt: receiptHandle,
    queue: queue?.name ?? nameOfArn,
    sentAt: Number(attributes.SentTimestamp),
    receiveCount: Number(attributes.ApproximateReceiveCount),
  }))
  const outcome = await writeInTime(messages)
  onBatch(outcome)
  const failed = messages.filter(({ messageId }) => outcome.failed.has(messageId))
  if (queue) await deferFailed(queue.inbox, failed)
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) }
}

const lastPart = (text: string, separator: string): string => text.slice(text.lastIndexOf(separator) + 1)

function reportNotRemoved({ notRemoved: messages }: Drained): void {
  if (messages > 0) logger.warn('messages not removed from the queue, which may deliver them again', { messages })
}

function report({ written, refused, failed }: WriteOutcome): void {
  for (const { sourceId, logType, rows, unmapped, resolving, newestReceivedAt } of written) {
    if (logType === classificationFailures.logType)
      emitCounts(metrics, undefined, { FailuresWritten: rows - resolving })
    // The pipeline's own rows are no events of the source, whose silence they would hide.
    if (!ofSources.has(logType)) continue
    // The source is no dimension: how many events each one has is counted where they arrive.
    emitCounts(
      metrics,
      undefined,
      { RowsWritten: rows, UnmappedRows: unmapped },
      { source: sourceId, newestReceivedAt: new Date(newestReceivedAt).toISOString() },
    )
  }
  emitCounts(metrics, undefined, { BatchItemFailures: failed.size })
  emitCounts(metrics, undefined, { DeadLetters: refused.length })
  for (const { messageId, sourceId: source, error } of refused) {
    const { reason, message } = error
    logger.error('message refused and archived as a dead letter', { messageId, source, reason, error: message })
  }
  for (const [messageId, { message }] of failed) {
    logger.error('message not written', { messageId, error: message.slice(0, 1_000) })
  }
}
