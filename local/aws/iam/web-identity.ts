/** What a token of an OpenID Connect provider says of its bearer. */
export interface WebIdentity {
  /** URL of the provider that issued it. */
  readonly issuer: string
  readonly audience: string
  readonly subject: string
}

/** The provider's address as IAM writes it in ARNs and condition keys: the URL without its scheme. */
export function providerHost(issuer: string): string {
  return issuer.replace(/^https:\/\//, '').replace(/\/$/, '')
}
