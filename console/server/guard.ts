import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { readBody } from '../../local/aws/read-body.ts'
import { HttpError } from './http-error.ts'

/**
 * Headers of every answer. The page runs only its own files, asks only its own server, stands in no frame and is stored
 * nowhere.
 * https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Content-Security-Policy
 */
export const guardHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}

/** Longest body of a request, in bytes: the longest credential, as JSON. */
const longestBody = 131_072

/** A token of this start, which only the printed link holds. */
export const newToken = (): string => randomBytes(32).toString('base64url')

/** Digests have one length, so that comparing them tells nothing of the text. */
const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** @throws {HttpError} when the request does not carry the token */
export function checkToken({ headers: { authorization = '' } }: IncomingMessage, token: string): void {
  if (timingSafeEqual(digest(authorization), digest(`Bearer ${token}`))) return
  throw new HttpError(
    401,
    'The token is missing or is that of another start: open the link that the start has printed.',
  )
}

/**
 * The server has refused other origins already; a request that changes something must name its own.
 * @throws {HttpError} when it names none
 */
export function checkOrigin({ headers: { origin } }: IncomingMessage): void {
  if (origin === undefined)
    throw new HttpError(403, 'The request does not come from the page itself: it has no Origin.')
}

/**
 * The body of a request, which is JSON; nothing where there is none.
 * @throws {HttpError} when it is something else, or too long
 */
export async function jsonBody(request: IncomingMessage): Promise<unknown> {
  const { 'content-length': length = '0', 'transfer-encoding': coding } = request.headers
  if (Number(length) === 0 && coding === undefined) return undefined
  if (!/^application\/json\s*(?:;|$)/i.test(request.headers['content-type'] ?? '')) {
    throw new HttpError(400, 'The body must be JSON, of the type application/json.')
  }
  const body = await readBody(request, longestBody).catch((cause: unknown) => {
    throw new HttpError(400, 'The body broke off.', { cause })
  })
  if (!body) throw new HttpError(413, `The body is longer than ${longestBody} bytes.`)
  try {
    return JSON.parse(body.toString())
  } catch {
    // The parser's message quotes the body, which may hold a credential.
    throw new HttpError(400, 'The body is not JSON.')
  }
}
