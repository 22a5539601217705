import { parseBaseUrl } from '../../core/poll/provider/base-url.ts'
import type { HttpAnswer } from '../../core/poll/provider/http.ts'
import type { Connection } from '../../core/poll/stream.ts'
import { parseAnthropicKey } from './credential.ts'

export interface AnthropicClient {
  /**
   * Sends a request to the API.
   * @param path below `/v1/`
   * @returns the answer, and the key that was sent
   */
  get(path: string, parameters?: URLSearchParams): Promise<{ readonly answer: HttpAnswer; readonly key: string }>
}

/** @throws {ConfigError} when `apiUrl` cannot be used */
export function anthropicClient({
  apiUrl = 'https://api.anthropic.com',
  secret,
  http,
}: Pick<Connection, 'apiUrl' | 'secret' | 'http'>): AnthropicClient {
  const api = `${parseBaseUrl(apiUrl)}/v1`
  return {
    async get(path, parameters) {
      const key = parseAnthropicKey(await secret())
      const headers = { 'x-api-key': key, 'anthropic-version': '2023-06-01', 'user-agent': 'AuditLake' }
      const query = parameters === undefined ? '' : `?${parameters}`
      return { key, answer: await http({ url: `${api}/${path}${query}`, headers }) }
    },
  }
}
