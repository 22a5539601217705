import { ConfigError, TooLargeError, TransientError } from '../../errors.ts'
import { isSafe } from './base-url.ts'
import { providerWords } from './provider-words.ts'

export interface HttpRequest {
  /** @default 'GET' */
  readonly method?: 'GET' | 'POST'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

/** A complete answer of any status. */
export interface HttpAnswer {
  readonly status: number
  readonly headers: Headers
  readonly bytes: Uint8Array
  /** When its headers arrived, in milliseconds since 1970, by our clock. */
  readonly receivedAt: number
}

/**
 * Sends one request to a provider and reads the answer, within limits of time and size. It follows no redirects,
 * because they would carry the credential along.
 * @throws {TransientError} when no complete answer arrives
 * @throws {TooLargeError} when the answer is larger than the limit
 * @throws {ConfigError} when the request must not be sent, or the answer is a redirect
 */
export type HttpClient = (request: HttpRequest) => Promise<HttpAnswer>

export interface HttpClientOptions {
  readonly fetch?: typeof globalThis.fetch
  /** @default Date.now */
  readonly now?: () => number
  /** For the whole answer, in milliseconds. @default 30,000 */
  readonly timeoutMs?: number
  /** The largest body that is read, in bytes after decompression. @default 16 MiB */
  readonly maxBytes?: number
}

const mebibyte = 1024 * 1024
const redirects = new Set([301, 302, 303, 307, 308])

/**
 * Errors of a connection that died while idle, for instance while the function was frozen; one retry opens a new one.
 */
const staleCodes = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'])

/** Valid header values: RFC 9110, 5.5, without the obsolete forms. */
const headerText = /^[\x20-\x7e]*$/

/** Headers without a credential; unknown ones may hold it, because each provider chooses its own. */
const harmlessHeader = /^(?:accept|accept-.*|content-.*|user-agent|.*-version)$/i

export function createHttpClient(options: HttpClientOptions = {}): HttpClient {
  const { fetch = globalThis.fetch, now = Date.now, timeoutMs = 30_000, maxBytes = 16 * mebibyte } = options
  return async ({ method = 'GET', url, headers }) => {
    const { host } = checked(url, headers)
    const signal = AbortSignal.timeout(timeoutMs)
    const init = { method, headers, redirect: 'manual', signal } as const
    try {
      const response = await fetch(url, init).catch((error: unknown) => {
        if (method === 'GET' && staleCodes.has(codeOf(error))) return fetch(url, init)
        throw error
      })
      const receivedAt = now()
      if (redirects.has(response.status)) {
        await response.body?.cancel()
        throw redirected(url, response.headers.get('location'), credentialsIn(headers))
      }
      return { status: response.status, headers: response.headers, receivedAt, bytes: await read(response, maxBytes) }
    } catch (error) {
      if (error instanceof ConfigError) throw error
      if (error instanceof TooLarge) {
        throw new TooLargeError(
          `${host} sent an answer of more than ${maxBytes / mebibyte} MiB, which is not read. Few pages of its API are that ` +
            'large: check apiUrl if it stays so',
        )
      }
      const code = codeOf(error)
      const failed = code === '' ? 'the connection failed' : `the connection failed (${code})`
      // The cause is left out, because an error of the network library can quote the request.
      const what = signal.aborted ? `no whole answer within ${timeoutMs / 1000} s` : failed
      throw new TransientError(`${host}: ${what}. If it stays so, check apiUrl, and the way from here to there`)
    }
  }
}

function checked(url: string, headers: Readonly<Record<string, string>>): URL {
  const parsed = URL.parse(url)
  if (!parsed || !isSafe(parsed)) {
    throw new ConfigError('refused to send a credential to an address that is not https (or http on 127.0.0.1)')
  }
  for (const [name, value] of Object.entries(headers)) {
    if (!headerText.test(value)) {
      throw new ConfigError(`the header ${name} would hold a line break or another character that no header can hold`)
    }
  }
  return parsed
}

/** Every word of the headers that can hold a credential, which follows the name of its scheme in some. */
const credentialsIn = (headers: HttpRequest['headers']): string[] =>
  Object.entries(headers).flatMap(([name, value]) => (harmlessHeader.test(name) ? [] : value.split(' ')))

function redirected(from: string, location: string | null, secrets: readonly string[]): ConfigError {
  const { host, origin } = new URL(from)
  const target = location === null ? null : URL.parse(location, from)
  const where =
    target === null || target.origin === origin ? 'to another path' : `to ${providerWords(target.origin, secrets)}`
  return new ConfigError(
    `${host} redirects ${where}. Redirects are not followed, because they would carry the credential along; ` +
      'set apiUrl to the final address if that is the right one',
  )
}

/** The body is larger than the limit. */
class TooLarge extends Error {}

async function read(response: Response, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body ?? []) {
    length += chunk.length
    if (length > maxBytes) throw new TooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, length)
}

/** The code of a network error, such as ECONNREFUSED; empty when it has none. */
function codeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]+$/.test(code) ? code : ''
}
