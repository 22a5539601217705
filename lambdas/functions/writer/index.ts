import { Logger } from '@aws-lambda-powertools/logger'
import { Metrics } from '@aws-lambda-powertools/metrics'
import middy from '@middy/core'
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda'
import { tableSchemas } from '../../../schemas/generated/index.ts'
import { backgroundClients } from '../../core/aws/clients.ts'
import { emitCounts } from '../../core/aws/emit.ts'
import { s3Reader } from '../../core/aws/s3-reader.ts'
import { s3Store } from '../../core/aws/s3-store.ts'
import { readVariables } from '../../core/env.ts'
import { createLakeWriter, type WriteOutcome } from '../../core/lake/writer.ts'
import { queueOf, sharedQueues } from '../../core/publish/dead-letters.ts'
import { env } from './env.ts'

/** Time reserved for writing the held rows and for the metrics, in milliseconds. */
const reserve = 20_000

const { lakeBucket, opsBucket, retentionDays, recordsQueue, recordsBulkQueue } = readVariables(process.env, env)
const { s3 } = backgroundClients()
const write = createLakeWriter({
  store: s3Store(s3, lakeBucket),
  ops: s3Store(s3, opsBucket),
  claims: s3Reader(s3, opsBucket),
  bucket: lakeBucket,
  retentionDays: Number(retentionDays),
  schemas: tableSchemas,
})
const queues = sharedQueues(recordsQueue, recordsBulkQueue)
const logger = new Logger()
const metrics = new Metrics()

export const handler = middy<SQSEvent, SQSBatchResponse>().handler(async ({ Records }, context) => {
  const messages = Records.map(({ messageId, body, attributes, eventSourceARN }) => ({
    messageId,
    body,
    queue: queueOf(eventSourceARN, queues),
    sentAt: Number(attributes.SentTimestamp),
    receiveCount: Number(attributes.ApproximateReceiveCount),
  }))
  const outcome = await write(messages, Date.now() + context.getRemainingTimeInMillis() - reserve)
  report(outcome)
  return { batchItemFailures: [...outcome.failed.keys()].map((itemIdentifier) => ({ itemIdentifier })) }
})

function report({ written, refused, failed }: WriteOutcome): void {
  for (const { sourceId, rows, newestReceivedAt } of written) {
    // The source is no dimension: how many events each one has is counted where they arrive.
    emitCounts(
      metrics,
      undefined,
      { RowsWritten: rows },
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
