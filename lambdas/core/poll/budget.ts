import type { PollStream } from './stream.ts'

const hourMs = 3_600_000

/** How fast a source may ask. */
export interface Rate {
  readonly perHour: number
  /** The time for which the provider counts requests, in seconds. */
  readonly periodSeconds: number
}

/** How fast a source may ask. @param share of the provider's limit, 1 by default */
export const rateOf = (stream: Pick<PollStream, 'requestsPerHour' | 'limitPeriodSeconds'>, share = 1): Rate => ({
  perHour: stream.requestsPerHour * share,
  periodSeconds: stream.limitPeriodSeconds,
})

/** Requests that may be made now; all refill with time. */
export interface Budget {
  /** When it was counted, in milliseconds since 1970. */
  readonly at: number
  readonly requests: number
  /** Of them, for reading again what was read before. Below zero: used up in advance. */
  readonly rereads: number
  /** Of them, for sweeps and jobs. */
  readonly spare: number
}

/** The share of the budget that reading again may use, so that at least as much is left for what is new. */
const rereadShare = 0.5

/** A look-back that has waited so long for its budget is read all the same, or a feed that is always busy had none. */
export const longestStretchMs = 60 * 60_000

/** The share that sweeps and jobs may use. */
export const spareShare = 0.25

/**
 * What gathers while nothing is asked: a tenth of an hour's budget, so that no hour sees much more than its own, and never
 * more than what the provider allows in the time for which it counts, since others may use the same limit.
 */
const most = ({ perHour, periodSeconds }: Rate): number =>
  Math.max(3, Math.min(perHour * 0.1, (perHour * periodSeconds) / 3_600))

export function fullBudget(rate: Rate, now: number): Budget {
  const full = most(rate)
  return { at: now, requests: full, rereads: full * rereadShare, spare: full * spareShare }
}

/** The budget after the time that has passed. A clock that went back adds nothing. */
export function refill(budget: Budget, rate: Rate, now: number): Budget {
  const more = (Math.max(0, now - budget.at) / hourMs) * rate.perHour
  const full = most(rate)
  return {
    at: now,
    requests: Math.min(full, budget.requests + more),
    // A debt is forgiven beyond what one burst can use, or it could take days to pay.
    rereads: Math.min(full * rereadShare, Math.max(budget.rereads, -full) + more * rereadShare),
    spare: Math.min(full * spareShare, budget.spare + more * spareShare),
  }
}
