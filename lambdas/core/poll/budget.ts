const hourMs = 3_600_000

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

/** The share that sweeps and jobs may use. */
export const spareShare = 0.25

/** What gathers while nothing is asked is a tenth of an hour's budget, so that no hour sees much more than its own. */
const gathered = 0.1

const full = (perHour: number): number => Math.max(3, perHour * gathered)

export const fullBudget = (perHour: number, now: number): Budget => ({
  at: now,
  requests: full(perHour),
  rereads: full(perHour) * rereadShare,
  spare: full(perHour) * spareShare,
})

/** The budget after the time that has passed. A clock that went back adds nothing. */
export function refill(budget: Budget, perHour: number, now: number): Budget {
  const more = (Math.max(0, now - budget.at) / hourMs) * perHour
  const most = full(perHour)
  return {
    at: now,
    requests: Math.min(most, budget.requests + more),
    // A debt is forgiven beyond what one burst can use, or it could take days to pay.
    rereads: Math.min(most * rereadShare, Math.max(budget.rereads, -most) + more * rereadShare),
    spare: Math.min(most * spareShare, budget.spare + more * spareShare),
  }
}
