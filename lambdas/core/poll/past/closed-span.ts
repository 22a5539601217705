import { isNumber, type Members, objectOf, optional } from '../../json/forms.ts'
import { addCounts, isRunCounts, noCounts, type RunCounts } from '../counts.ts'
import type { Spare } from '../stream.ts'
import { backOff, isPutOff, mustWait } from '../waiting.ts'
import { afterFailure, floorTo } from '../walk.ts'
import { type ClosedWindowPorts, closedWindow, isClosedWindow, readClosedWindow } from './closed-window.ts'

const dayMs = 86_400_000

/**
 * A part of the past to be read again, one UTC day at a time, because the lake is partitioned by day; the oldest first.
 * Plain data; times are milliseconds since 1970.
 */
export type ClosedSpan = Members<typeof closedSpanForm>

export const closedSpanForm = {
  /** The span [from, to). */
  from: isNumber,
  to: isNumber,
  /** The time until which it has been read. */
  until: isNumber,
  /** The window that is being read. */
  open: optional(isClosedWindow),
  /** Counts of the finished windows. */
  counts: isRunCounts,
  /** Its own next attempt after a failure, so that new events do not wait for it. */
  wait: optional(objectOf({ notBefore: isNumber, step: isNumber })),
}

export const closedSpan = (from: number, to: number): ClosedSpan => ({ from, to, until: from, counts: noCounts })

/** How far a span has been read. `lost`: another writer changed its object; `failed`: with an error. */
export interface SpanReading<Span extends ClosedSpan> {
  readonly span: Span
  readonly end: 'done' | 'open' | 'lost' | 'failed'
  readonly error?: unknown
}

/**
 * Continues to read a span, as far as time and budget allow and rows have settled in the lake.
 * @param keep saves the progress, with the error of a failed attempt; resolves to false when another writer has changed
 *   it. Not called for the end, which the caller saves together with its consequences
 */
export async function readClosedSpan<Span extends ClosedSpan>(
  ports: ClosedWindowPorts,
  start: Span,
  spare: Spare,
  keep: (span: Span, failure?: unknown) => Promise<boolean>,
): Promise<SpanReading<Span>> {
  const { stream, now } = ports
  let span = start
  if (mustWait(span.wait, now())) return { span, end: 'open' }
  while (span.until < span.to) {
    const end = Math.min(span.to, floorTo(span.until, dayMs) + dayMs)
    if (end > spare.settledUntil || !spare.mayGoOn()) return { span, end: 'open' }
    const current = { ...span, wait: undefined }
    const window = span.open ?? closedWindow(stream, span.until, end)
    const read = await readClosedWindow(ports, window, spare, (open) => keep({ ...current, open }))
    if (read.end === 'lost') return { span, end: 'lost' }
    if (read.end === 'failed') {
      const open = { ...read.window, walk: afterFailure(read.window.walk, stream, read.error) }
      const wait = backOff(read.error, span.wait, now())
      // A rate limit says nothing about this place, so it does not count as a failed attempt.
      span = { ...span, open, wait: isPutOff(read.error) ? { ...wait, step: span.wait?.step ?? 0 } : wait }
      return { span, end: (await keep(span, read.error)) ? 'failed' : 'lost', error: read.error }
    }
    if (read.end === 'open') return { span: { ...current, open: read.window }, end: 'open' }
    span = { ...current, until: end, open: undefined, counts: addCounts(span.counts, read.window.counts) }
    if (span.until < span.to && !(await keep(span))) return { span, end: 'lost' }
  }
  return { span, end: 'done' }
}

/** The span, continued after the day at which it stands. */
export const withoutDay = <Span extends ClosedSpan>(span: Span): Span => ({
  ...span,
  until: Math.min(span.to, floorTo(span.until, dayMs) + dayMs),
  open: undefined,
  wait: undefined,
})

/** All counts of a span, including the open window. */
export const countsOf = ({ counts, open }: ClosedSpan): RunCounts => addCounts(counts, open?.counts ?? noCounts)
