import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { type PostResult, postOnce } from '../shared/http-post.ts'
import type { JsonObject } from '../shared/json.ts'
import { pick, seededRandom } from '../shared/seeded-random.ts'
import { runUntilStopped, type Stoppable } from '../shared/until-stopped.ts'
import { type HexBatchOptions, hexBatches } from './events.ts'

/**
 * WorkOS sends Hex's log stream: https://workos.com/docs/audit-logs/log-streams. Its timeout, the answers that it takes
 * for temporary failures, and its retry times are undocumented.
 */
const timeoutMs = 10_000
const longestRetryMs = 60_000
/** Repeats are chosen among this many latest batches. */
const replayableBatches = 10

/** The stream's destination, as typed into the form "Generic HTTPS". */
export interface HexDestination {
  readonly url: string
  readonly headerName: string
  /** The header's whole value, without a prefix. */
  readonly secret: string
}

export interface HexBatchFormat {
  /** `json` is an array, also around a single event; the alternative is one event per line. @default 'json' */
  readonly format?: 'json' | 'ndjson'
  /** @default false */
  readonly gzip?: boolean
  /** Whether the first half of an event follows the others, on a line of its own. @default false */
  readonly cut?: boolean
}

/** A batch, ready to be resent with the same bytes. */
export interface HexBatch {
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

export function encodeHexBatch(envelopes: readonly JsonObject[], options: HexBatchFormat = {}): HexBatch {
  const { format = 'json', gzip = false, cut = false } = options
  const lines = envelopes.map((envelope) => JSON.stringify(envelope))
  const [first = ''] = lines
  if (cut) lines.push(first.slice(0, first.length / 2))
  const body = Buffer.from(format === 'json' ? `[${lines.join(',')}]` : lines.join('\n'))
  return {
    headers: {
      'content-type': format === 'json' ? 'application/json' : 'application/x-ndjson',
      ...(gzip ? { 'content-encoding': 'gzip' } : {}),
    },
    body: gzip ? gzipSync(body) : body,
  }
}

/** Sends once, as `postOnce` does. */
export async function postHexBatch(
  { url, headerName, secret }: HexDestination,
  batch: HexBatch,
  signal?: AbortSignal,
): Promise<PostResult> {
  const headers = { ...batch.headers, [headerName]: secret }
  return postOnce(url, { headers, body: batch.body, timeoutMs, signal })
}

export interface HexSenderOptions extends HexDestination, HexBatchOptions {
  /** Batches per second without failures. @default 0.5 */
  readonly ratePerSecond?: number
  /** Probability, from 0 to 1, that an acknowledged batch is sent again. @default 0.05 */
  readonly replayShare?: number
  /** Probability, from 0 to 1, that a batch comes as lines of which the last is cut. @default 0 */
  readonly cutShare?: number
  /** Wait after a failure, in milliseconds; doubles after each further one, up to a minute. @default 1,000 */
  readonly firstRetryMs?: number
}

/**
 * Sends a workspace's log stream without end, one batch at a time: the next waits for the acknowledgement, so that a
 * failure delays events but neither loses nor reorders them. A refused credential ends the stream.
 */
export function startHexSender(options: HexSenderOptions): Stoppable {
  const { ratePerSecond = 0.5, replayShare = 0.05, cutShare = 0, firstRetryMs = 1_000 } = options

  const deliver = async (batch: HexBatch, signal: AbortSignal) => {
    for (let retryMs = firstRetryMs; ; retryMs = Math.min(retryMs * 2, longestRetryMs)) {
      const { ok, status } = await postHexBatch(options, batch, signal)
      signal.throwIfAborted()
      if (ok) return
      // Hex waits until an operator corrects the credential; in a simulation none does.
      if (status === 401 || status === 403) await once(signal, 'abort')
      await pause(retryMs, undefined, { signal })
    }
  }

  return runUntilStopped(async (signal) => {
    const random = seededRandom(options.seed ?? 1)
    const acknowledged: HexBatch[] = []
    for (const envelopes of hexBatches(options)) {
      const isCut = cutShare > 0 && random() < cutShare
      const batch = encodeHexBatch(envelopes, isCut ? { format: 'ndjson', cut: true } : {})
      await deliver(batch, signal)
      if (acknowledged.push(batch) > replayableBatches) acknowledged.shift()
      if (random() < replayShare) await deliver(pick(acknowledged, random), signal)
      await pause(1000 / ratePerSecond, undefined, { signal })
    }
  })
}
