import { mkdirSync } from 'node:fs'
import { jsonBody, jsonError, operationOf } from '../json-protocol.ts'
import { notImplemented, type Store, type StoreRequest, type Target } from '../store.ts'
import { type Fauxqs, type FauxqsQueue, openFauxqs } from './fauxqs.ts'

export interface QueuesOptions {
  /** The folder that keeps queues and messages. */
  readonly dir: string
  /** Where clients reach the queues, for example `http://127.0.0.1:4566`. May differ from one start to the next. */
  readonly publicUrl: string
  readonly region: string
  readonly accountId: string
}

export interface Queues extends Store {
  /**
   * Makes a queue, or gives an existing one these attributes and keeps its messages. Attributes are named and written as
   * in SQS' API: `{ VisibilityTimeout: '360', RedrivePolicy: '{"deadLetterTargetArn":…}' }`.
   * @throws {Error} on an attribute that queues do not have
   */
  ensureQueue(name: string, attributes?: Readonly<Record<string, string>>): { url: string; arn: string }
  /** Of all queues. */
  names(): string[]
  queueUrl(name: string): string
  queueArn(name: string): string
  /** How many messages can be received, have been received and not deleted, and wait for their delay. */
  counts(name: string): { ready: number; inFlight: number; delayed: number }
  close(): Promise<void>
}

/**
 * SQS: fauxqs, called in this process and kept in SQLite, with what it lacks mended:
 * - A message that was in flight when the process died is to be had at once, and that receive does not count: its
 *   receiver died with us, and on AWS the queue would have lived on.
 * - `ChangeMessageVisibility` with 0 lost the message.
 * - A move to the dead-letter queue was two writes, and a kill between them lost the message.
 */
export async function openQueues({ dir, publicUrl, region, accountId }: QueuesOptions): Promise<Queues> {
  mkdirSync(dir, { recursive: true })
  const fauxqs = await openFauxqs(dir)
  const { store, persistence } = fauxqs
  const queueUrl = (name: string) => `${publicUrl}/${accountId}/${name}`
  const queueArn = (name: string) => `arn:aws:sqs:${region}:${accountId}:${name}`
  prepareState(fauxqs, queueUrl(''))
  mendStore(fauxqs)
  persistence.loadSqsQueues(store)
  store.persistence = persistence
  for (const queue of store.allQueues()) queue.persistence = persistence
  const app = fauxqs.serve()

  return {
    queueUrl,
    queueArn,
    names: () => [...store.allQueues()].map(({ arn }) => arn.split(':').at(-1) ?? ''),
    ensureQueue(name, attributes = {}) {
      const unknown = Object.keys(attributes).filter((attribute) => !fauxqs.settableAttributes.has(attribute))
      if (unknown.length > 0) throw new Error(`Queue ${name}: unknown attributes ${unknown.join(', ')}`)
      const existing = store.getQueueByName(name)
      existing?.setAttributes(attributes)
      const { url, arn } = existing ?? store.createQueue(name, queueUrl(name), queueArn(name), attributes)
      return { url, arn }
    },
    counts(name) {
      const queue = store.getQueueByName(name)
      const count = (attribute: string) => Number(queue?.getAttribute(`ApproximateNumberOfMessages${attribute}`) ?? 0)
      return { ready: count(''), inFlight: count('NotVisible'), delayed: count('Delayed') }
    },
    target: (request) => targetOf(request, queueArn),
    async handle(request) {
      const { statusCode, headers, payload } = await app.inject({
        method: 'POST',
        url: '/',
        headers: forwarded(request, new URL(publicUrl).host),
        payload: await request.text(),
      })
      const kept = Object.entries(headers).filter(([name]) => /^(content-type|x-amzn-.*)$/.test(name))
      return { status: statusCode, headers: Object.fromEntries(kept.map(([k, v]) => [k, String(v)])), body: payload }
    },
    refuse: (error) => jsonError(error, '1.0'),
    async close() {
      await app.close() // ends long polls as well
      persistence.close()
    },
  }
}

/** Brings what the last process left into the state that this one starts from. */
function prepareState({ persistence: { db } }: Fauxqs, urlBase: string): void {
  // a power cut may cost the newest messages, the death of the process none: that is all the local run promises
  db.exec('PRAGMA synchronous = NORMAL')
  db.prepare('UPDATE sqs_queues SET url = ? || name').run(urlBase)
  db.prepare(
    `UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL,
     approximate_receive_count = max(0, approximate_receive_count - 1) WHERE visibility_deadline > ?`,
  ).run(Date.now())
}

function mendStore({ store, persistence }: Fauxqs): void {
  const release = persistence.db.prepare(
    'UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL WHERE message_id = ?',
  )
  persistence.updateMessageReady = (messageId) => void release.run(messageId)

  const createQueue = store.createQueue.bind(store)
  store.createQueue = (...queue) => receiveInOneStep(createQueue(...queue), persistence)
}

function receiveInOneStep(queue: FauxqsQueue, persistence: Fauxqs['persistence']): FauxqsQueue {
  const dequeue = queue.dequeue.bind(queue)
  queue.dequeue = (...request) => {
    let messages: unknown
    persistence.transaction(() => {
      messages = dequeue(...request)
    })
    return messages
  }
  return queue
}

async function targetOf(request: StoreRequest, queueArn: (name: string) => string): Promise<Target> {
  const operation = operationOf(request, 'AmazonSQS')
  if (!request.headers['content-type']?.startsWith('application/x-amz-json-1.0')) {
    throw notImplemented(`SQS with content type ${request.headers['content-type']}; only application/x-amz-json-1.0`)
  }
  const { QueueUrl, QueueName } = await jsonBody(request)
  const named = typeof QueueUrl === 'string' ? QueueUrl.split('/').at(-1) : QueueName
  return {
    operation,
    // batches need the permission of the single operation; only ListQueues is about no queue in particular
    access: [
      {
        action: `sqs:${operation.replace(/Batch$/, '')}`,
        resource: typeof named === 'string' ? queueArn(named) : queueArn('*'),
      },
    ],
  }
}

function forwarded({ headers }: StoreRequest, host: string): Record<string, string> {
  return {
    host,
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': String(headers['x-amz-target']),
    ...(headers.authorization !== undefined && { authorization: headers.authorization }),
  }
}
