import { gunzipSync } from 'node:zlib'
import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import { RecordError } from '../errors.ts'
import { tooLarge, webhookLimits } from './limits.ts'

/**
 * The members of API Gateway's event that are read, in payload format 2.0: header names are in lower case, and repeated
 * headers are joined by commas.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export type HttpEvent = Partial<Pick<APIGatewayProxyEventV2, 'headers' | 'pathParameters' | 'body' | 'isBase64Encoded'>>

/** A request as connectors see it. */
export interface WebhookRequest {
  /** Value of a header by its name in lower case. No signature covers headers, so none may decide what a body means. */
  readonly header: (name: string) => string | undefined
  /** The bytes as sent, which signatures cover. */
  readonly body: Uint8Array
}

/**
 * API Gateway tells text from binary bodies by their content type alone, and decodes text as UTF-8; an HTTP API has no
 * setting for it. So invalid UTF-8 that is called text arrives with U+FFFD in its place, fits no signature of the
 * sender's bytes, and is answered 401. JSON is UTF-8, so no provider sends it, and it forges nothing: the bytes whose
 * signature is checked are those that are read.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function requestOf(event: HttpEvent): WebhookRequest {
  const headers = event.headers ?? {}
  return {
    header: (name) => (Object.hasOwn(headers, name) ? headers[name] : undefined),
    body: Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'),
  }
}

/**
 * The body, decompressed if it begins as gzip does: a header could be changed on the way, its bytes could not.
 * @throws {RecordError} `bad_encoding` when it was cut off, or `too_large`
 */
export function contentOf({ body }: WebhookRequest): Uint8Array {
  const { bytes } = webhookLimits
  if (body.length > bytes) throw tooLarge(`is longer than ${bytes} bytes`)
  // https://www.rfc-editor.org/rfc/rfc1952#section-2.3.1
  if (body[0] !== 0x1f || body[1] !== 0x8b) return body
  try {
    // The limit also protects the memory from compression bombs.
    return gunzipSync(body, { maxOutputLength: bytes })
  } catch (cause) {
    if (cause instanceof RangeError) throw tooLarge(`unpacks to more than ${bytes} bytes`)
    throw new RecordError('bad_encoding', 'the body is gzip that was cut or damaged')
  }
}

/** Encodings that are none, or that the bytes show. */
const readableEncodings = ['', 'identity', 'gzip', 'x-gzip']

/** The error of a body that cannot be read, which may lie in its content encoding. */
export function explained(error: unknown, { header }: WebhookRequest): unknown {
  const isUnread = error instanceof RecordError && (error.code === 'not_json' || error.code === 'invalid_utf8')
  const encoding = (header('content-encoding') ?? '').trim().toLowerCase()
  if (!isUnread || readableEncodings.includes(encoding)) return error
  return new RecordError('unsupported_encoding', 'the content encoding is not supported; send gzip or none')
}
