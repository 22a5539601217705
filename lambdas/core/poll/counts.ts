import { isNumber, objectOf, type Passing } from '../json/forms.ts'

/** How many events a run, sweep or job has read and published: the counts of an intake, and the requests. */
export type RunCounts = Passing<typeof isRunCounts>

export const isRunCounts = objectOf({
  /** Requests made to the provider. */
  requests: isNumber,
  fetched: isNumber,
  new: isNumber,
  duplicate: isNumber,
  failed: isNumber,
})

export const noCounts: RunCounts = { requests: 0, fetched: 0, new: 0, duplicate: 0, failed: 0 }

export const addCounts = (a: RunCounts, b: Partial<RunCounts>): RunCounts => ({
  requests: a.requests + (b.requests ?? 0),
  fetched: a.fetched + (b.fetched ?? 0),
  new: a.new + (b.new ?? 0),
  duplicate: a.duplicate + (b.duplicate ?? 0),
  failed: a.failed + (b.failed ?? 0),
})
