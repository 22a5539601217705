import { parseBaseUrl } from '../../core/poll/provider/base-url.ts'
import type { HttpAnswer } from '../../core/poll/provider/http.ts'
import type { Connection } from '../../core/poll/stream.ts'
import { parseSlackCredential, type SlackCredential } from './credential.ts'

/** An answer, and the credential that was sent for it. */
export interface Asked {
  readonly answer: HttpAnswer
  readonly credential: SlackCredential
}

export interface SlackClient {
  /** Requests a page. @param path below the base URL of the API, beginning with a slash */
  get(path: string, parameters: URLSearchParams): Promise<Asked>
  /** Asks Slack whose the token is. https://docs.slack.dev/reference/methods/auth.test */
  authTest(): Promise<Asked>
}

const website = 'https://slack.com'

/**
 * @param defaultUrl base URL of the API unless the settings name another
 * @throws {ConfigError} when `apiUrl` or `webUrl` cannot be used
 */
export function slackClient(
  { apiUrl, webUrl = website, secret, http }: Pick<Connection, 'apiUrl' | 'webUrl' | 'secret' | 'http'>,
  defaultUrl = website,
): SlackClient {
  const api = parseBaseUrl(apiUrl ?? defaultUrl)
  const web = parseBaseUrl(webUrl, 'webUrl')
  const send = async (method: 'GET' | 'POST', url: string): Promise<Asked> => {
    const credential = parseSlackCredential(await secret())
    const headers = {
      authorization: `Bearer ${credential.token}`,
      accept: 'application/json',
      'user-agent': 'AuditLake',
    }
    return { credential, answer: await http({ method, url, headers }) }
  }
  return {
    get: (path, parameters) => send('GET', `${api}${path}?${parameters}`),
    authTest: () => send('POST', `${web}/api/auth.test`),
  }
}
