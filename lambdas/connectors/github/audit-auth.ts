import type { HttpClient } from '../../core/poll/provider/http.ts'
import { installationToken } from './app-token.ts'
import { parseGithubCredential } from './audit-credential.ts'

/** Left of a token's life when it is replaced: enough for any request that is under way. */
const renewBeforeMs = 5 * 60_000

export interface AuditAuth {
  /**
   * A token to send: the stored one, or one of the App's installation, kept until shortly before it expires.
   * @param refused a token that GitHub just refused, which is not given again if there is another
   */
  token(refused?: string): Promise<string>
}

/** @param options `secret` reads the source's secret, `now` is in milliseconds since 1970 */
export function createAuditAuth(options: {
  readonly secret: () => Promise<string>
  readonly apiUrl: string
  readonly http: HttpClient
  readonly now: () => number
}): AuditAuth {
  let kept: { readonly secret: string; readonly token: string; readonly expiresAt: number } | undefined
  return {
    async token(refused) {
      const secret = await options.secret()
      const credential = parseGithubCredential(secret)
      if (credential.kind === 'token') return credential.token
      const usable = kept?.secret === secret && kept.token !== refused && options.now() < kept.expiresAt - renewBeforeMs
      if (kept && usable) return kept.token
      kept = { secret, ...(await installationToken(credential, options)) }
      return kept.token
    },
  }
}
