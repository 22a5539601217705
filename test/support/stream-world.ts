import { createHash } from 'node:crypto'
import { stream as githubStream } from '../../lambdas/connectors/github/audit-stream.ts'
import { StoreError } from '../../lambdas/core/errors.ts'
import type { Row } from '../../lambdas/core/normalize/event.ts'
import { noCounts } from '../../lambdas/core/poll/counts.ts'
import { decodeJob, encodeJob, endedJobs, type Job, jobFile, openJobs } from '../../lambdas/core/poll/past/job.ts'
import type { RunRow } from '../../lambdas/core/poll/run-row.ts'
import type { ObjectStore } from '../../lambdas/core/ports.ts'
import type { Batch } from '../../lambdas/core/publish/message.ts'
import type { OpenedObject, StreamBucket } from '../../lambdas/core/stream/bucket.ts'
import { type MessagesOutcome, readMessages } from '../../lambdas/core/stream/messages.ts'
import type { ReaderPorts, ReadSession } from '../../lambdas/core/stream/read-session.ts'
import { readerPorts } from '../../lambdas/core/stream/reader-ports.ts'
import type { ReplayResult } from '../../lambdas/core/stream/replay.ts'
import type { StreamConfiguration } from '../../lambdas/core/stream/stream.ts'
import {
  decodeStreamState,
  newState,
  type StreamState,
  streamStateKey,
} from '../../lambdas/core/stream/stream-state.ts'
import { createStreamTick } from '../../lambdas/core/stream/stream-tick.ts'
import { classificationFailures as failureSchema } from '../../schemas/generated/classification_failures.ts'
import { githubAudit as schema } from '../../schemas/generated/github_audit.ts'
import { Kill, Killer } from './killer.ts'
import { memoryStore } from './memory-stores.ts'

export const bucketName = 'audit-bucket'
export const epoch = Date.UTC(2026, 0, 15, 10, 30)
const minute = 60_000
const day = 24 * 60 * minute
const stateFolder = 'state/stream/'

interface Stored {
  readonly body: Uint8Array
  readonly version: string
  readonly writtenAt: number
}

export interface StreamWorldOptions {
  readonly copilotUsage?: 'keep' | 'leave-out'
  /** Bytes that the bucket gives out at a time. */
  readonly partBytes?: number
  /** Objects that the bucket lists at a time. */
  readonly pageSize?: number
}

/** How a run is cut short. */
export interface Bounds {
  readonly killer?: Killer
  /** Time until its deadline; each batch of rows takes `publishMs`. @default ten minutes */
  readonly ms?: number
}

export interface TickBounds extends Bounds {
  readonly readConfiguration?: () => Promise<readonly StreamConfiguration[]>
}

/** The reader of a stream over a bucket, a store and a queue in memory, on a clock that tests move. */
export class StreamWorld {
  readonly clock = { time: epoch }
  readonly objects = new Map<string, Stored>()
  readonly ops = memoryStore()
  /** Rows by their ids. */
  readonly events = new Map<string, Row>()
  readonly failures = new Map<string, Row>()
  /** Rows of `collection_runs`. */
  readonly runs: RunRow[] = []
  /** Calls of the bucket, such as `open <name>`. */
  readonly calls: string[] = []
  /** Results of replays, and totals of sessions with news. */
  readonly reported: { replays: ReplayResult[]; totals: ReadSession['totals'][] } = { replays: [], totals: [] }
  /** Rows published, repeated ones too. */
  published = 0
  /** How far each batch of rows moves the clock, in milliseconds. */
  publishMs = 0
  /** Whether a call of the bucket, or `publish`, fails. */
  breaks: (call: string) => boolean = () => false
  readonly #options: StreamWorldOptions

  constructor(options: StreamWorldOptions = {}) {
    this.#options = options
  }

  put(name: string, body: Uint8Array | string, writtenAt = this.clock.time): void {
    const bytes = Buffer.from(body)
    const version = createHash('md5').update(bytes).digest('hex')
    this.objects.set(name, { body: bytes, version, writtenAt })
  }

  /** The message of S3 about an object, deleted or not. */
  message(name: string, changes: { readonly bucket?: string; readonly key?: string } = {}): string {
    const { body, version = 'gone', writtenAt = this.clock.time } = this.objects.get(name) ?? {}
    const key = changes.key ?? s3Encoded(name)
    return JSON.stringify({
      Records: [
        {
          eventVersion: '2.1',
          eventSource: 'aws:s3',
          eventTime: new Date(writtenAt).toISOString(),
          eventName: 'ObjectCreated:Put',
          s3: {
            bucket: { name: changes.bucket ?? bucketName },
            object: { key, size: body?.length ?? 1, eTag: version },
          },
        },
      ],
    })
  }

  /** The ids of the events that are rows, in order. */
  get ids(): string[] {
    return [...this.events.values()].map(idOf).sort()
  }

  get state(): StreamState {
    const body = this.ops.objects.get(streamStateKey(stateFolder))
    return (body && decodeStreamState(body)) ?? newState
  }

  /** How many objects are marked as read. */
  get marks(): number {
    return this.#keysWith('/read/').length
  }

  /** Orders a replay. */
  order(job: Partial<Job> = {}): void {
    const { from = epoch - 5 * day, to = epoch } = job
    const whole: Job = {
      ...{ id: 'job-1', kind: 'replay', stream: 'github.stream', createdAt: epoch, dryRun: false, counts: noCounts },
      ...{ until: from, ...job, from, to },
    }
    this.ops.objects.set(`${openJobs(stateFolder)}${jobFile(whole)}`, encodeJob(whole))
  }

