import { AuthError, ConfigError, TransientError } from '../errors.ts'
import type { RateLimits } from './stream.ts'

/** How far clocks may differ: ours, those of other runs, the provider's. */
export const maxSkewMs = 5 * 60_000

/** The next attempt, kept in the state because a function that sleeps costs money and forgets. */
export interface Backoff {
  /** In milliseconds since 1970. */
  readonly notBefore: number
  /** Attempts that have failed in a row. */
  readonly step: number
}

const firstWaitMs = 60_000
const hourMs = 3_600_000

/** No limit of a provider is longer, so a time beyond comes from a clock that is wrong. */
export const longestWaitMs = 2 * hourMs

/** Whether the provider said when to come back: it wants peace from all of us, and says nothing of what was asked for. */
export const isPutOff = (error: unknown): error is TransientError & { readonly retryAt: number } =>
  error instanceof TransientError && error.retryAt !== undefined

/**
 * When to try again after an error: when whoever refused says so, else after a minute, doubling. A secret that is still
 * to be put in costs no request, so it is looked for in every run.
 */
export function backOff(error: unknown, before: Backoff | undefined, now: number): Backoff {
  const unasked = error instanceof AuthError && error.unasked
  const step = unasked ? 1 : (before?.step ?? 0) + 1
  if (isPutOff(error)) {
    return { notBefore: clamp(error.retryAt, now, now + longestWaitMs), step }
  }
  if (unasked) return { notBefore: now, step }
  // Somebody is mending these by hand and wants to see soon that it works now.
  const longest = error instanceof AuthError || error instanceof ConfigError ? hourMs / 4 : hourMs
  return { notBefore: now + Math.min(longest, firstWaitMs * 2 ** Math.min(step - 1, 10)), step }
}

/** When to go on after an answer that says that it was the last one for now; `undefined` when there are more. */
export function pauseAfter(limits: RateLimits | undefined, now: number): Backoff | undefined {
  if (limits?.remaining === undefined || limits.remaining > 0) return undefined
  return { notBefore: clamp(limits.resetAt ?? now + firstWaitMs, now, now + longestWaitMs), step: 0 }
}

/** Whether the next attempt is still to come. One further away than any wait was written by a clock that was wrong. */
export const mustWait = (backoff: Backoff | undefined, now: number): boolean =>
  backoff !== undefined && backoff.notBefore > now && backoff.notBefore <= now + longestWaitMs + maxSkewMs

const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high)
