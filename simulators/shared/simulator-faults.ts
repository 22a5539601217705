import { setTimeout as pause } from 'node:timers/promises'
import { type JsonObject, refuseUnknown } from './json.ts'

/** A simulator's answer before faults. */
export interface SimulatedAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Sent as JSON unless it is a text or bytes. */
  readonly body: unknown
}

const kinds = [
  'status',
  'html',
  'truncate',
  'text',
  'redirect',
  'too-large',
  'hang',
  'reset',
  'next-link',
  'empty-page',
] as const
type FaultKind = (typeof kinds)[number]

/**
 * A fault of requests of the feed.
 * - `status`: `status`, `headers` and `body` are the answer
 * - `html`: an HTML page, with `status` (200 unless given)
 * - `text`: `body` unchanged
 * - `truncate`: the right answer, cut in the middle but complete as HTTP; `midway: true` breaks the connection there
 * - `redirect`: to `location`
 * - `too-large`: `bytes` of blanks before the end of the answer
 * - `hang`: silence for `ms`, then the right answer
 * - `reset`: the connection breaks without an answer
 * - `next-link`: the right answer, but its next page is at `location`
 * - `empty-page`: no events, but more to come
 */
export interface Fault {
  readonly kind: FaultKind
  /** Requests to let pass first. */
  skip: number
  /** Requests to affect. */
  times: number
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
  readonly location: string
  readonly bytes: number
  readonly ms: number
  readonly midway: boolean
}

/** @throws {Error} when the kind of fault or a member is unknown */
export function parseFault(value: JsonObject): Fault {
  const kind = kinds.find((known) => known === value.kind)
  if (kind === undefined) throw new Error(`a fault's kind must be one of ${kinds.join(', ')}`)
  refuseUnknown(value, ['kind', 'skip', 'times', 'status', 'headers', 'body', 'location', 'bytes', 'ms', 'midway'])
  const count = (name: string, otherwise: number) => (typeof value[name] === 'number' ? value[name] : otherwise)
  const { headers } = value
  const given = typeof headers === 'object' && headers !== null ? Object.entries(headers) : []
  return {
    kind,
    skip: count('skip', 0),
    times: count('times', 1),
    status: count('status', kind === 'html' || kind === 'text' ? 200 : 500),
    headers: Object.fromEntries(given.map(([name, text]) => [name, String(text)])),
    body: value.body ?? '',
    location: typeof value.location === 'string' ? value.location : 'https://elsewhere.example/login',
    bytes: count('bytes', 17 * 1024 * 1024),
    ms: count('ms', 60_000),
    midway: value.midway === true,
  }
}

/** Pending faults, in order. */
export class FaultList {
  #faults: Fault[] = []

  add(faults: readonly Fault[]): void {
    this.#faults.push(...faults.map((fault) => ({ ...fault })))
  }

  clear(): void {
    this.#faults = []
  }

  get size(): number {
    return this.#faults.length
  }

  /** The fault for the next request, if any. */
  take(): Fault | undefined {
    const [first] = this.#faults
    if (first === undefined) return undefined
    if (first.skip > 0) {
      first.skip--
      return undefined
    }
    if (--first.times <= 0) this.#faults.shift()
    return first
  }
}

/** An answer as it goes over the wire. */
export interface WireAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly bytes: Buffer
  /** Bytes after which the connection breaks. */
  readonly breakAfter?: number
}

export function onWire({ status, headers, body }: SimulatedAnswer): WireAnswer {
  if (body instanceof Uint8Array) return { status, headers, bytes: Buffer.from(body) }
  const json = typeof body !== 'string'
  return {
    status,
    headers: { ...(json ? { 'content-type': 'application/json; charset=utf-8' } : {}), ...headers },
    bytes: Buffer.from(json ? JSON.stringify(body) : body),
  }
}

const page = '<!DOCTYPE html>\n<html><head><title>Unicorn!</title></head><body><p>We are down.</p></body></html>\n'

/**
 * The answer that is sent in place of the right one.
 * @param right makes the right answer; not called when the request does not reach the provider
 */
export async function spoiled(fault: Fault, right: () => SimulatedAnswer, signal: AbortSignal): Promise<WireAnswer> {
  switch (fault.kind) {
    case 'status':
    case 'text':
      return onWire(fault)
    case 'html':
      return { ...onWire({ ...fault, body: page }), headers: { 'content-type': 'text/html', ...fault.headers } }
    case 'redirect':
      return onWire({ status: 302, headers: { location: fault.location }, body: '' })
    case 'reset':
      return { status: 200, headers: {}, bytes: Buffer.alloc(0), breakAfter: 0 }
    case 'hang':
      await pause(fault.ms, undefined, { signal }).catch(() => undefined)
      return onWire(right())
    case 'too-large': {
      const { bytes, ...answer } = onWire(right())
      return { ...answer, bytes: Buffer.concat([bytes, Buffer.alloc(fault.bytes, ' ')]) }
    }
    case 'truncate': {
      const answer = onWire(right())
      const half = Math.floor(answer.bytes.length / 2)
      return fault.midway ? { ...answer, breakAfter: half } : { ...answer, bytes: answer.bytes.subarray(0, half) }
    }
    case 'next-link':
    case 'empty-page':
      return onWire(right())
  }
}
