import type { DatabaseSync } from 'node:sqlite'

/**
 * The parts of fauxqs that make up its SQS, with types for the members used here. They are loaded one by one, because
 * its own server listens on every interface, parses each request anew and does not expose them. The lock file pins the
 * version, and the tests of queues fail with one whose parts differ.
 */

interface FauxqsMessage {
  readonly messageId: string
  /** Milliseconds since 1970. */
  readonly sentTimestamp: number
  readonly approximateReceiveCount: number
}

export interface FauxqsQueue {
  readonly url: string
  readonly arn: string
  readonly messages: readonly FauxqsMessage[]
  readonly delayedMessages: readonly FauxqsMessage[]
  readonly inflightMessages: ReadonlyMap<string, { readonly message: FauxqsMessage }>
  setAttributes(attributes: Readonly<Record<string, string>>): void
  getAttribute(name: string): string | undefined
  enqueue(message: { readonly messageId: string }): void
  persistence?: FauxqsPersistence
}

export interface FauxqsStore {
  region?: string
  persistence?: FauxqsPersistence
  createQueue(name: string, url: string, arn: string, attributes: Readonly<Record<string, string>>): FauxqsQueue
  getQueueByName(name: string): FauxqsQueue | undefined
  getQueueByArn(arn: string): FauxqsQueue | undefined
  allQueues(): Iterable<FauxqsQueue>
  /** Releases receivers that wait for messages. */
  shutdown(): void
}

export interface FauxqsPersistence {
  readonly db: DatabaseSync
  loadSqsQueues(store: FauxqsStore): void
  insertMessage(...message: unknown[]): void
  deleteMessage(...message: unknown[]): void
  updateMessageInflight(...message: unknown[]): void
  close(): void
}

export type FauxqsAction = (
  input: Readonly<Record<string, unknown>>,
  store: FauxqsStore,
  request: { readonly headers: Readonly<Record<string, string>> },
) => Promise<object>

export interface Fauxqs {
  readonly store: FauxqsStore
  readonly persistence: FauxqsPersistence
  readonly actions: ReadonlyMap<string, FauxqsAction>
  /** The error that an action throws to refuse a call. */
  readonly SqsError: new () => Error & {
    readonly statusCode: number
    readonly queryErrorHeader: string
    toJSON(): object
  }
  /** The names of the attributes that a queue can have. */
  readonly settableAttributes: ReadonlySet<string>
}

/** The operations that the pipeline calls, and some with which tests and people look around. */
const operations = [
  'ChangeMessageVisibilityBatch',
  'DeleteMessage',
  'DeleteMessageBatch',
  'GetQueueAttributes',
  'GetQueueUrl',
  'ListQueues',
  'ReceiveMessage',
  'SendMessage',
  'SendMessageBatch',
]

/** Opens fauxqs on a folder, with nothing loaded yet. */
export async function openFauxqs(dir: string): Promise<Fauxqs> {
  const entry = import.meta.resolve('fauxqs')
  const part = (path: string) => import(new URL(path, entry).href)
  const [sqs, types, errors, state] = await Promise.all(
    ['sqs/sqsStore.js', 'sqs/sqsTypes.js', 'common/errors.js', 'persistence.js'].map(part),
  )
  const actions = new Map<string, FauxqsAction>()
  for (const operation of operations) {
    const name = operation.charAt(0).toLowerCase() + operation.slice(1)
    const { [name]: action } = await part(`sqs/actions/${name}.js`)
    // Some answer at once, some later.
    actions.set(operation, async (...call) => action(...call))
  }
  const persistence: FauxqsPersistence = new state.PersistenceManager(dir)
  return {
    store: new sqs.SqsStore(),
    persistence,
    actions,
    SqsError: errors.SqsError,
    settableAttributes: types.SETTABLE_ATTRIBUTES,
  }
}
