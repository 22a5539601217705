import { type IncomingMessage, request as plainRequest } from 'node:http'
import { request as tlsRequest } from 'node:https'
import { TransientError } from '../../errors.ts'
import { checkedUrl, failedConnection, isRedirect, isStale, redirected } from './safe-request.ts'

export interface DownloadRequest {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

/** An answer of any status whose body is read as it arrives. */
export interface Download {
  readonly status: number
  readonly headers: Headers
  /** When its headers arrived, in milliseconds since 1970, by our clock. */
  readonly receivedAt: number
  /**
   * The body exactly as sent, never unpacked; to be read once. The connection ends with the reading, early or not.
   * @throws {TransientError} when the connection breaks or is silent for too long
   */
  readonly parts: AsyncIterable<Uint8Array>
  /** Ends the connection of a download that is not read. */
  cancel(): void
}

/**
 * Requests a download. It follows no redirects, because they would carry the credential along.
 * @throws {TransientError} when no answer arrives
 * @throws {ConfigError} when the request must not be sent, or the answer is a redirect
 */
export type DownloadClient = (request: DownloadRequest) => Promise<Download>

export interface DownloadClientOptions {
  /** @default Date.now */
  readonly now?: () => number
  /**
   * The longest wait for the answer, and then for each further part, in milliseconds: so short that another attempt
   * fits into the same minute. @default 5,000
   */
  readonly silenceMs?: number
}

/** Built on node:http, because fetch unpacks every body that says `Content-Encoding: gzip`. */
export function createDownloadClient({
  now = Date.now,
  silenceMs = 5_000,
}: DownloadClientOptions = {}): DownloadClient {
  return async (request) => {
    const url = checkedUrl(request)
    const failed = (error: unknown): TransientError => {
      const what = error instanceof Silence ? `nothing arrived for ${silenceMs / 1000} s` : failedConnection(error)
      // The cause is left out, because an error of the network library can quote the request.
      return new TransientError(`${url.host}: ${what}. If this persists, check apiUrl, and the way from here to there`)
    }
    const ask = () => answerTo(url, request.headers, silenceMs)
    const response = await ask()
      .catch((error: unknown) => {
        if (isStale(error)) return ask()
        throw error
      })
      .catch((error: unknown) => {
        throw failed(error)
      })
    const receivedAt = now()
    const { statusCode: status = 0 } = response
    const headers = headersOf(response)
    if (isRedirect(status)) {
      response.destroy()
      throw redirected(request, headers.get('location'))
    }
    const parts = partsOf(response, silenceMs, failed)
    return { status, headers, receivedAt, parts, cancel: () => response.destroy() }
  }
}

/** Nothing arrived within the limit. */
class Silence extends Error {}

function answerTo(url: URL, headers: DownloadRequest['headers'], silenceMs: number): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? tlsRequest : plainRequest
    const request = send(url, { method: 'GET', headers })
    const timer = setTimeout(() => request.destroy(new Silence()), silenceMs)
    request.on('response', (response) => {
      clearTimeout(timer)
      // Without a listener, a connection that breaks before the reading would end the process.
      response.on('error', () => {})
      resolve(response)
    })
    request.on('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
    request.end()
  })
}

function headersOf({ headersDistinct }: IncomingMessage): Headers {
  return new Headers(
    Object.entries(headersDistinct).flatMap(([name, values = []]) =>
      values.map((value): [string, string] => [name, value]),
    ),
  )
}

/** The limit counts only while a part is awaited, so that a slow reader cuts nothing off. */
async function* partsOf(
  response: IncomingMessage,
  silenceMs: number,
  failed: (error: unknown) => Error,
): AsyncGenerator<Uint8Array> {
  const watch = () => setTimeout(() => response.destroy(new Silence()), silenceMs)
  const body: AsyncIterable<Uint8Array> = response
  let timer = watch()
  try {
    for await (const part of body) {
      clearTimeout(timer)
      yield part
      timer = watch()
    }
  } catch (error) {
    throw failed(error)
  } finally {
    clearTimeout(timer)
    response.destroy()
  }
}
