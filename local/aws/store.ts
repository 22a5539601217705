import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'

/** One HTTP request as a store sees it. */
export interface StoreRequest {
  readonly method: string
  /** The path as it was sent, still encoded: `%2F` inside a key is no separator, and `..` in a key is no step upwards. */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  /** The raw body. It can be read once: either this or `json()`. */
  readonly body: Readable
  /** The whole body as a JSON object, as often as wanted. Throws a `ServiceError` for another body, or above 16 MiB. */
  json(): Promise<Readonly<Record<string, unknown>>>
}

/** What a store answers. A value instead of writes to a socket, so that the gateway can hold it back or replace it. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | number>>
  readonly body?: string | Readable
}

/** One permission that a request needs, in IAM's words. */
export interface Access {
  readonly action: string
  /** ARN, or `*` where IAM knows no resource for the action. */
  readonly resource: string
  /** What the request tells of itself that policies may set conditions on, by condition key in lower case. */
  readonly keys?: Readonly<Record<string, string>>
}

/** What a request asks for. */
export interface Target {
  /** The API's name for it, for example `HeadObject` (which needs the permission `s3:GetObject`). */
  readonly operation: string
  readonly access: readonly Access[]
}

export type Service = 's3' | 'sqs' | 'secretsmanager'

/** A request on its way to a store: who wants what. */
export interface Call extends Target {
  readonly principal: string
  readonly service: Service
  readonly request: StoreRequest
}

/**
 * A step between the caller and the store. It answers by itself, passes the call on with `next`, changes the answer, or
 * throws a `ServiceError`, which the caller gets in its service's form.
 */
export type Interceptor = (call: Call, next: () => Promise<Answer>) => Promise<Answer>

/** A service of AWS as far as this project uses it. What is not implemented is refused by name, never ignored. */
export interface Store {
  /** @throws {ServiceError} when the request is none that this store knows */
  target(request: StoreRequest): Promise<Target>
  /** @throws {ServiceError} */
  handle(request: StoreRequest): Promise<Answer>
  /** An error in the form in which this service sends errors. */
  refuse(error: ServiceError, request: StoreRequest): Answer
}

/** An error that the caller is told about: the service's own code, and the HTTP status that goes with it. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError'
  readonly status: number
  readonly code: string
  /** Answer headers that belong to the error, for example the size that a bad range did not fit. */
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message)
    this.status = status
    this.code = code
    this.headers = headers
  }
}

/** The call was carried out, and the connection breaks before the caller hears of it. */
export class AnswerLost extends Error {
  override readonly name = 'AnswerLost'
}

/** For whatever AWS can do and the local run cannot: better a clear refusal than a request that is half obeyed. */
export function notImplemented(what: string): ServiceError {
  return new ServiceError(501, 'NotImplemented', `The local run does not implement ${what}.`)
}
