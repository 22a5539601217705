import { Logger } from '@aws-lambda-powertools/logger'
import { Metrics } from '@aws-lambda-powertools/metrics'
import middy from '@middy/core'
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda'
import { classificationFailures as failureSchema } from '../../../schemas/generated/classification_failures.ts'
import { collectionRuns as runsSchema } from '../../../schemas/generated/collection_runs.ts'
import { objectStreams } from '../../connectors/generated/objects.ts'
import { registered } from '../../connectors/registry.ts'
import { pollClients } from '../../core/aws/clients.ts'
import { s3Bucket } from '../../core/aws/s3-bucket.ts'
import { s3Store } from '../../core/aws/s3-store.ts'
import { secretStore } from '../../core/aws/secret-store.ts'
import { sqsQueue } from '../../core/aws/sqs-queue.ts'
import { readVariables } from '../../core/env.ts'
import { functionNoter } from '../../core/function-note.ts'
import { isText } from '../../core/json/forms.ts'
import { type CheckAnswer, checkStreams, isCheckEvent } from '../../core/poll/check.ts'
import { detailOf } from '../../core/poll/outcome.ts'
import { createHttpClient } from '../../core/poll/provider/http.ts'
import { type KeptSecret, keptSecret } from '../../core/poll/provider/kept-secret.ts'
import { createRecorder } from '../../core/poll/recorder.ts'
import { parsePolledSource } from '../../core/poll/source.ts'
import { runStreams } from '../../core/poll/streams.ts'
import { createPublisher } from '../../core/publish/publish.ts'
import { objectsCheck } from '../../core/stream/check.ts'
import { readMessages } from '../../core/stream/messages.ts'
import { readerPorts } from '../../core/stream/reader-ports.ts'
import { createStreamReport } from '../../core/stream/report.ts'
import { createStreamTick } from '../../core/stream/stream-tick.ts'
import { apiUrlVariable, env } from './env.ts'

/** Time reserved for the last batch of rows, the state and the metrics, in milliseconds. */
const reserve = 20_000

/** Time for the work of a minute, so that two ticks do not overlap, in milliseconds. */
const tickMs = 50_000

const { sourceType, streamBucket, recordsBulkQueueUrl, opsBucket, ...texts } = readVariables(process.env, env)
const { id: streamId, stream, schema } = await registered(objectStreams, sourceType)
const source = parsePolledSource(texts.source, env.source)
const { bucketAccount } = source.options
const { s3, sqs, secrets } = pollClients()
const ops = s3Store(s3, opsBucket)
const publisher = createPublisher({
  queue: sqsQueue(sqs, recordsBulkQueueUrl),
  queueName: 'records-bulk',
  ops,
  opsBucket,
})
const bucket = s3Bucket(s3, streamBucket, isText(bucketAccount) ? bucketAccount : undefined)
const ports = readerPorts({ source, stream, schema, failureSchema, bucket, publisher, ops })
const logger = new Logger()
const metrics = new Metrics()
const report = createStreamReport(source.id, logger, metrics)
const tick = createStreamTick({
  ports,
  stream: { id: streamId, logType: schema.logType },
  record: createRecorder({ source, runsSchema, publisher }),
  readConfiguration: configurationReader(keptSecretOf()),
  report,
})
const note = functionNoter(ops, source)

/**
 * Reads the objects of one stream: those that messages name, and once a minute what messages do not bring; or checks
 * the access to them for a command. Failures are reported instead of thrown: the next delivery or tick is the retry.
 */
export const handler = middy<SQSEvent | object, SQSBatchResponse | CheckAnswer | undefined>().handler(
  async (event, context) => {
    if (isCheckEvent(event)) return check()
    const left = context.getRemainingTimeInMillis() - reserve
    if (!('Records' in event)) {
      try {
        await runStreams([tick()], ports.now() + Math.min(left, tickMs))
      } finally {
        await note(context.functionName, context.getRemainingTimeInMillis())
      }
      return undefined
    }
    const { failed, totals } = await readMessages(ports, streamBucket, event.Records, ports.now() + left)
    const [error] = failed.values()
    report.objects(totals, error)
    for (const [messageId, cause] of failed) logger.error('message not read', { messageId, detail: detailOf(cause) })
    return { batchItemFailures: [...failed.keys()].map((itemIdentifier) => ({ itemIdentifier })) }
  },
)

/** Checks whether the bucket can be listed and, with a credential for it, what the provider says of the stream. */
function check(): Promise<CheckAnswer> {
  const secret = keptSecretOf()
  return checkStreams([objectsCheck(streamId, bucket, configurationReader(secret))], secret)
}

function keptSecretOf(): KeptSecret | undefined {
  return source.secretId === undefined ? undefined : keptSecret(secretStore(secrets), source.secretId)
}

/** Reads the provider's own record of the stream, if the source has a credential for it. */
function configurationReader(secret: KeptSecret | undefined) {
  if (secret === undefined) return undefined
  const http = createHttpClient()
  const apiUrl = process.env[apiUrlVariable] || undefined
  const connection = { options: source.options, secret: secret.value, http, ...(apiUrl && { apiUrl }) }
  return () => stream.readConfiguration(connection)
}
