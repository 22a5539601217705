import type { LogSchema } from '../../../schemas/definition.ts'
import { RecordError, TransientError } from '../errors.ts'
import { compileFailures, type Failure } from '../intake/failure.ts'
import type { Found } from '../intake/find-events.ts'
import type { EventContext, Row } from '../normalize/event.ts'
import type { Normalizer } from '../normalize/normalizer.ts'
import type { Publisher } from '../publish/publish.ts'
import type { Credentials } from './credentials.ts'
import { contentOf, type HttpEvent, requestOf, type WebhookRequest } from './http.ts'

/** A source as the function's environment describes it. */
export interface WebhookSource {
  readonly label: string
  readonly secretId: string
  /** What the settings say beyond that, as the connector's manifest declares it. */
  readonly options: Readonly<Record<string, string>>
}

/** What is particular to a provider's webhooks. */
export interface WebhookStream {
  /** Whether the request proves that its sender knows one of the secrets. Compares in constant time. */
  verify(request: WebhookRequest, secrets: readonly string[], source: WebhookSource): boolean
  /**
   * What a verified request holds; nothing for a mere test call.
   * @param content the body without its content encoding
   * @throws {RecordError} when the body as a whole cannot be read
   */
  read(request: WebhookRequest, content: Uint8Array): Found
  /** Values of the schema's attribute columns. */
  attributes(request: WebhookRequest): Readonly<Record<string, string | undefined>>
}

export interface IngressOptions {
  readonly stream: WebhookStream
  readonly normalizer: Normalizer
  /** Schema of the table that takes what is no event. */
  readonly failureSchema: LogSchema
  /** Source id -> source. */
  readonly sources: ReadonlyMap<string, WebhookSource>
  readonly credentials: Credentials
  readonly publisher: Publisher
  readonly now?: () => number
}

/** How a request was answered, for the response, the log and the metrics. */
export interface Answer {
  readonly status: 200 | 400 | 401 | 404 | 413 | 415 | 503
  /** What to tell the sender; holds nothing of the request. */
  readonly message: string
  /** Absent when the source is unknown: what the sender wrote there is not to be trusted. */
  readonly sourceId?: string
  /** Events that are durable now. */
  readonly received: number
  /** Parts of the request that were no events and are kept as failures. */
  readonly failed: number
  /** Why the request was refused, or the first of its failures, in a stable word. */
  readonly reason?: string
  readonly cause?: unknown
}

/**
 * Takes one webhook request: verify, normalize, publish. Once the sender has proved who it is, nothing it sent is lost:
 * what is no event is kept as a failure, whatever went wrong. 200 means that something of it was stored as an event, or
 * that the fault was ours; a store that is down is answered 503 and never 401, which makes some senders stop for good.
 */
export function createIngress(options: IngressOptions): (event: HttpEvent) => Promise<Answer> {
  const { sources, now = Date.now } = options
  const verify = createVerify(options)
  const take = createTake(options)
  return async (event) => {
    const sourceId = event.pathParameters?.sourceId ?? ''
    const source = sources.get(sourceId)
    if (!source) return { ...refusal(404, 'unknown_source', 'no such source') }
    try {
      const request = requestOf(event)
      if (!(await verify(request, source))) {
        return { ...refusal(401, 'bad_credential', 'signature or secret missing or wrong'), sourceId }
      }
      return { ...(await take(request, { sourceId, sourceLabel: source.label, receivedAt: now() })), sourceId }
    } catch (cause) {
      return { ...refusal(503, reasonOf(cause), 'temporarily unavailable, send again'), sourceId, cause }
    }
  }
}

const refusal = (status: Answer['status'], reason: string, message: string): Answer => ({
  status,
  reason,
  message,
  received: 0,
  failed: 0,
})

const reasonOf = (error: unknown): string => (error instanceof TransientError ? 'unavailable' : 'internal')

/** Whether the sender knows a key of the source; one that does not fit may be newer than the keys known here. */
function createVerify({ stream, credentials }: IngressOptions) {
  return async (request: WebhookRequest, source: WebhookSource): Promise<boolean> => {
    if (stream.verify(request, await credentials.keys(source.secretId), source)) return true
    const fresh = await credentials.reread(source.secretId)
    return fresh !== undefined && stream.verify(request, fresh, source)
  }
}

/** Stores what a verified request holds. @throws {TransientError} when it cannot be stored */
function createTake({ stream, normalizer, failureSchema, publisher }: IngressOptions) {
  const failureRow = compileFailures(failureSchema)
  const { logType } = normalizer.schema
  return async (request: WebhookRequest, source: EventContext): Promise<Answer> => {
    const found = findAll(stream, request)
    const context: EventContext = { ...source, ...attributesOf(stream, request) }
    const rows: Row[] = []
    const failures: Failure[] = [...found.failures]
    for (const { event, ...part } of found.events) {
      try {
        rows.push(normalizer.normalize(event, { ...context, body: part.bytes }))
      } catch (error) {
        failures.push({ error, ...part })
      }
    }
    const kept = failures.filter(({ bytes }) => bytes.length > 0)
    const failureRows = (parts: readonly Failure[]) => ({
      logType: failureSchema.logType,
      ...source,
      rows: parts.map((part) => failureRow(part, { logType, origin: 'webhook' }, source)),
    })
    try {
      await publisher.publish([{ logType, ...source, rows }, failureRows(kept)])
    } catch (error) {
      if (error instanceof TransientError) throw error
      // Our own code stumbles over a row: the whole body is kept instead.
      const whole = { error, bytes: request.body }
      await publisher.publish([failureRows([whole])])
      return { ...answerTo(0, [whole]), received: 0, failed: 1 }
    }
    return { ...answerTo(rows.length, failures), received: rows.length, failed: kept.length }
  }
}

function findAll(stream: WebhookStream, request: WebhookRequest): Found {
  try {
    return stream.read(request, contentOf(request))
  } catch (error) {
    return { events: [], failures: [{ error, bytes: request.body }] }
  }
}

function attributesOf(stream: WebhookStream, request: WebhookRequest): Pick<EventContext, 'attributes'> {
  try {
    return { attributes: stream.attributes(request) }
  } catch {
    // A fault of ours in a column beside the event must not cost the event.
    return {}
  }
}

const statusOf: Readonly<Record<string, 413 | 415>> = {
  too_large: 413,
  unsupported_encoding: 415,
  unsupported_content_type: 415,
}

/** A body without any event is the sender's to mend; a fault of ours is not. */
function answerTo(received: number, failures: readonly Failure[]): Pick<Answer, 'status' | 'message' | 'reason'> {
  const internal = failures.some(({ error }) => !(error instanceof RecordError))
  if (internal) return { status: 200, message: 'kept for a later try', reason: 'internal' }
  const [first] = failures
  if (!(first?.error instanceof RecordError)) return { status: 200, message: 'stored' }
  const { code, message } = first.error
  if (received > 0) return { status: 200, message: `stored; the rest is kept aside: ${message}`, reason: code }
  return { status: statusOf[code] ?? 400, message, reason: code }
}
