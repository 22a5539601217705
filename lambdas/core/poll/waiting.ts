import { AuthError, ConfigError, TransientError } from '../errors.ts'
import { isNumber, objectOf, type Passing } from '../json/forms.ts'
import type { LastResult } from './outcome.ts'
import type { RateLimits } from './stream.ts'

/** How far clocks may differ: ours, those of other runs and the provider's. */
export const maxSkewMs = 5 * 60_000

/** When to try again; kept in the state, because a function that sleeps costs money and can be stopped. */
export type Backoff = Passing<typeof isBackoff>

export const isBackoff = objectOf({
  /** In milliseconds since 1970. */
  notBefore: isNumber,
  /** Consecutive failed attempts. */
  step: isNumber,
})

const firstWaitMs = 60_000
const hourMs = 3_600_000

/** No provider's limit lasts longer, so a later time comes from a wrong clock. */
export const longestWaitMs = 2 * hourMs

/** Whether the provider said when to retry: a rate limit that concerns all requests, not a fault of this one. */
export const isPutOff = (error: unknown): error is TransientError & { readonly retryAt: number } =>
  error instanceof TransientError && error.retryAt !== undefined

/**
 * When to try again after an error: at the time that the provider named, if it lies ahead, else after a minute,
 * doubling. An empty secret costs no request, so every run looks again.
 */
export function backOff(error: unknown, before: Backoff | undefined, now: number): Backoff {
  const unasked = error instanceof AuthError && error.unasked
  const step = unasked ? 1 : (before?.step ?? 0) + 1
  if (isPutOff(error) && error.retryAt > now) return { notBefore: Math.min(error.retryAt, now + longestWaitMs), step }
  if (unasked) return { notBefore: now, step }
  // An operator is fixing these by hand and wants to see the effect soon.
  const longest = error instanceof AuthError || error instanceof ConfigError ? hourMs / 4 : hourMs
  return { notBefore: now + Math.min(longest, firstWaitMs * 2 ** Math.min(step - 1, 10)), step }
}

/**
 * The wait after an answer that used up the rate limit: until the reset, or a minute if the answer names none that lies
 * ahead; `undefined` when requests are left.
 */
export function pauseAfter(limits: RateLimits | undefined, now: number): Backoff | undefined {
  if (limits?.remaining === undefined || limits.remaining > 0) return undefined
  const { resetAt = now } = limits
  return { notBefore: resetAt > now ? Math.min(resetAt, now + longestWaitMs) : now + firstWaitMs, step: 0 }
}

/**
 * Whether the next attempt is not due yet. A time beyond the longest wait was written by a wrong clock and is ignored.
 */
export const mustWait = (backoff: Backoff | undefined, now: number): boolean =>
  backoff !== undefined && backoff.notBefore > now && backoff.notBefore <= now + longestWaitMs + maxSkewMs

/**
 * Whether the wait after a run is one for a credential that has been replaced since.
 * @param credentialSince when it was last replaced, in milliseconds since 1970
 */
export async function hasNewCredential(
  last: LastResult | undefined,
  credentialSince?: () => Promise<number | undefined>,
): Promise<boolean> {
  if (last?.outcome !== 'credentials') return false
  const since = await credentialSince?.()
  return since !== undefined && since > last.at
}
