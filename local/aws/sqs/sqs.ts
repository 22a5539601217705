import { mkdirSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { isObject } from '../../json.ts'
import { jsonError, operationOf } from '../json-protocol.ts'
import { type Access, notImplemented, type Store, type StoreRequest } from '../store.ts'
import { DeadLetterSources } from './dead-letter-sources.ts'
import { type FauxqsPersistence, type FauxqsQueue, type FauxqsStore, openFauxqs } from './fauxqs.ts'
import { GroupCommit } from './group-commit.ts'

export interface QueuesOptions {
  /** The folder of the queues and messages. */
  readonly dir: string
  /** Where clients reach the queues, for example `http://127.0.0.1:4566`. May change between starts. */
  readonly publicUrl: string
  readonly region: string
  readonly accountId: string
  /** The size beyond which a file of mostly deleted messages is compacted. @default 50 MB */
  readonly compactBytes?: number
}

/** A message of a queue, as far as it can be known without receiving it. */
export interface QueuedMessage {
  /**
   * When it came into the queue, by the system's clock, in milliseconds since 1970. A dead letter came when it was
   * moved.
   */
  readonly since: number
  /** Always 0 for a dead letter, whose receives were those of its former queue. */
  readonly receives: number
}

export interface Queues extends Store {
  /**
   * Makes a queue, or updates an existing one's attributes and keeps its messages. Attributes are those of SQS's API:
   * `{ VisibilityTimeout: '360', RedrivePolicy: '{"deadLetterTargetArn":…}' }`.
   * @throws {Error} on an unknown attribute
   */
  ensureQueue(name: string, attributes?: Readonly<Record<string, string>>): { url: string; arn: string }
  names(): string[]
  queueUrl(name: string): string
  queueArn(name: string): string
  /** The numbers of messages that are receivable, in flight, and delayed. */
  counts(name: string): { ready: number; inFlight: number; delayed: number }
  /** All messages of a queue; none if there is no such queue. */
  messages(name: string): QueuedMessage[]
  close(): Promise<void>
}

/**
 * SQS made of fauxqs's parts, called in this process and kept in SQLite, with four fixes:
 * - A message in flight when the process died is receivable at once and that receive does not count, because its
 *   receiver died too. On AWS the queue would have lived on.
 * - Changes are grouped. As single transactions they meant many writes, and a kill in the middle of a move to the
 *   dead-letter queue lost the message.
 * - A dead letter says from which queue it came.
 * - The file shrinks.
 */
export async function openQueues(options: QueuesOptions): Promise<Queues> {
  const { dir, publicUrl, region, accountId, compactBytes = 50_000_000 } = options
  mkdirSync(dir, { recursive: true })
  const fauxqs = await openFauxqs(dir)
  const { store, persistence, actions, SqsError } = fauxqs
  const queueUrl = (name: string) => `${publicUrl}/${accountId}/${name}`
  const queueArn = (name: string) => `arn:aws:sqs:${region}:${accountId}:${name}`
  prepareState(persistence.db, queueUrl(''), compactBytes)
  const commits = groupChanges(persistence)
  persistence.loadSqsQueues(store)
  store.persistence = persistence
  store.region = region
  const sources = new DeadLetterSources()
  for (const queue of store.allQueues()) queue.persistence = persistence
  const compaction = setInterval(() => {
    commits.flush()
    compact(persistence.db, compactBytes)
  }, compactionMs).unref()

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
    messages: (name) => messagesIn(store, store.getQueueByName(name), sources),
    accessOf: (request) => accessOf(request, queueArn),
    async handle(request) {
      const operation = operationOf(request, 'AmazonSQS')
      const action = actions.get(operation)
      if (!action) throw notImplemented(`sqs:${operation}`)
      try {
        const input = await request.json()
        const named = String(input.QueueUrl).split('/').at(-1) ?? ''
        const watched = operation === 'ReceiveMessage' ? sources.watching(store, queueArn(named)) : store
        const answer: Promise<object> = action(input, watched, { headers: {} })
        const result = await answer
        if (isObject(result)) sources.addTo(result)
        await commits.kept()
        return { status: 200, headers: { 'content-type': contentType }, body: JSON.stringify(result) }
      } catch (error) {
        if (!(error instanceof SqsError)) throw error
        const headers = { 'content-type': contentType, 'x-amzn-query-error': error.queryErrorHeader }
        return { status: error.statusCode, headers, body: JSON.stringify(error) }
      }
    },
    refuse: (error) => jsonError(error, '1.0'),
    async close() {
      clearInterval(compaction)
      store.shutdown()
      // Receivers that waited look into their queues once more.
      await new Promise((resolve) => setImmediate(resolve))
      commits.flush()
      compact(persistence.db, compactBytes)
      persistence.close()
    },
  }
}

