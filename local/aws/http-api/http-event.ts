import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import { isObject } from '../../json.ts'

export interface RoutedRequest {
  readonly request: IncomingMessage
  readonly body: Buffer
  readonly routeKey: string
  /** The path without its query, percent-encoded as received. */
  readonly path: string
  readonly rawQueryString: string
  readonly pathParameters: Readonly<Record<string, string>>
  readonly accountId: string
  readonly apiId: string
}

/**
 * The event that an HTTP API sends to a function, payload format 2.0.
 *
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function httpEvent(routed: RoutedRequest): APIGatewayProxyEventV2 {
  const { request, rawQueryString, routeKey, pathParameters } = routed
  const headers = joinedHeaders(request)
  const sourceIp = request.socket.remoteAddress ?? ''
  const rawPath = decodeURIComponent(routed.path)
  const now = new Date()
  return {
    version: '2.0',
    routeKey,
    rawPath,
    rawQueryString,
    headers: { ...headers, 'x-forwarded-for': sourceIp, 'x-forwarded-proto': 'https' },
    ...(rawQueryString === '' ? {} : { queryStringParameters: joinedQuery(rawQueryString) }),
    ...(Object.keys(pathParameters).length === 0 ? {} : { pathParameters }),
    requestContext: {
      accountId: routed.accountId,
      apiId: routed.apiId,
      domainName: headers.host ?? '',
      domainPrefix: routed.apiId,
      http: {
        method: request.method ?? '',
        path: rawPath,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp,
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: randomUUID(),
      routeKey,
      stage: '$default',
      time: logTime(now),
      timeEpoch: now.getTime(),
    },
    ...eventBody(routed.body, headers),
  }
}

/** Names arrive in lower case; repeated headers are joined into one text. */
function joinedHeaders(request: IncomingMessage): Record<string, string> {
  const distinct = Object.entries(request.headersDistinct)
  return Object.fromEntries(distinct.map(([name, values = []]) => [name, values.join(',')]))
}

function joinedQuery(rawQueryString: string): Record<string, string> {
  const query = new URLSearchParams(rawQueryString)
  return Object.fromEntries([...new Set(query.keys())].map((name) => [name, query.getAll(name).join(',')]))
}

/**
 * AWS documents only that a body with a binary content type is base64. Observed, API Gateway takes just this list for
 * text: forms, `+json` types and bodies without a type arrive as base64.
 * https://github.com/ministackorg/ministack/pull/766
 */
const textTypes = /^(text\/.*|application\/(json|javascript|xml))$/

function eventBody(
  body: Buffer,
  headers: Readonly<Record<string, string>>,
): Pick<APIGatewayProxyEventV2, 'body' | 'isBase64Encoded'> {
  if (body.length === 0) return { isBase64Encoded: false }
  const mediaType = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
  const isText = textTypes.test(mediaType) && headers['content-encoding'] === undefined
  return { body: body.toString(isText ? 'utf8' : 'base64'), isBase64Encoded: !isText }
}

/** `20/Nov/2026:08:15:30 +0000` */
function logTime(time: Date): string {
  const [, day, month, year, clock] = time.toUTCString().split(' ')
  return `${day}/${month}/${year}:${clock} +0000`
}

export interface HttpAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** An answer of API Gateway itself. */
export function gatewayAnswer(status: number, message: string): HttpAnswer {
  return { status, headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify({ message })) }
}

/**
 * The caller's answer for the JSON that a function returned; an invalid response becomes an internal error.
 *
 * @param payload JSON text.
 */
export function httpAnswer(payload: string): HttpAnswer {
  const returned: unknown = JSON.parse(payload)
  if (!isObject(returned) || returned.statusCode === undefined) {
    const body = typeof returned === 'string' ? returned : payload
    return { status: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from(body) }
  }
  const { statusCode, headers = {}, body = '', isBase64Encoded = false } = returned
  const status = Number(statusCode)
  const wellFormed = Number.isInteger(status) && status >= 200 && status <= 599
  if (!wellFormed || !isObject(headers) || typeof body !== 'string') {
    return gatewayAnswer(500, 'Internal Server Error')
  }
  const given = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)] as const)
  return {
    status,
    headers: { 'content-type': 'text/plain; charset=utf-8', ...Object.fromEntries(given) },
    body: Buffer.from(body, isBase64Encoded === true ? 'base64' : 'utf8'),
  }
}
