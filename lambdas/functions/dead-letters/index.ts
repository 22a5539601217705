import { Logger } from '@aws-lambda-powertools/logger'
import { Metrics } from '@aws-lambda-powertools/metrics'
import middy from '@middy/core'
import { backgroundClients } from '../../core/aws/clients.ts'
import { emitCounts } from '../../core/aws/emit.ts'
import { s3Store } from '../../core/aws/s3-store.ts'
import { readVariables } from '../../core/env.ts'
import { archiveDeadLetter, sourceOf } from '../../core/publish/dead-letters.ts'
import { env } from './env.ts'

interface SqsRecord {
  readonly messageId: string
  readonly body: string
  readonly attributes?: { readonly SentTimestamp?: string; readonly ApproximateReceiveCount?: string }
}

interface SqsEvent {
  readonly Records: readonly SqsRecord[]
}

interface SqsResult {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[]
}

const { opsBucket } = readVariables(process.env, env)
const ops = s3Store(backgroundClients().s3, opsBucket)
const logger = new Logger()
const metrics = new Metrics()

/** Keeps what could not be written, so that it can be looked at and sent again after the queue would have dropped it. */
export const handler = middy<SqsEvent, SqsResult>().handler(async ({ Records }) => {
  const batchItemFailures: { itemIdentifier: string }[] = []
  for (const { messageId, body, attributes } of Records) {
    const sentAt = numberOf(attributes?.SentTimestamp)
    const receiveCount = numberOf(attributes?.ApproximateReceiveCount)
    try {
      await archiveDeadLetter(ops, { messageId, body, sentAt, receiveCount }, Date.now())
      emitCounts(metrics, sourceOf(body), { DeadLetters: 1 })
      logger.error('message archived as a dead letter', { messageId })
    } catch (error) {
      logger.error('dead letter not archived', { messageId, error: error instanceof Error ? error.name : 'unknown' })
      batchItemFailures.push({ itemIdentifier: messageId })
    }
  }
  return { batchItemFailures }
})

const numberOf = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text))
