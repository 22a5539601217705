import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'

/** An HTTP request to a store. */
export interface StoreRequest {
  readonly method: string
  /** The path as sent, still encoded: in a key, `%2F` is not a separator and `..` is not a step upwards. */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  /** The raw body. It can be read once: either this or `json()`. */
  readonly body: Readable
  /** The whole body as a JSON object; repeatable. @throws {ServiceError} for another body, or above 16 MiB */
  json(): Promise<Readonly<Record<string, unknown>>>
}

/** A store's answer, as a value instead of writes to a socket, so that the gateway can delay or replace it. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | number>>
  readonly body?: string | Readable
}

/** One permission that a request needs, in IAM's terms. */
export interface Access {
  /** Can differ from the operation: `HeadObject` needs `s3:GetObject`. */
  readonly action: string
  /** ARN, or `*` for an action without a resource. */
  readonly resource: string
  /** The request's values for conditions of policies, by condition key in lower case. */
  readonly keys?: Readonly<Record<string, string>>
}

export type Service = 's3' | 'sqs' | 'secretsmanager' | 'lambda'

/** A request on its way to a store, with its caller. */
export interface Call {
  readonly principal: string
  readonly service: Service
  readonly request: StoreRequest
  readonly access: readonly Access[]
}

/**
 * A step between the caller and the store. It answers by itself, passes the call on with `next`, changes the answer, or
 * throws a `ServiceError`, which the caller gets in its service's form.
 */
export type Interceptor = (call: Call, next: () => Promise<Answer>) => Promise<Answer>

/** An AWS service as far as this project uses it. Anything not implemented is refused by name, never ignored. */
export interface Store {
  /**
   * The permissions that a request needs.
   * @throws {ServiceError} when the store does not implement the request
   */
  accessOf(request: StoreRequest): Promise<readonly Access[]>
  /** @throws {ServiceError} */
  handle(request: StoreRequest): Promise<Answer>
  /** An error in the service's form. */
  refuse(error: ServiceError, request: StoreRequest): Answer
}

/** An error for the caller: the service's code and its HTTP status. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError'
  readonly status: number
  readonly code: string
  /** Headers that belong to the error, for example the size that an invalid range exceeded. */
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message)
    this.status = status
    this.code = code
    this.headers = headers
  }
}

/** The call was carried out, but the connection breaks before the caller gets the answer. */
export class AnswerLost extends Error {
  override readonly name = 'AnswerLost'
}

/** For features of AWS that the local run lacks: a clear refusal is better than a half-obeyed request. */
export function notImplemented(what: string): ServiceError {
  return new ServiceError(501, 'NotImplemented', `The local run does not implement ${what}.`)
}
