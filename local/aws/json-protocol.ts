import { isObject, type JsonObject } from '../json.ts'
import { type Answer, notImplemented, ServiceError, type StoreRequest } from './store.ts'

/** The protocol of SQS and Secrets Manager: one address, the operation in a header, JSON both ways. */

/**
 * The operation that a request names.
 * @throws {ServiceError} for another protocol or another service
 */
export function operationOf(request: StoreRequest, prefix: string): string {
  const target = request.headers['x-amz-target']?.toString() ?? ''
  if (request.method === 'POST' && target.startsWith(`${prefix}.`)) return target.slice(prefix.length + 1)
  throw notImplemented(`${request.method} without X-Amz-Target: ${prefix}.<operation>; only the AWS JSON protocol`)
}

/** @throws {ServiceError} when the body is not a JSON object */
export function jsonObject(text: string): JsonObject {
  try {
    const body: unknown = JSON.parse(text)
    if (isObject(body)) return body
  } catch {
    // The same answer as to JSON that is not an object.
  }
  throw new ServiceError(400, 'SerializationException', 'The request body is not a JSON object.')
}

export function jsonError(error: ServiceError, version: '1.0' | '1.1'): Answer {
  return {
    status: error.status,
    headers: { ...error.headers, 'content-type': `application/x-amz-json-${version}`, 'x-amzn-errortype': error.code },
    body: JSON.stringify({ __type: error.code, message: error.message }),
  }
}
