import { Logger } from '@aws-lambda-powertools/logger'
import { Metrics } from '@aws-lambda-powertools/metrics'
import middy from '@middy/core'
import type { LogSchema } from '../../../schemas/definition.ts'
import { pollClients } from '../aws/clients.ts'
import { s3Reader } from '../aws/s3-reader.ts'
import { s3Store } from '../aws/s3-store.ts'
import { secretStore } from '../aws/secret-store.ts'
import { sqsQueue } from '../aws/sqs-queue.ts'
import { type Environment, readVariables } from '../env.ts'
import { ConfigError } from '../errors.ts'
import { createPublisher } from '../publish/publish.ts'
import { createHttpClient } from './provider/http.ts'
import { keptSecret } from './provider/kept-secret.ts'
import { reportTick } from './report.ts'
import { type Connection, parsePolledSource } from './source.ts'
import type { PollStream } from './stream.ts'
import { createTick } from './tick.ts'

export interface PollFunction {
  /** Makes the source's streams. @throws {ConfigError} when the settings cannot be used */
  streams(connection: Connection): readonly PollStream[]
  /** Schemas of the streams. */
  readonly schemas: readonly LogSchema[]
  /** Schema of the table that takes what is no event. */
  readonly failureSchema: LogSchema
  /** Schema of the table `collection_runs`. */
  readonly runsSchema: LogSchema
  /** Names of the environment variables. */
  readonly variables: Readonly<
    Record<'recordsQueueUrl' | 'recordsBulkQueueUrl' | 'opsBucket' | 'lakeBucket' | 'source', string>
  >
  /** Name of the variable for the provider's API, set when it is not the public one. */
  readonly apiUrlVariable: string
  readonly environment: Environment
}

/**
 * The Lambda handler of a polled source, called by a schedule. It never throws for what a provider or a store does: the
 * next tick is the retry.
 * @throws {ConfigError} at start, when the environment is incomplete or cannot be used
 */
export function pollHandler(definition: PollFunction) {
  const { variables, environment, failureSchema, runsSchema } = definition
  const { recordsQueueUrl, recordsBulkQueueUrl, opsBucket, lakeBucket, ...texts } = readVariables(
    environment,
    variables,
  )
  const source = parsePolledSource(texts.source, variables.source)
  const { s3, sqs, secrets } = pollClients()
  const ops = s3Store(s3, opsBucket)
  const publisher = (queueName: 'records' | 'records-bulk', url: string) =>
    createPublisher({ queue: sqsQueue(sqs, url), queueName, ops, opsBucket })
  const secret = keptSecret(secretStore(secrets), source.secretId)
  const apiUrl = environment[definition.apiUrlVariable]
  const streams = definition.streams({
    options: source.options,
    ...(apiUrl && { apiUrl }),
    secret: secret.value,
    http: createHttpClient(),
  })
  const ticks = streams.map((stream) =>
    createTick({
      source,
      stream,
      schema: schemaOf(stream, definition.schemas),
      failureSchema,
      runsSchema,
      publisher: publisher('records', recordsQueueUrl),
      bulkPublisher: publisher('records-bulk', recordsBulkQueueUrl),
      ops,
      lake: { lists: s3Store(s3, lakeBucket), files: s3Reader(s3, lakeBucket), bucket: lakeBucket },
      credentialSince: secret.since,
    }),
  )
  const logger = new Logger()
  const metrics = new Metrics()
  return middy<unknown, void>().handler(async (_event, context) => {
    for (const tick of ticks) {
      const result = await tick(Date.now() + context.getRemainingTimeInMillis())
      if (result.run.outcome === 'credentials') secret.forget()
      reportTick(source.id, result, logger, metrics)
    }
  })
}

function schemaOf({ id, logType }: PollStream, schemas: readonly LogSchema[]): LogSchema {
  const schema = schemas.find((candidate) => candidate.logType === logType)
  if (!schema) throw new ConfigError(`stream ${id}: no schema for ${logType}`)
  return schema
}
