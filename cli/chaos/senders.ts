import { setTimeout as pause } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { auditStream, dailyCheck } from '../../simulators/github/audit-stream.ts'
import { fileName, fileOf, type StreamObject } from '../../simulators/github/audit-stream-objects.ts'
import type { DeliveryServer } from '../../simulators/github/deliveries.ts'
import { githubEvents } from '../../simulators/github/payloads.ts'
import { hexBatches } from '../../simulators/hex/events.ts'
import { encodeHexBatch, type HexBatch, postHexBatch } from '../../simulators/hex/webhooks.ts'
import { memberAt } from '../../simulators/shared/samples.ts'
import { pick, randomText, seededRandom } from '../../simulators/shared/seeded-random.ts'
import { Ending } from './ending.ts'
import { streamEntryId } from './feeds.ts'
import type { SourceLog } from './source-log.ts'

/** A provider that sends. */
export interface Sender {
  readonly log: SourceLog
  /** Ends it when what it has begun is acknowledged, or at the latest after this time, in milliseconds. */
  stop(withinMs: number): Promise<void>
}

/** The events that a sender has begun to send, each with the time at which it began, in milliseconds since 1970. */
class Begun {
  readonly #times = new Map<string, number>()
  /** As text or, where many share it, as the event. */
  readonly #events = new Map<string, object | string>()

  add(id: string, time: number, event: object | string): void {
    this.#times.set(id, time)
    this.#events.set(id, event)
  }

  readonly known: Pick<SourceLog, 'shown' | 'events'> = {
    shown: async () => this.#times,
    events: async () =>
      new Map(
        this.#events.entries().map(([id, event]) => [id, typeof event === 'string' ? event : JSON.stringify(event)]),
      ),
  }
}

/** Where a webhook goes, and with which secret; both can change while it is sent. */
export interface Target {
  readonly url: string
  readonly secret: string
}

export interface SenderOptions {
  readonly target: () => Target
  readonly now: () => number
  readonly seed: number
}

/**
 * Sends batches of Hex events, each again and again until it is acknowledged; some come twice, some as lines of which
 * the last is cut.
 */
export function startHex({ target, now, seed }: SenderOptions): Sender {
  const begun = new Begun()
  const cut = new Set<string>()
  const random = seededRandom(seed)
  const acknowledged: HexBatch[] = []
  const ending = new Ending()
  const deliver = async (batch: HexBatch) => {
    while (!ending.isOver) {
      const { url, secret } = target()
      const { ok } = await postHexBatch({ url, secret, headerName: 'X-AuditLake-Secret' }, batch)
      if (ok) return
      await pause(500 + random() * 1_500)
    }
  }
  const running = (async () => {
    for (const envelopes of hexBatches({ seed, now })) {
      if (ending.hasBegun) return
      const isCut = random() < 0.05
      const batch = encodeHexBatch(envelopes, isCut ? { format: 'ndjson', cut: true } : { gzip: random() < 0.5 })
      for (const envelope of envelopes)
        begun.add(String(memberAt(envelope, 'event.metadata.hexTraceId')), now(), envelope)
      if (isCut) cut.add(batch.body.toString().split('\n').at(-1) ?? '')
      await deliver(batch)
      acknowledged.push(batch)
      if (random() < 0.1) await deliver(pick(acknowledged, random))
      await pause(random() * 400)
    }
  })()
  return {
    log: {
      source: 'hex-audit',
      table: 'hex_audit',
      id: 'event.metadata.hextraceid',
      ...begun.known,
      spoiled: () => cut,
    },
    async stop(withinMs) {
      ending.begin(withinMs)
      await running
    },
  }
}

/**
 * Sends GitHub's webhooks, each once, as GitHub does; its list of deliveries lets the pipeline ask for failed ones
 * again. Some are sent again by hand.
 */
