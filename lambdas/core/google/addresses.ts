import { parseBaseUrl } from '../poll/provider/base-url.ts'

/** Google's services, without a slash at the end. */
export interface GoogleAddresses {
  /** Gives tokens to service accounts with a key. */
  readonly oauth: string
  /** Gives tokens to identities of other clouds. */
  readonly sts: string
  /** Gives tokens of service accounts to those who may act as them. */
  readonly credentials: string
  readonly storage: string
}

/**
 * @param apiUrl one address that takes the place of all of Google's hosts
 * @throws {ConfigError} when it cannot be used
 */
export function googleAddresses(apiUrl?: string): GoogleAddresses {
  if (apiUrl !== undefined) {
    const one = parseBaseUrl(apiUrl)
    return { oauth: one, sts: one, credentials: one, storage: one }
  }
  return {
    oauth: 'https://oauth2.googleapis.com',
    sts: 'https://sts.googleapis.com',
    credentials: 'https://iamcredentials.googleapis.com',
    storage: 'https://storage.googleapis.com',
  }
}
