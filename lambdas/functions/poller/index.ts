import { Logger } from '@aws-lambda-powertools/logger'
import { Metrics } from '@aws-lambda-powertools/metrics'
import middy from '@middy/core'
import { pollClients } from '../../core/aws/clients.ts'
import { s3Reader } from '../../core/aws/s3-reader.ts'
import { s3Store } from '../../core/aws/s3-store.ts'
import { secretStore, secretWriter } from '../../core/aws/secret-store.ts'
import { sqsQueue } from '../../core/aws/sqs-queue.ts'
import { readVariables } from '../../core/env.ts'
import { functionNoter } from '../../core/function-note.ts'
import { type CheckAnswer, checkStreams, isCheckEvent } from '../../core/poll/check.ts'
import { createHttpClient } from '../../core/poll/provider/http.ts'
import { keptSecret, noSecret } from '../../core/poll/provider/kept-secret.ts'
import { parsePolledSource } from '../../core/poll/source.ts'
import type { SourcePorts } from '../../core/poll/source-ports.ts'
import { runStreams } from '../../core/poll/streams.ts'
import { createPublisher } from '../../core/publish/publish.ts'
import { apiUrlVariable, env, identityEnv, renewalEnv, webUrlVariable } from './env.ts'
import { ticksOf } from './ticks.ts'

const { sourceType, recordsQueueUrl, recordsBulkQueueUrl, opsBucket, lakeBucket, ...texts } = readVariables(
  process.env,
  env,
)
const source = parsePolledSource(texts.source, env.source)
const { s3, sqs, secrets } = pollClients()
const ops = s3Store(s3, opsBucket)
const publisher = (queueName: 'records' | 'records-bulk', url: string) =>
  createPublisher({ queue: sqsQueue(sqs, url), queueName, ops, opsBucket })
const { [renewalEnv.clientId]: clientId, [renewalEnv.clientSecretId]: clientSecretId } = process.env
const common = {
  source,
  apiUrl: process.env[apiUrlVariable] || undefined,
  webUrl: process.env[webUrlVariable] || undefined,
  http: createHttpClient(),
  identity: readVariables(process.env, identityEnv),
  publisher: publisher('records', recordsQueueUrl),
  bulkPublisher: publisher('records-bulk', recordsBulkQueueUrl),
  ops,
  lake: { lists: s3Store(s3, lakeBucket), files: s3Reader(s3, lakeBucket), bucket: lakeBucket },
  logger: new Logger(),
  metrics: new Metrics(),
}
const { secretId } = source
const store = secretStore(secrets)
const renewal =
  secretId && clientId && clientSecretId
    ? await import('./renewal.ts').then(({ renewalOf }) =>
        renewalOf(
          sourceType,
          { clientId, clientSecretId },
          { ...common, secretId, secrets: store, tokens: secretWriter(secrets) },
        ),
      )
    : undefined
const secretOf = () =>
  secretId === undefined ? noSecret : keptSecret(store, secretId, { ...(renewal && { renewal }) })
const ports: SourcePorts = { ...common, secret: secretOf() }
const ticks = await ticksOf(sourceType, ports)
const note = functionNoter(ops, source)

/**
 * Fetches one source, called by a schedule, or checks its credential for a command. Failures of a provider or store are
 * reported instead of thrown, because the next tick is the retry.
 */
export const handler = middy<unknown, CheckAnswer | undefined>().handler(async (event, context) => {
  if (isCheckEvent(event)) {
    const { checksOf } = await import('./checks.ts')
    const secret = secretOf()
    return checkStreams(
      await checksOf(sourceType, { ...ports, secret }),
      source.secretId === undefined ? undefined : secret,
    )
  }
  try {
    const streams = ticks.map((tick) => tick())
    await runStreams(streams, Date.now() + context.getRemainingTimeInMillis())
  } finally {
    await note(context.functionName, context.getRemainingTimeInMillis())
  }
  return undefined
})
