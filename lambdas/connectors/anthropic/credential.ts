import { headerToken, parseCredential } from '../../core/poll/provider/credential-text.ts'

const remedy = 'store a Compliance Access Key or an Admin API key alone or as {"apiKey": "…"}'

/** @throws {AuthError} when the secret holds no key; the message quotes none of it */
export function parseAnthropicKey(secret: string): string {
  const credential = parseCredential(secret, remedy)
  return headerToken(typeof credential === 'string' ? credential : credential.apiKey, 'key', remedy)
}
