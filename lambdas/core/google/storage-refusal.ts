import { AuthError, ConfigError, StoreError } from '../errors.ts'
import { isPlainObject, isText, plainObjectIn } from '../json/forms.ts'
import type { HttpAnswer } from '../poll/provider/http.ts'
import { retryAfter } from '../poll/provider/retry-time.ts'
import { googleWords } from './token-answer.ts'

/** Reasons of a 403 or 429 that pass by themselves: https://cloud.google.com/storage/docs/json_api/v1/status-codes */
const passing = new Set(['rateLimitExceeded', 'userRateLimitExceeded', 'quotaExceeded', 'dailyLimitExceeded'])

/** Whether the storage itself says that there is no such object or bucket, and not something in between. */
export const saysMissing = (answer: HttpAnswer): boolean => answer.status === 404 && errorIn(answer)?.code === 404

/**
 * The error of a storage request that was not answered as asked.
 * @param what the request, for the message
 * @param token the token that was sent
 */
export function storageRefusal(answer: HttpAnswer, what: string, token: string): Error {
  const { status } = answer
  const told = googleWords(answer, [token])
  const isForeign = status === 404 && !saysMissing(answer)
  const passes =
    isForeign || status === 408 || status === 429 || status >= 500 || reasonsOf(answer).some((one) => passing.has(one))
  if (passes || status < 400) {
    const retryAt = retryAfter(answer)
    return new StoreError(`${what}: no usable answer (status ${status})${told}`, { retryAt })
  }
  if (status === 401) {
    return new AuthError(`${what}: Google does not accept the token it gave (status 401)${told}`, {
      fault: 'expired-or-revoked',
    })
  }
  if (status === 403) {
    return new AuthError(
      `${what}: not allowed (status 403): grant the role Storage Object Viewer (roles/storage.objectViewer) on the ` +
        `bucket to the service account, or to the identity of this function if it acts as none${told}`,
      { fault: 'scope' },
    )
  }
  if (status === 404) {
    return new ConfigError(`${what}: there is no such bucket (status 404): check the setting bucket${told}`)
  }
  return new ConfigError(`${what}: Google refuses the request (status ${status}): check bucket and apiUrl${told}`)
}

/** The codes in `{error: {errors: [{reason}]}}`. */
function reasonsOf(answer: HttpAnswer): string[] {
  const { errors } = errorIn(answer) ?? {}
  return (Array.isArray(errors) ? errors : []).flatMap((one: unknown) =>
    isPlainObject(one) && isText(one.reason) ? [one.reason] : [],
  )
}

/** The member `error` of every refusal of the API. */
function errorIn({ bytes }: HttpAnswer): Readonly<Record<string, unknown>> | undefined {
  const { error } = plainObjectIn(bytes) ?? {}
  return isPlainObject(error) ? error : undefined
}
