import { Logger } from '@aws-lambda-powertools/logger'
import { Metrics } from '@aws-lambda-powertools/metrics'
import middy from '@middy/core'
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import { classificationFailures as failureSchema } from '../../../schemas/generated/classification_failures.ts'
import { webhookStreams } from '../../connectors/generated/webhooks.ts'
import { registered } from '../../connectors/registry.ts'
import { impatiently, webhookClients } from '../../core/aws/clients.ts'
import { s3Store } from '../../core/aws/s3-store.ts'
import { secretStore } from '../../core/aws/secret-store.ts'
import { sqsQueue } from '../../core/aws/sqs-queue.ts'
import { readVariables } from '../../core/env.ts'
import { compileNormalizer } from '../../core/normalize/normalizer.ts'
import { createPublisher } from '../../core/publish/publish.ts'
import { createCredentials } from '../../core/webhook/credentials.ts'
import { createReceiver } from '../../core/webhook/receive.ts'
import { createRejections } from '../../core/webhook/rejections.ts'
import { createAnswerReport } from '../../core/webhook/report.ts'
import { parseWebhookSources } from '../../core/webhook/stream.ts'
import { env } from './env.ts'

const { sourceType, sources, previousSecretHours, recordsQueueUrl, opsBucket } = readVariables(process.env, env)
const { stream, schema } = await registered(webhookStreams, sourceType)
const clients = webhookClients()
const receive = createReceiver({
  stream,
  normalizer: compileNormalizer(schema),
  failureSchema,
  sources: parseWebhookSources(sources, env.sources),
  credentials: createCredentials({
    store: secretStore(clients.secrets, impatiently),
    previousHours: Number(previousSecretHours),
  }),
  publisher: createPublisher({
    queue: sqsQueue(clients.sqs, recordsQueueUrl, impatiently),
    queueName: 'records',
    ops: s3Store(clients.s3, opsBucket, impatiently),
    opsBucket,
  }),
})
const report = createAnswerReport(new Logger(), new Metrics())
/** Two puts and a read take a second at most. */
const briefly = () => ({ abortSignal: AbortSignal.timeout(330) })
const countRejected = createRejections(s3Store(clients.s3, opsBucket, briefly))

/** Receives the webhooks of all sources of one type. */
export const handler = middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>().handler(async (event) => {
  const answer = await receive(event)
  report(answer)
  await countRejected(answer)
  const { status, message, received, failed, failure } = answer
  return {
    statusCode: status,
    headers: { 'content-type': 'application/json' },
    // The provider keeps the answer with the delivery, where a recovery of the body finds the failure to close.
    body: JSON.stringify({ message, received, failed, failure }),
  }
})