  /** The job as it is stored, open or ended. */
  job(id = 'job-1'): Job | undefined {
    const stored = [openJobs, endedJobs].map((folder) => this.ops.objects.get(`${folder(stateFolder)}${id}.json`))
    return stored.flatMap((body) => (body ? [decodeJob(body)] : []))[0]
  }

  openJobs(): string[] {
    return this.#keysWith('/jobs/open/')
  }

  /** Delivers messages. A killed function has no outcome. */
  async receive(
    bodies: readonly string[],
    { killer, ms = 10 * minute }: Bounds = {},
  ): Promise<MessagesOutcome | undefined> {
    const messages = bodies.map((body, index) => ({ messageId: `m${index}`, body }))
    return unlessKilled(readMessages(this.ports(killer), bucketName, messages, this.clock.time + ms))
  }

  /** The work of a minute. Either part of it stops after `ms`. */
  async tick({ killer = new Killer(), ms = 10 * minute, readConfiguration }: TickBounds = {}): Promise<void> {
    const { ports, call } = this.#process(killer)
    const tick = createStreamTick({
      ports,
      stream: { id: 'github.stream', logType: schema.logType },
      record: call(async (rows: readonly RunRow[]) => void this.runs.push(...rows)),
      readConfiguration,
      report: {
        objects: (totals) => void this.reported.totals.push(totals),
        listing: () => {},
        replays: (results) => void this.reported.replays.push(...results),
        configuration: () => {},
      },
    })()
    await unlessKilled(tick.live(this.clock.time + ms))
    await unlessKilled(tick.past(this.clock.time + ms))
    this.clock.time += minute
  }

  async ticks(count: number, bounds?: TickBounds): Promise<void> {
    for (let n = 0; n < count; n++) await this.tick(bounds)
  }

  ports(killer = new Killer()): ReaderPorts {
    return this.#process(killer).ports
  }

  #keysWith(part: string): string[] {
    return [...this.ops.objects.keys()].filter((key) => key.includes(part))
  }

  #process(killer: Killer) {
    const call = killer.process()
    const { store } = this.ops
    const ops: ObjectStore = {
      get: call(store.get),
      put: call(store.put),
      putOnce: call(store.putOnce),
      putIf: call(store.putIf),
      list: call(store.list),
      delete: call(store.delete),
    }
    const publish = call(async (batches: readonly Batch[]) => this.#publish(batches))
    const { copilotUsage = 'keep' } = this.#options
    const ports = readerPorts({
      source: { id: 'stream', label: 'Stream', options: { excludeFilters: ['_check'], copilotUsage } },
      ...{ stream: githubStream, schema, failureSchema, ops },
      bucket: this.#bucket(call),
      publisher: { publish },
      now: () => this.clock.time,
    })
    return { ports, call }
  }

  #publish(batches: readonly Batch[]): void {
    this.#mayBreak('publish')
    for (const { logType, rows } of batches) {
      const table = logType === schema.logType ? this.events : this.failures
      for (const row of rows) table.set(String(row.p_row_id), row)
      this.published += rows.length
    }
    this.clock.time += this.publishMs
  }

  #bucket(call: ReturnType<Killer['process']>): StreamBucket {
    const { partBytes = 1e9, pageSize = 1_000 } = this.#options
    return {
      addressOf: (name) => `s3://${bucketName}/${name}`,
      list: call(async (prefix: string, after = '') => {
        this.#mayBreak(`list ${prefix}`)
        const names = [...this.objects.keys()].filter((name) => name.startsWith(prefix) && compare(name, after) > 0)
        return names
          .sort(compare)
          .slice(0, pageSize)
          .flatMap((name) => this.#listed(name))
      }),
      open: call(async (name: string) => {
        this.#mayBreak(`open ${name}`)
        const [listed] = this.#listed(name)
        return listed && this.#opened(listed, partBytes, call)
      }),
    }
  }

  #listed(name: string) {
    const stored = this.objects.get(name)
    if (!stored) return []
    const { body, ...facts } = stored
    return [{ name, size: body.length, ...facts }]
  }

  #opened(listed: Omit<OpenedObject, 'read'>, partBytes: number, call: ReturnType<Killer['process']>): OpenedObject {
    const part = call(async (at: number) => {
      this.#mayBreak(`read ${listed.name}`)
      const { body, version } = this.objects.get(listed.name) ?? {}
      if (!body || version !== listed.version) throw new StoreError('changed while it was read')
      return body.subarray(at, at + partBytes)
    })
    return {
      ...listed,
      async *read() {
        for (let at = 0; at < listed.size; at += partBytes) yield await part(at)
      },
    }
  }

  #mayBreak(call: string): void {
    this.calls.push(call)
    if (this.breaks(call)) throw new StoreError(`broken: ${call}`)
  }
}

/** By bytes, as S3 sorts. */
const compare = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b))

/** As S3 encodes keys in messages: as a form does, with slashes as they are. */
export const s3Encoded = (name: string): string =>
  encodeURIComponent(name)
    .replaceAll('%20', '+')
    .replaceAll('%2F', '/')
    .replaceAll(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)

/** `_document_id` of an event, `<event_id>/<type>` of a usage record, as the simulator names them. */
export const idOf = (row: Row): string => String(row._document_id ?? `${row.event_id}/${row.type}`)

/** An event in the form of the stream. */
export const eventLine = (id: string | number, more: object = {}): string =>
  JSON.stringify({ action: 'repo.create', _document_id: String(id), '@timestamp': epoch, ...more })

/**
 * A line as long as a batch: a usage record, which costs no row if the settings leave such records out. It ends the
 * batch of the lines before it.
 */
export const batchEnd = JSON.stringify({ type: 'request', event_id: 'filler', body: 'x'.repeat(4_000_000) })

async function unlessKilled<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    if (!(error instanceof Kill)) throw error
    return undefined
  }
}
