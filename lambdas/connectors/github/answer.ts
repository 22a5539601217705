import { RecordError, TransientError } from '../../core/errors.ts'
import { type JsonList, readJsonList } from '../../core/intake/json-list.ts'
import { plainObjectIn } from '../../core/json/forms.ts'
import type { HttpAnswer } from '../../core/poll/provider/http.ts'
import { providerWords } from '../../core/poll/provider/provider-words.ts'
import { countIn, laterOnOurClock, retryAfter } from '../../core/poll/provider/retry-time.ts'
import type { RateLimits } from '../../core/poll/stream.ts'

/** The facts in an answer, in brackets, for the end of a message. */
export function explanation(answer: HttpAnswer, secrets: readonly string[]): string {
  const { message } = plainObjectIn(answer.bytes) ?? {}
  const id = answer.headers.get('x-github-request-id')
  const facts = [
    `status ${answer.status}`,
    ...(typeof message === 'string' ? [`GitHub says: ${providerWords(message, secrets)}`] : [kindOf(answer)]),
    ...(id === null ? [] : [`request ${providerWords(id, secrets)}`]),
  ]
  return ` (${facts.filter((fact) => fact !== '').join('; ')})`
}

/** Describes a body that is not JSON. */
function kindOf({ bytes }: HttpAnswer): string {
  if (bytes.length === 0) return 'without a body'
  return plainObjectIn(bytes) === undefined ? `with ${bodyKind(bytes)} in place of JSON` : ''
}

/** Describes a body that is not JSON, or only the beginning of JSON. */
export function bodyKind(bytes: Uint8Array): string {
  return /^\s*<(?:!doctype|html|\?xml)/i.test(Buffer.from(bytes.subarray(0, 200)).toString())
    ? 'an HTML page of a proxy, a sign-in or a maintenance'
    : 'other text'
}

/**
 * Reads an answer that should be a list.
 * @param of the elements, for the message
 * @throws {TransientError} when it is none, because it then comes from something in between
 */
export function listIn({ bytes }: HttpAnswer, what: string, of: string): JsonList {
  try {
    return readJsonList(bytes)
  } catch (error) {
    if (!(error instanceof RecordError)) throw error
    const isJson = error.code !== 'not_json'
    throw noList(what, of, isJson ? 'other JSON' : `${bodyKind(bytes)}, or cut JSON (${error.message})`)
  }
}

/** The error for an answer that is something else than a list. */
export const noList = (what: string, of: string, kind: string): TransientError =>
  new TransientError(`${what}: the answer is not a list of ${of} but ${kind}. If this persists, check apiUrl`)

/**
 * The rate limit in an answer's headers.
 * https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
 */
export function rateLimits(answer: HttpAnswer): RateLimits {
  const remaining = countIn(answer, 'x-ratelimit-remaining')
  const reset = countIn(answer, 'x-ratelimit-reset')
  return { remaining, resetAt: reset === undefined ? undefined : laterOnOurClock(answer, reset * 1000) }
}

/**
 * When the token of a person expires, in milliseconds since 1970, as every answer says; `undefined` for one that does
 * not, and for one of an App's installation, which is replaced every hour.
 * https://github.blog/changelog/2021-07-26-expiration-options-for-personal-access-tokens/
 */
export function tokenExpiry({ headers }: HttpAnswer, token: string): number | undefined {
  // As "2026-12-31 00:00:00 UTC".
  const expiresAt = Date.parse(headers.get('github-authentication-token-expiration') ?? '')
  return Number.isNaN(expiresAt) || token.startsWith('ghs_') ? undefined : expiresAt
}

/** Whether a refusal is a rate limit, for which GitHub uses both 429 and 403. */
export function isRateLimited(answer: HttpAnswer): boolean {
  if (answer.status === 429) return true
  if (answer.status !== 403) return false
  const { message } = plainObjectIn(answer.bytes) ?? {}
  return (
    answer.headers.has('retry-after') ||
    countIn(answer, 'x-ratelimit-remaining') === 0 ||
    (typeof message === 'string' && /rate limit|abuse detection/i.test(message))
  )
}

/**
 * The error for an answer that concerns neither credential nor settings. To be retried no earlier than `Retry-After`,
 * or than the reset when no requests remain.
 */
export function githubFailure(answer: HttpAnswer, what: string, secrets: readonly string[]): TransientError {
  const { remaining, resetAt } = rateLimits(answer)
  const retryAt = retryAfter(answer) ?? (remaining === 0 ? resetAt : undefined)
  const problem = isRateLimited(answer) ? 'too many requests' : 'GitHub gave no usable answer'
  return new TransientError(`${what}: ${problem}${explanation(answer, secrets)}`, { retryAt })
}
