import { Logger } from '@aws-lambda-powertools/logger'
import { Metrics } from '@aws-lambda-powertools/metrics'
import middy from '@middy/core'
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda'
import { backgroundClients } from '../../core/aws/clients.ts'
import { emitCounts } from '../../core/aws/emit.ts'
import { s3Store } from '../../core/aws/s3-store.ts'
import { readVariables } from '../../core/env.ts'
import { archiveDeadLetter, parseOwnQueues, sourceOf } from '../../core/publish/dead-letters.ts'
import { env, ownQueuesVariable } from './env.ts'

const { opsBucket } = readVariables(process.env, env)
const ownQueues = parseOwnQueues(process.env[ownQueuesVariable])
const ops = s3Store(backgroundClients().s3, opsBucket)
const logger = new Logger()
const metrics = new Metrics()

/** Archives dead letters, so that they can be examined and redriven even after the queue has dropped them. */
export const handler = middy<SQSEvent, SQSBatchResponse>().handler(async ({ Records }) => {
  const batchItemFailures: { itemIdentifier: string }[] = []
  for (const { messageId, body, attributes, eventSourceARN } of Records) {
    const source = sourceOf(body, eventSourceARN, ownQueues)
    const sentAt = Number(attributes.SentTimestamp)
    const receiveCount = Number(attributes.ApproximateReceiveCount)
    try {
      await archiveDeadLetter(ops, { messageId, body, source, sentAt, receiveCount }, Date.now())
      emitCounts(metrics, source, { DeadLetters: 1 })
      logger.error('message archived as a dead letter', { messageId })
    } catch (error) {
      logger.error('dead letter not archived', { messageId, error: error instanceof Error ? error.name : 'unknown' })
      batchItemFailures.push({ itemIdentifier: messageId })
    }
  }
  return { batchItemFailures }
})
