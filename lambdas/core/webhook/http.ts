import { gunzipSync } from 'node:zlib'
import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import { RecordError } from '../errors.ts'

/**
 * The members of API Gateway's event that are read, in payload format 2.0: header names are in lower case, and repeated
 * headers are joined by commas.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export type HttpEvent = Partial<Pick<APIGatewayProxyEventV2, 'headers' | 'pathParameters' | 'body' | 'isBase64Encoded'>>

/** A request as connectors see it. */
export interface WebhookRequest {
  /** Value of a header by its name in lower case. */
  readonly header: (name: string) => string | undefined
  /** The bytes as sent, which signatures cover. */
  readonly body: Uint8Array
  /** Longest body that is accepted before decompression, in bytes. */
  readonly maxBytes: number
}

/**
 * Lambda takes events of at most 6,291,456 bytes of JSON, which bodies in base64 fill sooner than text.
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const maxBase64Bytes = 4_000_000
const maxTextBytes = 5_500_000

export function requestOf(event: HttpEvent): WebhookRequest {
  const headers = event.headers ?? {}
  return {
    header: (name) => (Object.hasOwn(headers, name) ? headers[name] : undefined),
    body: Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'),
    maxBytes: event.isBase64Encoded ? maxBase64Bytes : maxTextBytes,
  }
}

/** The largest decompressed body, in bytes; protects the function's memory from compression bombs. */
const maxUnpackedBytes = 32_000_000

/**
 * The body without its content encoding.
 * @throws {RecordError} `unsupported_encoding`, `bad_encoding` when it was cut off, or `too_large`
 */
export function contentOf(request: WebhookRequest): Uint8Array {
  if (request.body.length > request.maxBytes) {
    throw new RecordError('too_large', `the body is longer than ${request.maxBytes} bytes; send fewer events at once`)
  }
  const encoding = (request.header('content-encoding') ?? 'identity').trim().toLowerCase()
  if (encoding === 'identity' || encoding === '') return request.body
  if (encoding !== 'gzip' && encoding !== 'x-gzip') {
    throw new RecordError('unsupported_encoding', 'the content encoding is not supported; send gzip or none')
  }
  try {
    return gunzipSync(request.body, { maxOutputLength: maxUnpackedBytes })
  } catch (cause) {
    if (cause instanceof RangeError) {
      throw new RecordError('too_large', `unpacks to more than ${maxUnpackedBytes} bytes; send fewer events at once`)
    }
    throw new RecordError('bad_encoding', 'the body is not gzip, or was cut')
  }
}
