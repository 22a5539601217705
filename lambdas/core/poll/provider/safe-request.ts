import { ConfigError } from '../../errors.ts'
import { isSafe } from './base-url.ts'
import { providerWords } from './provider-words.ts'

/** The parts of a request in which a credential may stand. */
export interface SentParts {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

const redirects = new Set([301, 302, 303, 307, 308])

export const isRedirect = (status: number): boolean => redirects.has(status)

/**
 * Errors of a connection that died while idle, for instance while the function was frozen; one retry opens a new one.
 */
const staleCodes = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'])

export const isStale = (error: unknown): boolean => staleCodes.has(codeOf(error))

/** Valid header values: RFC 9110, 5.5, without the obsolete forms. */
const headerText = /^[\x20-\x7e]*$/

/** Headers without a credential; unknown ones may hold it, because each provider chooses its own. */
const harmlessHeader = /^(?:accept|accept-.*|content-.*|range|user-agent|.*-version)$/i

/**
 * Checks that a request may be sent.
 * @throws {ConfigError} without any of the request's text
 */
export function checkedUrl({ url, headers }: SentParts): URL {
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

/** Every word of a request that can hold a credential, which follows the name of its scheme in some headers. */
const credentialsIn = ({ headers, body }: SentParts): string[] => [
  ...Object.entries(headers).flatMap(([name, value]) => (harmlessHeader.test(name) ? [] : value.split(' '))),
  ...(body === undefined ? [] : [body]),
]

/** @param location the header of the answer that redirects */
export function redirected(request: SentParts, location: string | null): ConfigError {
  const { host, origin } = new URL(request.url)
  const target = location === null ? null : URL.parse(location, request.url)
  const where =
    target === null || target.origin === origin
      ? 'to another path'
      : `to ${providerWords(target.origin, credentialsIn(request))}`
  return new ConfigError(
    `${host} redirects ${where}. Redirects are not followed, because they would carry the credential along; ` +
      'set apiUrl to the final address if that is the right one',
  )
}

/** "the connection failed", with the code of the network error, such as ECONNREFUSED, when it has one. */
export function failedConnection(error: unknown): string {
  const code = codeOf(error)
  return code === '' ? 'the connection failed' : `the connection failed (${code})`
}

/** fetch has the network's error as its cause; node:http throws it itself. */
function codeOf(error: unknown): string {
  const found = error instanceof Error && error.cause !== undefined ? error.cause : error
  const code = typeof found === 'object' && found !== null && 'code' in found ? found.code : undefined
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]+$/.test(code) ? code : ''
}
