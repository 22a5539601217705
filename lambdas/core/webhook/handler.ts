import { Logger } from '@aws-lambda-powertools/logger'
import { Metrics } from '@aws-lambda-powertools/metrics'
import middy from '@middy/core'
import type { LogSchema } from '../../../schemas/definition.ts'
import { impatiently, webhookClients } from '../aws/clients.ts'
import { emitCounts } from '../aws/emit.ts'
import { s3Store } from '../aws/s3-store.ts'
import { secretStore } from '../aws/secret-store.ts'
import { sqsQueue } from '../aws/sqs-queue.ts'
import { type Environment, readVariables } from '../env.ts'
import { ConfigError, TransientError } from '../errors.ts'
import { isObject, parseJson } from '../json/json.ts'
import { compileNormalizer } from '../normalize/normalizer.ts'
import { createPublisher } from '../publish/publish.ts'
import { createCredentials } from './credentials.ts'
import { type HttpEvent, type HttpResult, jsonResult } from './http.ts'
import { type Answer, createReceiver } from './receive.ts'
import type { WebhookSource, WebhookStream } from './stream.ts'

export interface WebhookFunction {
  readonly stream: WebhookStream
  readonly schema: LogSchema
  /** Schema of the table that takes what is no event. */
  readonly failureSchema: LogSchema
  /** Names of the environment variables. */
  readonly variables: Readonly<Record<'recordsQueueUrl' | 'sources' | 'opsBucket' | 'previousSecretHours', string>>
  readonly environment: Environment
}

/**
 * The Lambda handler of a webhook function.
 * @throws {ConfigError} at start, when the environment is incomplete
 */
export function webhookHandler({ stream, schema, failureSchema, variables, environment }: WebhookFunction) {
  const { recordsQueueUrl, sources, opsBucket, previousSecretHours } = readVariables(environment, variables)
  const clients = webhookClients()
  const receive = createReceiver({
    stream,
    normalizer: compileNormalizer(schema),
    failureSchema,
    sources: parseSources(sources, variables.sources),
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
  const logger = new Logger()
  const metrics = new Metrics()
  return middy<HttpEvent, HttpResult>().handler(async (event) => {
    const answer = await receive(event)
    report(answer, logger, metrics)
    return jsonResult(answer.status, { message: answer.message, received: answer.received, failed: answer.failed })
  })
}

/** @throws {ConfigError} */
function parseSources(text: string, variable: string): Map<string, WebhookSource> {
  const parsed = parseJson(text)
  if (!isObject(parsed)) throw new ConfigError(`${variable} is not a JSON object`)
  return new Map(
    Object.entries(parsed).map(([id, source]) => {
      const { label, secretId, ...others } = isObject(source) ? source : {}
      if (typeof label !== 'string' || typeof secretId !== 'string') {
        throw new ConfigError(`${variable}: source ${id} lacks label or secretId`)
      }
      const options = Object.entries(others).map(([name, value]) => [name, String(value)])
      return [id, { label, secretId, options: Object.fromEntries(options) }]
    }),
  )
}

function report(answer: Answer, logger: Logger, metrics: Metrics): void {
  if (answer.sourceId !== undefined) {
    const rejected = answer.status === 200 ? 0 : 1
    const properties = answer.reason === undefined ? {} : { reason: answer.reason }
    emitCounts(
      metrics,
      answer.sourceId,
      { EventsReceived: answer.received, EventsFailed: answer.failed, EventsRejected: rejected },
      properties,
    )
  }
  if (answer.reason === undefined) return
  const detail = {
    status: answer.status,
    reason: answer.reason,
    ...(answer.sourceId ? { source: answer.sourceId } : {}),
  }
  if (answer.status === 503) logger.error('request not stored', { ...detail, error: describe(answer.cause) })
  else logger.warn(answer.status === 200 ? 'a part of the request is no event' : 'request refused', detail)
}

/** Our own words are told; those of other errors can quote data, so only their kind is. */
function describe(cause: unknown): string {
  if (!(cause instanceof Error)) return 'unknown'
  const told = (error: Error): string =>
    error instanceof TransientError ? `${error.name}: ${error.message}` : error.name
  const inner = cause.cause instanceof Error ? `, because of ${told(cause.cause)}` : ''
  return `${told(cause)}${inner}`.slice(0, 1_000)
}
