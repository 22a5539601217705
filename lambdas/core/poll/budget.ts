import { isNumber, objectOf, type Passing } from '../json/forms.ts'
import type { PollStream } from './stream.ts'

const hourMs = 3_600_000

/** How many requests a source may make. */
export interface Rate {
  readonly perHour: number
  /** The period over which the provider counts requests, in seconds. */
  readonly periodSeconds: number
}

/** @param share of the provider's limit, 1 by default */
export const rateOf = (stream: Pick<PollStream, 'requestsPerHour' | 'limitPeriodSeconds'>, share = 1): Rate => ({
  perHour: stream.requestsPerHour * share,
  periodSeconds: stream.limitPeriodSeconds,
})

/** Requests that may be made now; all refill with time. */
export type Budget = Passing<typeof isBudget>

export const isBudget = objectOf({
  /** When the amounts were last updated, in milliseconds since 1970. */
  at: isNumber,
  requests: isNumber,
  /** The part of them for rereading known events. Below zero: used in advance. */
  rereads: isNumber,
  /** The part of them for sweeps and jobs. */
  spare: isNumber,
})

/** The share of the budget for rereading, so that at least as much is left for new events. */
const rereadShare = 0.5

/** The longest that a look-back waits for budget; without a limit, a feed that is always busy would never have one. */
export const longestStretchMs = 60 * 60_000

/** The share of the budget for sweeps and jobs. */
export const spareShare = 0.25

/**
 * The most requests that accumulate while idle: a tenth of an hour's budget, so that no hour far exceeds its own, and
 * at most what the provider allows in one period, since others may share the limit.
 */
const most = ({ perHour, periodSeconds }: Rate): number =>
  Math.max(3, Math.min(perHour * 0.1, (perHour * periodSeconds) / 3_600))

/** The most requests that accumulate for sweeps and jobs: at least one, or a small share would never have any. */
const mostSpare = (rate: Rate): number => Math.max(1, most(rate) * spareShare)

export function fullBudget(rate: Rate, now: number): Budget {
  const full = most(rate)
  return { at: now, requests: full, rereads: full * rereadShare, spare: mostSpare(rate) }
}

/** The budget at `now`. A clock that went back adds nothing. */
export function refill(budget: Budget, rate: Rate, now: number): Budget {
  const more = (Math.max(0, now - budget.at) / hourMs) * rate.perHour
  const full = most(rate)
  return {
    at: now,
    requests: Math.min(full, budget.requests + more),
    // A debt is capped at one burst; a larger one could take days to pay off.
    rereads: Math.min(full * rereadShare, Math.max(budget.rereads, -full) + more * rereadShare),
    spare: Math.min(mostSpare(rate), budget.spare + more * spareShare),
  }
}
