import { CursorError } from '../../core/errors.ts'
import { parseBaseUrl, sameOrigin } from '../../core/poll/provider/base-url.ts'
import type { HttpAnswer, HttpClient } from '../../core/poll/provider/http.ts'
import type { Connection } from '../../core/poll/stream.ts'
import { installationToken } from './app-token.ts'
import { githubHeaders, parseGithubCredential } from './credential.ts'

/** A token is replaced this long before it expires: enough for any request under way. */
const renewBeforeMs = 5 * 60_000

export interface GithubClient {
  /** Base URL of the API, without a slash at its end. */
  readonly apiUrl: string
  /**
   * Requests a page; if GitHub refuses the token, tries once more with a new one if there is one.
   * @returns the answer, and the token that was sent
   * @throws {CursorError} when the URL does not lead to the API, where alone the credential may be sent
   */
  get(url: string): Promise<{ readonly answer: HttpAnswer; readonly token: string }>
  /** As `get`, with the method POST and no body. */
  post(url: string): Promise<{ readonly answer: HttpAnswer; readonly token: string }>
}

/** @throws {ConfigError} when `apiUrl` cannot be used */
export function githubClient(connection: Omit<Connection, 'options' | 'pageSize'>): GithubClient {
  const { http, secret, now = Date.now } = connection
  const apiUrl = parseBaseUrl(connection.apiUrl ?? 'https://api.github.com')
  const nextToken = tokens({ http, secret, now, apiUrl })
  const send = async (method: 'GET' | 'POST', url: string) => {
    const parsed = URL.parse(url)
    if (!parsed || !sameOrigin(apiUrl, parsed)) {
      throw new CursorError('the link to the next page does not lead to apiUrl')
    }
    const ask = async (token: string) => ({ token, answer: await http({ method, url, headers: githubHeaders(token) }) })
    const asked = await ask(await nextToken())
    if (asked.answer.status !== 401) return asked
    const another = await nextToken(asked.token)
    return another === asked.token ? asked : ask(another)
  }
  return { apiUrl, get: (url) => send('GET', url), post: (url) => send('POST', url) }
}

/**
 * Returns the token to send: the stored one, or one of the App's installation, cached until shortly before it expires.
 * An installation token that GitHub just refused is replaced.
 */
function tokens(options: {
  readonly secret: () => Promise<string>
  readonly apiUrl: string
  readonly http: HttpClient
  readonly now: () => number
}): (refused?: string) => Promise<string> {
  let kept: { readonly secret: string; readonly token: string; readonly expiresAt: number } | undefined
  return async (refused) => {
    const secret = await options.secret()
    const credential = parseGithubCredential(secret)
    if (credential.kind === 'token') return credential.token
    const usable = kept?.secret === secret && kept.token !== refused && options.now() < kept.expiresAt - renewBeforeMs
    if (kept && usable) return kept.token
    kept = { secret, ...(await installationToken(credential, options)) }
    return kept.token
  }
}
