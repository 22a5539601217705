import type { HttpClient } from '../poll/provider/http.ts'
import type { GoogleAddresses } from './addresses.ts'
import { type AwsIdentity, type Federation, federatedToken } from './federation.ts'
import { keyToken, parseServiceAccountKey } from './service-account.ts'
import type { AccessToken } from './token-answer.ts'

/** A token is replaced this long before it expires: enough for any request under way. */
const renewBeforeMs = 5 * 60_000

/** How a function proves to Google who it is. */
export type GoogleIdentity =
  /** By the key file of a service account, which a secret holds. */
  | { readonly kind: 'key'; readonly secret: () => Promise<string> }
  /** By its identity in AWS, without any secret. */
  | ({ readonly kind: 'federation'; readonly aws: AwsIdentity } & Federation)

/** Gives tokens for reading the storage; a token is kept until shortly before it expires. */
export interface GoogleTokens {
  /**
   * @param refused a token that Google just refused; another one is returned
   * @throws {AuthError} when the identity is refused
   * @throws {TransientError} when there is no usable answer
   */
  next(refused?: string): Promise<string>
}

export function googleTokens(
  identity: GoogleIdentity,
  exchange: { readonly addresses: GoogleAddresses; readonly http: HttpClient; readonly now: () => number },
): GoogleTokens {
  const { addresses, http, now } = exchange
  /** With the text of the key file, so that a replaced one counts at once. */
  let kept: (AccessToken & { readonly secret: string }) | undefined
  const ask = async (secret: string): Promise<AccessToken> => {
    if (identity.kind === 'federation') return federatedToken(identity, identity.aws, exchange)
    return keyToken(parseServiceAccountKey(secret), { url: addresses.oauth, http, now })
  }
  return {
    async next(refused) {
      const secret = identity.kind === 'key' ? await identity.secret() : ''
      const usable = kept?.secret === secret && kept.token !== refused && now() < kept.expiresAt - renewBeforeMs
      if (kept && usable) return kept.token
      kept = { secret, ...(await ask(secret)) }
      return kept.token
    },
  }
}
