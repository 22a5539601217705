import { AuthError, ConfigError, CursorError, TransientError } from '../../core/errors.ts'
import type { HttpAnswer } from '../../core/poll/provider/http.ts'
import { providerWords } from '../../core/poll/provider/provider-words.ts'
import { retryAfter } from '../../core/poll/provider/retry-time.ts'
import { errorOf, rateLimits } from './answer.ts'

/** The request that was refused. */
export interface Asked {
  /** Name of the feed; begins every message. */
  readonly what: string
  /** The credentials that were sent. */
  readonly secrets: readonly string[]
  readonly withCursor: boolean
}

/** The wait after an error for which the API advises against a retry, in milliseconds. */
const hopelessWaitMs = 10 * 60_000

const newKey =
  'It takes a Compliance Access Key (sk-ant-api01-…) with the scope read:compliance_activities, or an Admin API key ' +
  '(sk-ant-admin01-…) made after the Compliance API was enabled; put one into the secret of the source'

/** The keys of the Messages API: https://platform.claude.com/docs/en/manage-claude/compliance-api-access */
const isOrdinary = (key: string): boolean => key.startsWith('sk-ant-api03-')

/**
 * The error for an answer other than 200, by status and type, because the texts change.
 * https://platform.claude.com/docs/en/manage-claude/compliance-errors
 */
export function activityRefusal(answer: HttpAnswer, { what, secrets, withCursor }: Asked): Error {
  const told = explanation(answer, secrets)
  switch (answer.status) {
    case 400:
      if (withCursor) return new CursorError(`${what}: the cursor is not accepted${told}`)
      return new ConfigError(
        `${what}: the request is not accepted. Check that the Compliance API is enabled for the organization, and the ` +
          `organization ids in the settings${told}`,
        // The other cause, a wrong parameter, is no fault that settings can have: their form is checked.
        { fault: 'api-off' },
      )
    case 401:
      return new AuthError(`${what}: the key is invalid, revoked or expired. ${newKey}${told}`, {
        fault: secrets.some(isOrdinary) ? 'wrong-key' : 'expired-or-revoked',
      })
    case 403:
      // The API refuses in JSON; anything else comes from a proxy and says nothing about the key.
      if (errorOf(answer) === undefined) return temporary(answer, what, told)
      return new AuthError(`${what}: the key lacks a scope, or an organization is out of its reach. ${newKey}${told}`, {
        fault: 'scope',
      })
    case 404:
      return new AuthError(
        `${what}: the API answers 404, as it does without a key and to keys of another kind. ` +
          `${newKey}, and check apiUrl${told}`,
        { fault: 'wrong-key' },
      )
    default:
      return temporary(answer, what, told)
  }
}

function temporary(answer: HttpAnswer, what: string, told: string): TransientError {
  const { remaining, resetAt } = rateLimits(answer)
  const limited = answer.status === 429
  const hopeless = answer.headers.get('x-should-retry')?.trim().toLowerCase() === 'false'
  const retryAt =
    retryAfter(answer) ??
    (limited && remaining === 0 ? resetAt : undefined) ??
    (hopeless ? answer.receivedAt + hopelessWaitMs : undefined)
  const problem = limited ? 'too many requests (the limit is shared by all keys)' : 'no usable answer'
  return new TransientError(`${what}: ${problem}${told}`, { retryAt })
}

function explanation(answer: HttpAnswer, secrets: readonly string[]): string {
  const { type, message } = errorOf(answer) ?? {}
  const id = answer.headers.get('request-id')
  const facts = [
    `status ${answer.status}`,
    ...(typeof type === 'string' ? [providerWords(type, secrets)] : []),
    ...(typeof message === 'string' ? [`the API says: ${providerWords(message, secrets)}`] : ['without a JSON error']),
    ...(id === null ? [] : [`request-id ${providerWords(id, secrets)}`]),
  ]
  return ` (${facts.join('; ')})`
}
