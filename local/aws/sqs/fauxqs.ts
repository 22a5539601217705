import type { DatabaseSync } from 'node:sqlite'

/**
 * The parts of fauxqs that its SQS is made of. Its own `startFauxqs` listens on every interface and gives no way to the
 * parts, so they are loaded one by one and are typed here as far as they are used. The version is pinned; a part that
 * is not what it was is an error at start.
 */

export interface FauxqsQueue {
  url: string
  readonly arn: string
  readonly attributes: Record<string, string>
  setAttributes(attributes: Readonly<Record<string, string>>): void
  getAttribute(name: string): string | undefined
  dequeue(...request: unknown[]): unknown
  persistence?: FauxqsPersistence
}

export interface FauxqsStore {
  persistence?: FauxqsPersistence
  createQueue(
    name: string,
    url: string,
    arn: string,
    attributes?: Readonly<Record<string, string>>,
    tags?: Readonly<Record<string, string>>,
  ): FauxqsQueue
  getQueueByName(name: string): FauxqsQueue | undefined
  allQueues(): Iterable<FauxqsQueue>
}

export interface FauxqsPersistence {
  readonly db: DatabaseSync
  loadSqsQueues(store: FauxqsStore): void
  transaction(change: () => void): void
  updateMessageReady(messageId: string): void
  close(): void
}

export interface FauxqsApp {
  inject(request: {
    method: 'POST'
    url: string
    headers: Readonly<Record<string, string>>
    payload: string
  }): Promise<{ statusCode: number; headers: Readonly<Record<string, unknown>>; payload: string }>
  close(): Promise<void>
}

export interface Fauxqs {
  readonly store: FauxqsStore
  readonly persistence: FauxqsPersistence
  /** Serves the store once it has been loaded. It is never told to listen. */
  serve(): FauxqsApp
  /** Names of the attributes that a queue may be given. */
  readonly settableAttributes: ReadonlySet<string>
}

/** Opens fauxqs on a folder, with nothing loaded yet. */
export async function openFauxqs(dir: string): Promise<Fauxqs> {
  const entry = import.meta.resolve('fauxqs')
  const part = (path: string) => import(new URL(path, entry).href)
  const [app, sqs, types, state] = await Promise.all(
    ['app.js', 'sqs/sqsStore.js', 'sqs/sqsTypes.js', 'persistence.js'].map(part),
  )
  const store: FauxqsStore = new sqs.SqsStore()
  const persistence: FauxqsPersistence = new state.PersistenceManager(dir)
  const missing = ['db', 'loadSqsQueues', 'transaction', 'updateMessageReady'].filter((name) => !(name in persistence))
  if (missing.length > 0 || !(types.SETTABLE_ATTRIBUTES instanceof Set)) {
    throw new Error(`fauxqs has changed (${missing.join(', ')}): install the version that package.json names`)
  }
  return {
    store,
    persistence,
    serve: () => app.buildApp({ logger: false, stores: { sqsStore: store } }),
    settableAttributes: types.SETTABLE_ATTRIBUTES,
  }
}
