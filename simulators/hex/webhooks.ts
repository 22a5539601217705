import { EventEmitter, once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { type PostResult, postOnce } from '../shared/http-post.ts'
import type { JsonObject } from '../shared/json.ts'
import { memberAt } from '../shared/samples.ts'
import { pick, seededRandom } from '../shared/seeded-random.ts'
import { runUntilStopped, type Stoppable } from '../shared/until-stopped.ts'
import { type HexBatchOptions, hexBatches } from './events.ts'

/**
 * WorkOS sends Hex's log stream: https://workos.com/docs/audit-logs/log-streams. Its timeout, the answers that it takes
 * for temporary failures, and its retry times are undocumented.
 */
const defaultTimeoutMs = 10_000
const defaultFirstRetryMs = 1_000
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
  readonly envelopes: readonly JsonObject[]
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

export interface HexDelivery extends PostResult {
  readonly batch: HexBatch
  /** Whether the receiver had acknowledged the batch before. */
  readonly replay: boolean
}

/**
 * - `active`: the latest batch was acknowledged, or none was sent yet.
 * - `error`: the latest batch failed; the sender retries it, and later ones wait.
 * - `invalid`: the receiver refused the credential; the sender waits until the operator corrects it.
 */
export type HexStreamState = 'active' | 'error' | 'invalid'

export function encodeHexBatch(envelopes: readonly JsonObject[], options: HexBatchFormat = {}): HexBatch {
  const { format = 'json', gzip = false, cut = false } = options
  const lines = envelopes.map((envelope) => JSON.stringify(envelope))
  const [first = ''] = lines
  if (cut) lines.push(first.slice(0, first.length / 2))
  const body = Buffer.from(format === 'json' ? `[${lines.join(',')}]` : lines.join('\n'))
  return {
    envelopes,
    headers: {
      'content-type': format === 'json' ? 'application/json' : 'application/x-ndjson',
      ...(gzip ? { 'content-encoding': 'gzip' } : {}),
    },
    body: gzip ? gzipSync(body) : body,
  }
}

/**
 * Sends once, as `postOnce` does.
 *
 * @param options `timeoutMs` is 10,000 by default
 */
export async function postHexBatch(
  { url, headerName, secret }: HexDestination,
  batch: HexBatch,
  options: { readonly replay?: boolean; readonly timeoutMs?: number; readonly signal?: AbortSignal } = {},
): Promise<HexDelivery> {
  const { replay = false, timeoutMs = defaultTimeoutMs, signal } = options
  const headers = { ...batch.headers, [headerName]: secret }
  return { batch, replay, ...(await postOnce(url, { headers, body: batch.body, timeoutMs, signal })) }
}

export interface HexSenderOptions extends HexDestination, HexBatchFormat, HexBatchOptions {
  /** Batches per second without failures. @default 0.5 */
  readonly ratePerSecond?: number
  /** Probability, from 0 to 1, that an acknowledged batch is sent again. @default 0.05 */
  readonly replayShare?: number
  /** Probability, from 0 to 1, that a batch comes as lines of which the last is cut. @default 0 */
  readonly cutShare?: number
  /** @default 10,000 */
  readonly timeoutMs?: number
  /** Wait after a failure, in milliseconds; doubles after each further one, up to a minute. @default 1,000 */
  readonly firstRetryMs?: number
  /** Ends the sender, like `stop`. */
  readonly signal?: AbortSignal
  readonly onDelivery?: (delivery: HexDelivery) => void
}

export interface HexSender extends Stoppable {
  readonly state: HexStreamState
  /**
   * `event.metadata.hexTraceId` of every acknowledged event, each once, in the order of sending. A batch under way when
   * the sender stopped may have arrived as well.
   */
  sent(): readonly string[]
  /** Resumes an invalid stream, as when the operator corrects the settings or has them checked again. */
  revalidate(corrected?: { readonly secret: string }): void
}

/**
 * Sends a workspace's log stream without end, one batch at a time: the next waits for the acknowledgement, so that a
 * failure delays events but neither loses nor reorders them.
 */
export function startHexSender(options: HexSenderOptions): HexSender {
  const { url, headerName, ratePerSecond = 0.5, replayShare = 0.05, cutShare = 0, onDelivery } = options
  const { timeoutMs = defaultTimeoutMs, firstRetryMs = defaultFirstRetryMs } = options
  const settings = new EventEmitter()
  const sent: string[] = []
  let { secret } = options
  let state: HexStreamState = 'active'

  const deliver = async (batch: HexBatch, replay: boolean, signal: AbortSignal) => {
    let retryMs = firstRetryMs
    for (;;) {
      const delivery = await postHexBatch({ url, headerName, secret }, batch, { replay, timeoutMs, signal })
      if (delivery.ok && !replay)
        sent.push(...batch.envelopes.map((envelope) => String(memberAt(envelope, 'event.metadata.hexTraceId'))))
      signal.throwIfAborted()
      state = stateAfter(delivery)
      // Listens before the callback runs, because the callback may revalidate at once.
      const revalidated = state === 'invalid' ? once(settings, 'revalidated', { signal }) : undefined
      onDelivery?.(delivery)
      if (delivery.ok) return
      if (revalidated) {
        await revalidated
        retryMs = firstRetryMs
      } else {
        await pause(retryMs, undefined, { signal })
        retryMs = Math.min(retryMs * 2, longestRetryMs)
      }
    }
  }

  const running = runUntilStopped(async (signal) => {
    const random = seededRandom(options.seed ?? 1)
    const acknowledged: HexBatch[] = []
    for (const envelopes of hexBatches(options)) {
      const cut = cutShare > 0 && random() < cutShare && { format: 'ndjson' as const, cut: true }
      const batch = encodeHexBatch(envelopes, { ...options, ...cut })
      await deliver(batch, false, signal)
      if (acknowledged.push(batch) > replayableBatches) acknowledged.shift()
      if (random() < replayShare) await deliver(pick(acknowledged, random), true, signal)
      await pause(1000 / ratePerSecond, undefined, { signal })
    }
  }, options.signal)

  return {
    get state() {
      return state
    },
    sent: () => sent,
    revalidate(corrected) {
      secret = corrected?.secret ?? secret
      if (state === 'invalid') state = 'active'
      settings.emit('revalidated')
    },
    stop: () => running.stop(),
  }
}

function stateAfter({ ok, status }: HexDelivery): HexStreamState {
  if (ok) return 'active'
  return status === 401 || status === 403 ? 'invalid' : 'error'
}
