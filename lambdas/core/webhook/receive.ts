import type { LogSchema } from '../../../schemas/definition.ts'
import { RecordError, TransientError } from '../errors.ts'
import type { Failure } from '../intake/failure.ts'
import type { Found } from '../intake/found.ts'
import { createIntake, type Receipt } from '../intake/intake.ts'
import type { Normalizer } from '../normalize/normalizer.ts'
import type { Publisher } from '../publish/publish.ts'
import type { Credentials } from './credentials.ts'
import { explained, type HttpEvent, requestOf, type WebhookRequest } from './http.ts'
import { attributesIn, readRequest } from './read-request.ts'
import type { WebhookSource, WebhookStream } from './stream.ts'

export interface ReceiverOptions {
  readonly stream: WebhookStream
  readonly normalizer: Normalizer
  /** Schema of `classification_failures`. */
  readonly failureSchema: LogSchema
  /** Source id -> source. */
  readonly sources: ReadonlyMap<string, WebhookSource>
  readonly credentials: Credentials
  readonly publisher: Pick<Publisher, 'publish'>
  readonly now?: () => number
}

/** The answer to a request, for the response, the log and the metrics. */
export interface Answer {
  readonly status: 200 | 400 | 401 | 404 | 413 | 415 | 503
  /** For the sender; quotes nothing of the request. */
  readonly message: string
  /** Absent when the source is unknown, because the id in the path is then untrusted. */
  readonly sourceId?: string
  /** Events that are durable now. */
  readonly received: number
  /** Parts of the request that were not events and are kept as failures. */
  readonly failed: number
  /** Stable code of the refusal or of the first failure. */
  readonly reason?: string
  /** `p_row_id` of the failure that holds the bytes of a body that is too large. The recovery of the body closes it. */
  readonly failure?: string
  readonly cause?: unknown
}

/**
 * Receives webhook requests: verify, read, hand to the intake. Once the sender is verified nothing it sent is lost:
 * unreadable parts are kept as failures. 200 means that an event was stored, or that the fault was ours. During an
 * outage of a store the answer is 503, never 401, which makes some senders stop for good.
 */
export function createReceiver(options: ReceiverOptions): (event: HttpEvent) => Promise<Answer> {
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

/**
 * Whether the sender knows a key of the source; after a mismatch the keys are reread once, since they may have changed.
 */
function createVerify({ stream, credentials }: ReceiverOptions) {
  return async (request: WebhookRequest, source: WebhookSource): Promise<boolean> => {
    if (stream.verify(request, await credentials.keys(source.secretId), source)) return true
    const fresh = await credentials.reread(source.secretId)
    return fresh !== undefined && stream.verify(request, fresh, source)
  }
}

/** Stores the events of a verified request. The returned function throws a TransientError when it cannot. */
function createTake(options: ReceiverOptions) {
  const { stream, publisher } = options
  const intake = createIntake({ ...options, origin: 'webhook' })
  return async (request: WebhookRequest, receipt: Receipt): Promise<Answer> => {
    const { counts, failures, rows } = await intake(findIn(request, stream), receipt, { publisher })
    const answer = answerTo(counts.new, failures)
    const [row] = answer.status === 413 ? rows : []
    return { ...answer, received: counts.new, failed: counts.failed, ...(row && { failure: String(row.p_row_id) }) }
  }
}

function findIn(request: WebhookRequest, stream: WebhookStream): Found {
  const attributes = attributesIn(request, stream)
  try {
    return readRequest(request, stream, attributes)
  } catch (error) {
    const failure = { error: explained(error, request), bytes: request.body, ...(attributes && { attributes }) }
    return { events: [], failures: [failure] }
  }
}

const statusOf: Readonly<Record<string, 413 | 415>> = {
  too_large: 413,
  unsupported_encoding: 415,
}

/**
 * A body without events is an error of the sender; a fault of our own code is answered 200, because resending is no
 * help.
 */
function answerTo(received: number, failures: readonly Failure[]): Pick<Answer, 'status' | 'message' | 'reason'> {
  const internal = failures.some(({ error }) => !(error instanceof RecordError))
  if (internal) return { status: 200, message: 'kept for a later try', reason: 'internal' }
  const [first] = failures
  if (!(first?.error instanceof RecordError)) return { status: 200, message: 'stored' }
  const { code, message } = first.error
  if (received > 0) return { status: 200, message: `stored; the rest is kept aside: ${message}`, reason: code }
  return { status: statusOf[code] ?? 400, message, reason: code }
}
