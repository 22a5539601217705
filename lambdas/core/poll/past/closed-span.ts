import { isNumber, optional, record } from '../../json/forms.ts'
import { addCounts, isRunCounts, noCounts, type RunCounts } from '../counts.ts'
import type { Spare } from '../stream.ts'
import { type Backoff, backOff, isPutOff, mustWait } from '../waiting.ts'
import { afterFailure, floorTo } from '../walk.ts'
import {
  type ClosedWindow,
  type ClosedWindowPorts,
  closedWindow,
  isClosedWindow,
  readClosedWindow,
} from './closed-window.ts'

const dayMs = 86_400_000

/**
 * A part of the past that is read again, a UTC day at a time and the oldest first, since the lake is kept by days. Plain
 * data; times are milliseconds since 1970.
 */
export interface ClosedSpan {
  /** The span [from, to). */
  readonly from: number
  readonly to: number
  /** Until where it has been read. */
  readonly until: number
  /** The window that is being read. */
  readonly open?: ClosedWindow | undefined
  /** Of the windows that have been read. */
  readonly counts: RunCounts
  /** The next attempt after a failure. Its own: what fails here must not keep back what is new. */
  readonly wait?: Backoff | undefined
}

export const closedSpan = (from: number, to: number): ClosedSpan => ({ from, to, until: from, counts: noCounts })

/** How far a span has been read. `lost`: somebody else changed what is kept; `failed`: with an error. */
export interface SpanReading<Span extends ClosedSpan> {
  readonly span: Span
  readonly end: 'done' | 'open' | 'lost' | 'failed'
  readonly error?: unknown
}

/**
 * Reads a span from wherever it was left, as far as time and budget go and rows have settled in the lake.
 * @param keep keeps how far it has come; resolves to false when somebody else has changed it. The end is not kept: it is
 *   the caller's, to be kept together with what follows from it. Gets the error with which the last attempt failed
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
      // An attempt that the provider put off says nothing of the place.
      span = { ...span, open, wait: isPutOff(read.error) ? { ...wait, step: span.wait?.step ?? 0 } : wait }
      return { span, end: (await keep(span, read.error)) ? 'failed' : 'lost', error: read.error }
    }
    if (read.end === 'open') return { span: { ...current, open: read.window }, end: 'open' }
    span = { ...current, until: end, open: undefined, counts: addCounts(span.counts, read.window.counts) }
    if (span.until < span.to && !(await keep(span))) return { span, end: 'lost' }
  }
  return { span, end: 'done' }
}

/** The span without the day at which it stands. */
export const withoutDay = <Span extends ClosedSpan>(span: Span): Span => ({
  ...span,
  until: Math.min(span.to, floorTo(span.until, dayMs) + dayMs),
  open: undefined,
  wait: undefined,
})

/** All counts of a span, of the window that is open as well. */
export const countsOf = ({ counts, open }: ClosedSpan): RunCounts => addCounts(counts, open?.counts ?? noCounts)

/** The members of a {@link ClosedSpan}, to check what was read back. */
export const closedSpanForm = {
  from: isNumber,
  to: isNumber,
  until: isNumber,
  open: optional(isClosedWindow),
  counts: isRunCounts,
  wait: optional(record({ notBefore: isNumber, step: isNumber })),
}
