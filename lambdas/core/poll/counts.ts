import type { Counts } from '../intake/counts.ts'
import { isNumber, objectOf } from '../json/forms.ts'

/** How many events a run, sweep or job has read and published. */
export interface RunCounts extends Counts {
  /** Requests made to the provider. */
  readonly requests: number
}

export const noCounts: RunCounts = { requests: 0, fetched: 0, new: 0, duplicate: 0, failed: 0 }

export const addCounts = (a: RunCounts, b: Partial<RunCounts>): RunCounts => ({
  requests: a.requests + (b.requests ?? 0),
  fetched: a.fetched + (b.fetched ?? 0),
  new: a.new + (b.new ?? 0),
  duplicate: a.duplicate + (b.duplicate ?? 0),
  failed: a.failed + (b.failed ?? 0),
})

/** Whether a value read back is {@link RunCounts}. */
export const isRunCounts = objectOf({
  requests: isNumber,
  fetched: isNumber,
  new: isNumber,
  duplicate: isNumber,
  failed: isNumber,
})
