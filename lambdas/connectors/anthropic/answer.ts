import { isPlainObject, plainObjectIn } from '../../core/json/forms.ts'
import type { HttpAnswer } from '../../core/poll/provider/http.ts'
import { countIn, laterOnOurClock } from '../../core/poll/provider/retry-time.ts'
import type { RateLimits } from '../../core/poll/stream.ts'

/** The rate limit in an answer's headers. https://platform.claude.com/docs/en/manage-claude/compliance-errors */
export function rateLimits(answer: HttpAnswer): RateLimits {
  const remaining = countIn(answer, 'anthropic-ratelimit-requests-remaining')
  const reset = Date.parse(answer.headers.get('anthropic-ratelimit-requests-reset') ?? '')
  return { remaining, resetAt: laterOnOurClock(answer, reset) }
}

/** The error in the body; `undefined` when there is none. */
export function errorOf({ bytes }: HttpAnswer): Readonly<Record<string, unknown>> | undefined {
  const error = plainObjectIn(bytes)?.error
  return isPlainObject(error) ? error : undefined
}