export function startWebhooks({ target, now, server, seed }: SenderOptions & { server: DeliveryServer }): Sender {
  const begun = new Begun()
  const random = seededRandom(seed)
  const underWay = new Set<Promise<unknown>>()
  const track = (work: Promise<unknown>) => {
    const tracked: Promise<unknown> = work.finally(() => underWay.delete(tracked))
    underWay.add(tracked)
  }
  const events = githubEvents.filter(({ event }) => event !== 'ping')
  const send = async () => {
    server.log.receiver = target()
    const { event, payload } = pick(events, random)
    const time = now()
    const delivery = await server.log.deliver(event, payload)
    begun.add(delivery.guid, time, payload)
    if (random() < 0.05) await server.log.redeliver(delivery)
  }
  const ending = new Ending()
  const running = (async () => {
    while (!ending.hasBegun) {
      if (underWay.size < 20) track(send())
      await pause(random() * 500)
    }
  })()
  return {
    log: { source: 'github-webhooks', table: 'github_webhook', id: 'p_webhook_delivery', ...begun.known },
    // A delivery ends by itself, as GitHub gives each ten seconds.
    async stop(withinMs) {
      ending.begin(withinMs)
      await running
      await Promise.all(underWay)
    },
  }
}

/** Where the bucket of a stream is; another start of the run changes it. */
export interface BucketPlace {
  readonly endpoint: string
  readonly region: string
  readonly bucket: string
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }
}

/**
 * GitHub's audit-log stream into a bucket: a file every second or so, some twice under another name, some cut, and
 * checks. A file that cannot be written is tried again, and then later ones wait.
 */
export class StreamSender implements Sender {
  /** Set while the bucket is there. */
  place: BucketPlace | undefined
  readonly #begun = new Begun()
  readonly #cut = new Set<string>()
  readonly #running: Promise<void>
  readonly #ending = new Ending()

  constructor({ now, seed }: Omit<SenderOptions, 'target'>) {
    this.#running = this.#run(now, seed)
  }

  readonly log: SourceLog = {
    source: 'github-stream',
    table: 'github_audit',
    id: streamEntryId,
    ...this.#begun.known,
    spoiled: () => this.#cut,
  }

  async stop(withinMs: number): Promise<void> {
    this.#ending.begin(withinMs)
    await this.#running
  }

  async #run(now: () => number, seed: number): Promise<void> {
    const stream = auditStream({ enterprise: 'example-enterprise', seed })
    const random = seededRandom(seed)
    for (let files = 0; !this.#ending.hasBegun; files++) {
      const time = now()
      const part = stream.part(`file ${files}`)
      const entries = part.entries(1 + Math.floor(random() * 30), time - 60_000, time)
      const { objects } = fileOf(entries, time, random)
      const kind = random()
      if (kind < 0.03) await this.#writeCut(time, random)
      if (kind > 0.97) await this.#write(dailyCheck(stream, { now: time }).objects)
      for (const { id, line } of entries) this.#begun.add(id, time, line)
      await this.#write(objects)
      if (kind > 0.4 && kind < 0.45) {
        await this.#write(objects.map(({ body }) => ({ name: fileName(time, random), body })))
      }
      await pause(random() * 2_000)
    }
  }

  /** A file of one line that ends before the line does. */
  async #writeCut(time: number, random: () => number): Promise<void> {
    const line = `{"@timestamp":${time},"action":"cut.${randomText(20, 'abcdef0123456789', random)}","org":`
    this.#cut.add(line)
    await this.#write([{ name: fileName(time, random), body: gzipSync(line) }])
  }

  async #write(objects: readonly StreamObject[]): Promise<void> {
    for (const { name, body } of objects) {
      while (!this.#ending.isOver && !(await this.#put(name, body))) await pause(500)
    }
  }

  /** @returns whether the bucket has it */
  async #put(Key: string, Body: Buffer): Promise<boolean> {
    if (this.place === undefined) return false
    const { bucket: Bucket, ...connection } = this.place
    const client = new S3Client({ ...connection, forcePathStyle: true, maxAttempts: 1 })
    try {
      await client.send(new PutObjectCommand({ Bucket, Key, Body }), { abortSignal: AbortSignal.timeout(10_000) })
      return true
    } catch {
      return false
    } finally {
      client.destroy()
    }
  }
}
