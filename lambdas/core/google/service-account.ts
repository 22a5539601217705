import type { KeyObject } from 'node:crypto'
import { AuthError } from '../errors.ts'
import { parseCredential } from '../poll/provider/credential-text.ts'
import type { HttpClient } from '../poll/provider/http.ts'
import { rsaKey, signedJwt } from '../poll/provider/jwt.ts'
import { type AccessToken, formHeaders, readAccessToken, storageScope, tokenRefusal } from './token-answer.ts'

/** The parts of a service account's key file that count. */
export interface ServiceAccountKey {
  /** The account's address. */
  readonly email: string
  readonly keyId: string
  readonly key: KeyObject
}

const remedy =
  'store the whole key file of the service account, as Google gives it (JSON with client_email, private_key_id and ' +
  'private_key)'

/**
 * Reads the key file of a service account. Its addresses are not used, so that no changed file can redirect a request.
 * @throws {AuthError} when it cannot be used; the message quotes none of it
 */
export function parseServiceAccountKey(secret: string): ServiceAccountKey {
  const file = parseCredential(secret, remedy)
  if (typeof file === 'string') throw unusable('the secret holds no JSON', 'wrong-key')
  const { type, client_email: email, private_key_id: keyId, private_key: pem } = file
  if (type !== undefined && type !== 'service_account') {
    throw unusable('the JSON in the secret is of another type than "service_account"', 'wrong-key')
  }
  if (!isMember(email)) throw unusable('the secret holds no valid client_email')
  if (!isMember(keyId)) throw unusable('the secret holds no valid private_key_id')
  // The line breaks of the key are often escaped twice on the way into the secret.
  const key = typeof pem === 'string' ? rsaKey(pem.replaceAll('\\n', '\n').trim()) : undefined
  if (!key) throw unusable('the secret holds no private_key that is an RSA key in PEM form')
  return { email, keyId, key }
}

const isMember = (value: unknown): value is string => typeof value === 'string' && /^[\x21-\x7e]{1,300}$/.test(value)

const unusable = (problem: string, fault?: 'wrong-key'): AuthError =>
  new AuthError(`${problem}; ${remedy}`, { unasked: true, fault })

/** The only audience that Google accepts, whatever the address of the request. */
const audience = 'https://oauth2.googleapis.com/token'

/** Longest life of an assertion and of a token, in seconds. */
const lifetime = 3600

/**
 * Requests a token for a service account by its key.
 * https://developers.google.com/identity/protocols/oauth2/service-account#httprest
 * @param url base URL of the token endpoint
 * @throws {AuthError} when it is refused
 * @throws {TransientError} when there is no usable answer
 */
export async function keyToken(
  { email, keyId, key }: ServiceAccountKey,
  { url, http, now }: { readonly url: string; readonly http: HttpClient; readonly now: () => number },
): Promise<AccessToken> {
  const what = 'the token for the service account'
  const issuedAt = Math.floor(now() / 1000)
  const claims = { iss: email, scope: storageScope, aud: audience, iat: issuedAt, exp: issuedAt + lifetime }
  const assertion = signedJwt(claims, key, { kid: keyId })
  const form = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion }
  const body = new URLSearchParams(form).toString()
  const answer = await http({ method: 'POST', url: `${url}/token`, headers: formHeaders, body })
  if (answer.status === 200) return readAccessToken(answer, what)
  const check =
    'the key may be deleted, expired or disabled, or the account deleted: make a new key and store its file; if the key is ' +
    'good, check the clock of this machine'
  throw tokenRefusal(answer, what, check, [assertion], 'expired-or-revoked')
}
