import { AuthError, type Fault, TransientError } from '../errors.ts'
import { isNumber, isPlainObject, plainObjectIn } from '../json/forms.ts'
import type { HttpAnswer } from '../poll/provider/http.ts'
import { providerWords } from '../poll/provider/provider-words.ts'
import { retryAfter } from '../poll/provider/retry-time.ts'

export interface AccessToken {
  readonly token: string
  /** In milliseconds since 1970, by our clock. */
  readonly expiresAt: number
}

/** Reading of the storage: https://cloud.google.com/storage/docs/oauth-scopes */
export const storageScope = 'https://www.googleapis.com/auth/devstorage.read_only'

/** The headers of a request whose body is a form. */
export const formHeaders = { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' } as const

/**
 * A token as it can stand in a header.
 * @param what the request, for the message
 * @throws {TransientError} when it is none
 */
export function tokenText(value: unknown, what: string): string {
  if (typeof value === 'string' && /^[\x21-\x7e]+$/.test(value)) return value
  throw new TransientError(`${what}: the answer holds no token. If this persists, check apiUrl`)
}

/**
 * Reads `{access_token, expires_in}`, the answer of OAuth 2.0 (RFC 6749, 5.1).
 * @throws {TransientError} when it holds no token
 */
export function readAccessToken({ bytes, receivedAt }: HttpAnswer, what: string): AccessToken {
  const { access_token: token, expires_in: seconds } = plainObjectIn(bytes) ?? {}
  return { token: tokenText(token, what), expiresAt: receivedAt + (isNumber(seconds) ? seconds * 1000 : 0) }
}

/**
 * The error of a token that Google does not give.
 * @param remedy what the operator checks
 * @param secrets what was sent, or used to make it
 * @param fault what a refusal means, if it can mean one thing only
 */
export function tokenRefusal(
  answer: HttpAnswer,
  what: string,
  remedy: string,
  secrets: readonly string[],
  fault?: Fault,
): Error {
  const { status } = answer
  const told = googleWords(answer, secrets)
  if (status === 429 || status >= 500) {
    const retryAt = retryAfter(answer)
    return new TransientError(`${what}: no usable answer (status ${status})${told}`, { retryAt })
  }
  return new AuthError(`${what} is refused (status ${status}): ${remedy}${told}`, fault && { fault })
}

/**
 * Google's own explanation as the end of a message; empty without one. Services give `{error: {message}}`, the token
 * endpoints `{error, error_description}`.
 */
export function googleWords({ bytes }: Pick<HttpAnswer, 'bytes'>, secrets: readonly string[]): string {
  const { error, error_description: description } = plainObjectIn(bytes) ?? {}
  const told = isPlainObject(error) ? [error.message] : [error, description]
  const text = told.filter((part) => typeof part === 'string').join(': ')
  return text === '' ? '' : `. Google says: ${providerWords(text, secrets)}`
}
