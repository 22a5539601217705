import { addCounts, noCounts, type RunCounts } from '../counts.ts'
import type { TakenPage } from '../take-page.ts'
import type { LastRows, OpenWindow } from './state.ts'

/** What a run has read so far. */
export interface Tally {
  readonly counts: RunCounts
  /** Whether the provider gave a page. */
  readonly hasPage: boolean
  /** New events that our own polling did not cause. */
  readonly signsOfLife: number
  /** The part of the feed that was read. */
  readonly span?: { readonly from: number; readonly to: number }
  /** Whether the look-back was read. */
  readonly lookBack: boolean
  /** Whether rereading had to wait for its budget, or left out events whose ids are forgotten. */
  readonly stretched: boolean
  /** When the window was opened that was read last. */
  readonly openedAt?: number
  /** Whether a backlog got on. */
  readonly hasProgress: boolean
  readonly lastRows: LastRows
}

export const noTally: Tally = {
  counts: noCounts,
  hasPage: false,
  signsOfLife: 0,
  lookBack: false,
  stretched: false,
  hasProgress: false,
  lastRows: {},
}

export const withPage = (tally: Tally, taken: TakenPage, queue: keyof LastRows): Tally => ({
  ...tally,
  hasPage: true,
  counts: addCounts(tally.counts, taken.counts),
  signsOfLife: tally.signsOfLife + taken.signsOfLife,
  lastRows: taken.lastRow ? { ...tally.lastRows, [queue]: taken.lastRow } : tally.lastRows,
})

export function withSpan(tally: Tally, { walk: { from, to }, lookBack }: OpenWindow): Tally {
  const { span = { from, to } } = tally
  const both = { from: Math.min(span.from, from), to: Math.max(span.to, to) }
  return { ...tally, span: both, lookBack: tally.lookBack || lookBack }
}