const contentType = 'application/x-amz-json-1.0'
const compactionMs = 60_000

/** Repairs the state that the last process left. */
function prepareState(db: DatabaseSync, urlBase: string, compactBytes: number): void {
  // No sync to the disk: writes need to survive only the death of the process.
  db.exec('PRAGMA synchronous = OFF')
  // One process owns the folder, so it need not lock and unlock with each transaction.
  db.exec('PRAGMA locking_mode = EXCLUSIVE')
  db.exec(`PRAGMA journal_size_limit = ${compactBytes}`)
  db.prepare('UPDATE sqs_queues SET url = ? || name').run(urlBase)
  db.prepare(
    `UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL,
     approximate_receive_count = max(0, approximate_receive_count - 1) WHERE visibility_deadline > ?`,
  ).run(Date.now())
  compact(db, compactBytes)
}

function pragma(db: DatabaseSync, name: string): number {
  return Number(Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0])
}

/** Compacts a large file that consists mostly of deleted messages. */
function compact(db: DatabaseSync, compactBytes: number): void {
  const pages = pragma(db, 'page_count')
  if (pages * pragma(db, 'page_size') < compactBytes || pragma(db, 'freelist_count') < pages / 2) return
  db.exec('VACUUM')
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
}

function messagesIn(store: FauxqsStore, queue: FauxqsQueue | undefined, sources: DeadLetterSources): QueuedMessage[] {
  if (queue === undefined) return []
  const takesDeadLetters = [...store.allQueues()].some((other) =>
    other.getAttribute('RedrivePolicy')?.includes(JSON.stringify(queue.arn)),
  )
  const all = [
    ...queue.messages,
    ...queue.delayedMessages,
    ...[...queue.inflightMessages.values()].map(({ message }) => message),
  ]
  return all.map(({ messageId, sentTimestamp, approximateReceiveCount }) => ({
    since: (takesDeadLetters ? sources.movedAt(messageId) : undefined) ?? sentTimestamp,
    receives: takesDeadLetters ? 0 : approximateReceiveCount,
  }))
}

function groupChanges(persistence: FauxqsPersistence): GroupCommit {
  const commits = new GroupCommit(persistence.db)
  for (const name of ['insertMessage', 'deleteMessage', 'updateMessageInflight'] as const) {
    const change = persistence[name].bind(persistence)
    persistence[name] = (...message) => {
      commits.begin()
      change(...message)
    }
  }
  return commits
}

async function accessOf(request: StoreRequest, queueArn: (name: string) => string): Promise<Access[]> {
  const operation = operationOf(request, 'AmazonSQS')
  if (!request.headers['content-type']?.startsWith(contentType)) {
    throw notImplemented(`SQS with content type ${request.headers['content-type']}; only ${contentType}`)
  }
  const { QueueUrl, QueueName } = await request.json()
  const named = typeof QueueUrl === 'string' ? QueueUrl.split('/').at(-1) : QueueName
  // A batch needs the permission of the single operation; only ListQueues concerns no particular queue.
  const action = `sqs:${operation.replace(/Batch$/, '')}`
  return [{ action, resource: typeof named === 'string' ? queueArn(named) : queueArn('*') }]
}
