import { ConfigError, TooLargeError, TransientError } from '../../errors.ts'
import { checkedUrl, failedConnection, isRedirect, isStale, redirected } from './safe-request.ts'

export interface HttpRequest {
  /** @default 'GET' */
  readonly method?: 'GET' | 'POST'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** A text; `content-type` among the headers says its form. */
  readonly body?: string
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

export function createHttpClient(options: HttpClientOptions = {}): HttpClient {
  const { fetch = globalThis.fetch, now = Date.now, timeoutMs = 30_000, maxBytes = 16 * mebibyte } = options
  return async (request) => {
    const { method = 'GET', url, headers, body } = request
    const { host } = checkedUrl(request)
    const signal = AbortSignal.timeout(timeoutMs)
    let isReached = false
    const init = { method, headers, redirect: 'manual', signal, ...(body !== undefined && { body }) } as const
    try {
      const response = await fetch(url, init).catch((error: unknown) => {
        if (method === 'GET' && isStale(error)) return fetch(url, init)
        throw error
      })
      const receivedAt = now()
      isReached = true
      if (isRedirect(response.status)) {
        await response.body?.cancel()
        throw redirected(request, response.headers.get('location'))
      }
      return { status: response.status, headers: response.headers, receivedAt, bytes: await read(response, maxBytes) }
    } catch (error) {
      if (error instanceof ConfigError) throw error
      if (error instanceof TooLarge) {
        throw new TooLargeError(
          `${host} sent an answer of more than ${maxBytes / mebibyte} MiB, which is not read. Few pages of its API are that ` +
            'large: if this persists, check apiUrl',
        )
      }
      // The cause is left out, because an error of the network library can quote the request.
      const what = signal.aborted ? `no whole answer within ${timeoutMs / 1000} s` : failedConnection(error)
      throw new TransientError(
        `${host}: ${what}. If this persists, check apiUrl, and the way from here to there`,
        isReached ? {} : { fault: 'no-egress' },
      )
    }
  }
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
