import { Logger } from '@aws-lambda-powertools/logger'
import { Metrics } from '@aws-lambda-powertools/metrics'
import middy from '@middy/core'
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import { backgroundClients } from '../../core/aws/clients.ts'
import { emitCounts } from '../../core/aws/emit.ts'
import { s3Reader } from '../../core/aws/s3-reader.ts'
import { s3Store } from '../../core/aws/s3-store.ts'
import { readVariables } from '../../core/env.ts'
import {
  archiveDeadLetter,
  type DeadLetter,
  isOwnQueue,
  mergesQueue,
  parseOwnQueues,
  queueOf,
  sharedQueues,
  sourceOf,
} from '../../core/publish/dead-letters.ts'
import { env, ownQueuesVariable } from './env.ts'

const names = readVariables(process.env, env)
const ownQueues = parseOwnQueues(process.env[ownQueuesVariable])
const queues = sharedQueues(names.recordsQueue, names.recordsBulkQueue, names.mergesQueue)
const { s3 } = backgroundClients()
const ports = { ops: s3Store(s3, names.opsBucket), claims: s3Reader(s3, names.opsBucket) }
const logger = new Logger()
const metrics = new Metrics()

/** Archives dead letters, so that they can be examined and redriven even after the queue has dropped them. */
export const handler = middy<SQSEvent, SQSBatchResponse>().handler(async ({ Records }) => {
  const batchItemFailures: { itemIdentifier: string }[] = []
  for (const record of Records) {
    const { messageId } = record
    const letter = letterOf(record)
    try {
      await archiveDeadLetter(ports, letter, Date.now())
      // The message names its source, so the source is no dimension: each value of one is a metric that costs.
      emitCounts(
        metrics,
        undefined,
        { DeadLetters: 1 },
        { ...(letter.source !== undefined && { source: letter.source }) },
      )
      logger.error('message archived as a dead letter', { messageId, reason: letter.reason })
    } catch (error) {
      logger.error('dead letter not archived', { messageId, error: error instanceof Error ? error.name : 'unknown' })
      batchItemFailures.push({ itemIdentifier: messageId })
    }
  }
  emitCounts(metrics, undefined, { NotArchived: batchItemFailures.length })
  return { batchItemFailures }
})

function letterOf({ messageId, body, attributes, eventSourceARN }: SQSRecord): DeadLetter {
  const { SentTimestamp, ApproximateReceiveCount, DeadLetterQueueSourceArn } = attributes
  const ofOneSource = isOwnQueue(eventSourceARN, ownQueues)
  const queue = DeadLetterQueueSourceArn === undefined ? undefined : queueOf(DeadLetterQueueSourceArn, queues)
  return {
    messageId,
    body,
    source: sourceOf(body, eventSourceARN, ownQueues),
    queue,
    sentAt: Number(SentTimestamp),
    receiveCount: Number(ApproximateReceiveCount),
    ...faultOf(ofOneSource, queue),
  }
}

function faultOf(ofOneSource: boolean, queue: string | undefined): Pick<DeadLetter, 'reason' | 'detail'> {
  if (ofOneSource) {
    return { reason: 'not_read', detail: 'the stream reader failed on the message five times; its log says why' }
  }
  return queue === mergesQueue
    ? { reason: 'not_merged', detail: 'the merger ended five times in the middle of this merge; its log says how' }
    : {
        reason: 'not_written',
        detail: 'the writer failed on the message eight times in over half an hour; its log says why',
      }
}
