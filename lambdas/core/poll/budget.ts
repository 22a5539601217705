const hourMs = 3_600_000

/** Requests that may be made now; both refill with time. */
export interface Budget {
  /** When it was counted, in milliseconds since 1970. */
  readonly at: number
  readonly requests: number
  /** Of them, for reading again what was read before. Below zero: used up in advance. */
  readonly rereads: number
}

/** The share of the budget that reading again may use, so that at least as much is left for what is new. */
const rereadShare = 0.5

/** What gathers while nothing is asked is a tenth of an hour's budget, so that no hour sees much more than its own. */
const gathered = 0.1

const full = (perHour: number): number => Math.max(3, perHour * gathered)

export const fullBudget = (perHour: number, now: number): Budget => ({
  at: now,
  requests: full(perHour),
  rereads: full(perHour) * rereadShare,
})

/** The budget after the time that has passed. A clock that went back adds nothing. */
export function refill(budget: Budget, perHour: number, now: number): Budget {
  const more = (Math.max(0, now - budget.at) / hourMs) * perHour
  return {
    at: now,
    requests: Math.min(full(perHour), budget.requests + more),
    rereads: Math.min(full(perHour) * rereadShare, budget.rereads + more * rereadShare),
  }
}
