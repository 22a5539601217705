import { runStreams } from '../../lambdas/core/poll/streams.ts'
import type { ObjectStore } from '../../lambdas/core/ports.ts'
import type { Batch } from '../../lambdas/core/publish/message.ts'
import type { StreamBucket } from '../../lambdas/core/stream/bucket.ts'
import { listedBucket } from '../../lambdas/core/stream/listed-bucket.ts'
import { readerPorts } from '../../lambdas/core/stream/reader-ports.ts'
import type { Listing, StreamState } from '../../lambdas/core/stream/stream-state.ts'
import { createStreamTick } from '../../lambdas/core/stream/stream-tick.ts'
import { classificationFailures } from '../../schemas/generated/classification_failures.ts'
import { githubAudit } from '../../schemas/generated/github_audit.ts'
import { type GcsStreamServer, startGcsStreamServer } from '../../simulators/github/audit-stream-gcs.ts'
import { now as begin, bucketOf } from './google.ts'
import { Killer } from './killer.ts'
import { memoryStore } from './memory-stores.ts'
import { started } from './provider.ts'

export const minute = 60_000
export const day = 86_400_000

/** The parts of a source's world that a test looks at and changes. */
export interface ListedWorld {
  readonly server: GcsStreamServer
  readonly ops: ReturnType<typeof memoryStore>
  /** Calls of the store of our own, by name. */
  readonly calls: Record<'get' | 'put' | 'putIf' | 'list' | 'delete', number>
  /** `_document_id` or `<event_id>/<type>` of every published row, as often as it was. */
  readonly ids: string[]
  /** Rows of failures. */
  readonly failures: unknown[]
  /** Errors and ended listings that were reported. */
  readonly errors: unknown[]
  readonly listings: Listing[]
  /** Milliseconds since 1970. */
  time: number
  /** `afterPublish` is called after each published batch; what it throws is the store's failure. */
  readonly hooks: { afterPublish: () => void }
  state(): Promise<StreamState>
  /** The work of one minute, after which a minute has passed. */
  tick(seconds?: number): Promise<void>
  /** Ticks for a time; @default 1 */
  minutes(count?: number): Promise<void>
  /** A new process, which has seen nothing. */
  restart(): void
}

/** A source with a bucket in a simulated Google Cloud Storage, in memory otherwise. */
export async function listedWorld(
  options: { bucket?: (bucket: StreamBucket) => StreamBucket; killer?: Killer } = {},
): Promise<ListedWorld> {
  const { bucket: change = (bucket) => bucket, killer = new Killer() } = options
  const clock = { time: begin }
  const now = () => clock.time
  const server = await started(startGcsStreamServer({ now, flows: false }))
  const ops = memoryStore()
  const calls = { get: 0, put: 0, putIf: 0, list: 0, delete: 0 }
  const world = { ids: [] as string[], failures: [] as unknown[], errors: [] as unknown[], listings: [] as Listing[] }
  const bucket = change(bucketOf(server, { now }))
  const hooks = { afterPublish: () => {} }
  const publish = async (batches: readonly Batch[]) => {
    for (const { logType, rows } of batches) {
      for (const row of rows) {
        if (logType !== 'GitHub.Audit') world.failures.push(row)
        else world.ids.push(String(row._document_id ?? `${row.event_id}/${row.type}`))
      }
    }
    hooks.afterPublish()
  }
  const begun = () => {
    const mortal = killer.process()
    const { store } = ops
    const calling =
      <A extends readonly unknown[], R>(name: keyof typeof calls, call: (...args: A) => Promise<R>) =>
      (...args: A): Promise<R> => {
        calls[name]++
        return call(...args)
      }
    const counted: ObjectStore = {
      get: calling('get', mortal(store.get)),
      put: calling('put', mortal(store.put)),
      putOnce: calling('put', mortal(store.putOnce)),
      putIf: calling('putIf', mortal(store.putIf)),
      list: calling('list', mortal(store.list)),
      delete: calling('delete', mortal(store.delete)),
    }
    const source = { id: 'gcs', label: 'Stream', options: { excludeFilters: ['_check'] } }
    const stream = { isLeftOut: () => false, readConfiguration: async () => [] }
    const schemas = { schema: githubAudit, failureSchema: classificationFailures }
    const ports = readerPorts({
      source,
      stream,
      ...schemas,
      bucket,
      publisher: { publish: mortal(publish) },
      ops: counted,
      now,
    })
    const report = {
      objects: (_totals: unknown, error?: unknown) => void (error !== undefined && world.errors.push(error)),
      listing: (listing: Listing) => void (!listing.isOpen && world.listings.push(listing)),
      replays() {},
      configuration() {},
    }
    const as = { stream: { id: 'github.audit-stream', logType: 'GitHub.Audit' }, record: async () => {} }
    return { ports, tick: createStreamTick({ ports, ...as, report, ...listedBucket(ports) }) }
  }
  let process = begun()
  const tick = async (seconds = 50) => {
    await runStreams([process.tick()], clock.time + seconds * 1000, now)
    clock.time += minute
  }
  return {
    ...world,
    server,
    ops,
    calls,
    hooks,
    tick,
    get time() {
      return clock.time
    },
    set time(time) {
      clock.time = time
    },
    state: () => process.ports.state.read(),
    async minutes(count = 1) {
      for (let done = 0; done < count; done++) await tick()
    },
    restart() {
      process = begun()
    },
  }
}
