import { setTimeout as sleep } from 'node:timers/promises'
import { classificationFailures as failureSchema } from '../../../schemas/generated/classification_failures.ts'
import { logSchemas } from '../../../schemas/generated/index.ts'
import { webhookStreams } from '../../connectors/generated/webhooks.ts'
import type { S3, Sqs } from '../../core/aws/clients.ts'
import { s3Reader } from '../../core/aws/s3-reader.ts'
import { s3Store } from '../../core/aws/s3-store.ts'
import { sqsQueue } from '../../core/aws/sqs-queue.ts'
import { plainObjectIn } from '../../core/json/forms.ts'
import type { MessageQueue, ObjectStore } from '../../core/ports.ts'
import type { Publisher } from '../../core/publish/publish.ts'
import { createFailureReader } from '../../core/redrive/redrive-failure.ts'
import { createRedriveWork } from '../../core/redrive/work.ts'
import type { WebhookStream } from '../../core/webhook/stream.ts'

export interface RedriveSetUp {
  readonly s3: S3
  readonly sqs: Sqs
  readonly ops: ObjectStore
  readonly lakeBucket: string
  readonly publishers: Readonly<Record<'records' | 'records-bulk', Publisher>>
  /** URL of a queue of the stack. Those of streams differ in the name only. */
  readonly recordsQueueUrl: string
  readonly merges: MessageQueue
  /** JSON: the names of the queues of streams by their sources. */
  readonly streamQueues: string
  readonly retentionDays: number
}

/** Sets up the work on jobs of `npm run redrive`. */
export function redriveWork(setUp: RedriveSetUp): ReturnType<typeof createRedriveWork> {
  const { s3, sqs, ops, lakeBucket, publishers, recordsQueueUrl, merges, streamQueues, retentionDays } = setUp
  const beforeName = recordsQueueUrl.slice(0, recordsQueueUrl.lastIndexOf('/') + 1)
  const now = Date.now
  return createRedriveWork({
    ops,
    lake: { lists: s3Store(s3, lakeBucket), files: s3Reader(s3, lakeBucket), bucket: lakeBucket },
    failureSchema,
    // Events of the past must not delay new ones.
    publisher: publishers['records-bulk'],
    redrive: createFailureReader({ schemas: logSchemas, failureSchema, webhookOf: webhooksByLogType() }),
    retentionDays,
    publishers: new Map(Object.entries(publishers)),
    ownQueues: new Map(
      Object.entries(plainObjectIn(streamQueues) ?? {}).map(([source, name]) => [
        source,
        sqsQueue(sqs, `${beforeName}${String(name)}`),
      ]),
    ),
    merges,
    now,
    sleep,
  })
}

/** The webhook streams by their log types, loaded on demand. */
function webhooksByLogType(): (logType: string) => Promise<WebhookStream | undefined> {
  const loaded = new Map<string, WebhookStream>()
  let all: Promise<void> | undefined
  const load = async () => {
    for (const { schema, stream } of await Promise.all(Object.values(webhookStreams).map((one) => one()))) {
      loaded.set(schema.logType, stream)
    }
  }
  return async (logType) => {
    all ??= load()
    await all
    return loaded.get(logType)
  }
}
