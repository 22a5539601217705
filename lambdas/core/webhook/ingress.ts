import { RecordError, TransientError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import type { Normalizer } from '../normalize/normalizer.ts'
import type { MessageQueue, SecretStore } from '../ports.ts'
import { publish } from '../publish/publish.ts'
import { type HttpEvent, requestOf, type WebhookRequest } from './http.ts'

/** What is particular to a provider's webhooks. */
export interface WebhookStream {
  /** Whether the request proves that its sender knows one of the secrets. Compares in constant time. */
  verify(request: WebhookRequest, secrets: readonly string[]): boolean
  /**
   * The events of a verified request; none for a mere test call.
   * @throws {RecordError} when the body holds none
   */
  read(request: WebhookRequest): readonly JsonObject[]
  /** Values of the schema's attribute columns. */
  attributes(request: WebhookRequest): Readonly<Record<string, string | undefined>>
}

/** A source as the function's environment describes it. */
export interface WebhookSource {
  readonly label: string
  readonly secretId: string
}

export interface IngressOptions {
  readonly stream: WebhookStream
  readonly normalizer: Normalizer
  /** Source id -> source. */
  readonly sources: ReadonlyMap<string, WebhookSource>
  readonly secrets: SecretStore
  readonly queue: MessageQueue
  readonly now?: () => number
}

/** How a request was answered, for the response, the log and the metrics. */
export interface Answer {
  readonly status: 200 | 400 | 401 | 404 | 503
  /** What to tell the sender; holds nothing of the request. */
  readonly message: string
  /** Absent when the source is unknown: what the sender wrote there is not to be trusted. */
  readonly sourceId?: string
  /** Events that are durable now. */
  readonly received: number
  /** Why the request was refused, in a stable word. */
  readonly reason?: string
  readonly cause?: unknown
}

/**
 * Takes one webhook request: verify, normalize, publish. 200 means that every event of it is durable; a fault of ours is
 * answered 503 and never 401, which makes some senders stop for good.
 */
export function createIngress(options: IngressOptions): (event: HttpEvent) => Promise<Answer> {
  const { stream, normalizer, sources, secrets, queue, now = Date.now } = options
  return async (event) => {
    const sourceId = event.pathParameters?.sourceId ?? ''
    const source = sources.get(sourceId)
    const refuse = (status: Answer['status'], reason: string, message: string, cause?: unknown): Answer => ({
      status,
      message,
      reason,
      received: 0,
      ...(source ? { sourceId } : {}),
      ...(cause === undefined ? {} : { cause }),
    })
    if (!source) return refuse(404, 'unknown_source', 'no such source')
    try {
      const request = requestOf(event)
      if (!stream.verify(request, [await secrets.current(source.secretId)])) {
        return refuse(401, 'bad_signature', 'signature or secret missing or wrong')
      }
      const context = {
        sourceId,
        sourceLabel: source.label,
        receivedAt: now(),
        attributes: stream.attributes(request),
        body: request.body,
      }
      const rows = stream.read(request).map((found) => normalizer.normalize(found, context))
      await publish(queue, { logType: normalizer.schema.logType, sourceId, receivedAt: context.receivedAt, rows })
      return { status: 200, message: 'stored', sourceId, received: rows.length }
    } catch (error) {
      if (error instanceof RecordError) return refuse(400, error.code, error.message)
      const reason = error instanceof TransientError ? 'unavailable' : 'internal'
      return refuse(503, reason, 'temporarily unavailable, send again', error)
    }
  }
}
