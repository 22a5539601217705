import { Logger } from '@aws-lambda-powertools/logger'
import { Metrics } from '@aws-lambda-powertools/metrics'
import middy from '@middy/core'
import { classificationFailures as failureSchema } from '../../../schemas/generated/classification_failures.ts'
import { collectionRuns as runsSchema } from '../../../schemas/generated/collection_runs.ts'
import { polledStreams } from '../../connectors/generated/polled.ts'
import { registered } from '../../connectors/registry.ts'
import { pollClients } from '../../core/aws/clients.ts'
import { s3Reader } from '../../core/aws/s3-reader.ts'
import { s3Store } from '../../core/aws/s3-store.ts'
import { secretStore } from '../../core/aws/secret-store.ts'
import { sqsQueue } from '../../core/aws/sqs-queue.ts'
import { readVariables } from '../../core/env.ts'
import { createHttpClient } from '../../core/poll/provider/http.ts'
import { keptSecret } from '../../core/poll/provider/kept-secret.ts'
import { createReport } from '../../core/poll/report.ts'
import { parsePolledSource } from '../../core/poll/source.ts'
import { pollStream } from '../../core/poll/stream.ts'
import { runStreams } from '../../core/poll/streams.ts'
import { createTick } from '../../core/poll/tick.ts'
import { createPublisher } from '../../core/publish/publish.ts'
import { apiUrlVariable, env } from './env.ts'

const { sourceType, recordsQueueUrl, recordsBulkQueueUrl, opsBucket, lakeBucket, ...texts } = readVariables(
  process.env,
  env,
)
const streams = await registered(polledStreams, sourceType)
const source = parsePolledSource(texts.source, env.source)
const { s3, sqs, secrets } = pollClients()
const ops = s3Store(s3, opsBucket)
const publisher = (queueName: 'records' | 'records-bulk', url: string) =>
  createPublisher({ queue: sqsQueue(sqs, url), queueName, ops, opsBucket })
const secret = keptSecret(secretStore(secrets), source.secretId)
const http = createHttpClient()
const apiUrl = process.env[apiUrlVariable] || undefined
const logger = new Logger()
const report = createReport(source.id, logger, new Metrics())
const ticks = streams.map(({ facts, connect, schema }) => {
  const { pageSize } = facts
  const connector = connect({
    options: source.options,
    pageSize,
    ...(apiUrl && { apiUrl }),
    secret: secret.value,
    http,
  })
  return createTick({
    source,
    apiUrl,
    stream: pollStream(facts, schema, connector),
    schema,
    failureSchema,
    runsSchema,
    publisher: publisher('records', recordsQueueUrl),
    bulkPublisher: publisher('records-bulk', recordsBulkQueueUrl),
    ops,
    lake: { lists: s3Store(s3, lakeBucket), files: s3Reader(s3, lakeBucket), bucket: lakeBucket },
    credentialSince: secret.since,
    report: {
      ...report,
      live(run) {
        if (run.outcome === 'credentials') secret.forget()
        report.live(run)
      },
    },
  })
})

/**
 * Fetches one source, called by a schedule. Failures of a provider or store are reported instead of thrown, because the
 * next tick is the retry.
 */
export const handler = middy<unknown, void>().handler(async (_event, context) => {
  const streams = ticks.map((tick) => tick())
  await runStreams(streams, Date.now() + context.getRemainingTimeInMillis())
})
