import { StoreError, TransientError } from '../../errors.ts'
import { isNumber, type Members, optional } from '../../json/forms.ts'
import { addCounts, isRunCounts, noCounts, type RunCounts } from '../counts.ts'
import { afterFailure } from '../failed-attempt.ts'
import { isPublishedRow } from '../published-row.ts'
import type { Spare } from '../spare.ts'
import type { PollStream } from '../stream.ts'
import { type Backoff, backOff, isBackoff, isPutOff, mustWait } from '../waiting.ts'
import { floorTo, isUnsorted } from '../walk.ts'
import {
  type ClosedReading,
  type ClosedWindowPorts,
  closedWindow,
  isClosedWindow,
  readClosedWindow,
} from './closed-window.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** The wait after a fault of our own stores, in milliseconds. */
const storeWaitMs = hourMs / 4

/** The divisor by which windows get shorter when the lake holds more than a run can read. */
const narrowing = 8

/**
 * A part of the past to be read again, one UTC day at a time, because the lake is partitioned by day; the oldest first.
 * An unsorted feed is read as a whole. Plain data; times are milliseconds since 1970.
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
  /** Length of the windows of this day, in milliseconds, because the lake cannot be read for all of it in one run. */
  step: optional(isNumber),
  /** Counts of the finished windows. */
  counts: isRunCounts,
  /** The row that was published last. */
  lastRow: optional(isPublishedRow),
  /** Its own next attempt, so that new events do not wait for it. */
  wait: optional(isBackoff),
}

export const closedSpan = (from: number, to: number): ClosedSpan => ({ from, to, until: from, counts: noCounts })

/**
 * How far a span has been read. `unsettled`: its next events may still be on their way into the lake; `lost`: another
 * writer changed its object; `failed`: with an error.
 */
export interface SpanReading<Span extends ClosedSpan> {
  readonly span: Span
  readonly end: 'done' | 'open' | 'unsettled' | 'lost' | 'failed'
  readonly error?: unknown
}

/** Why a span is not tried again at once when its last attempt left nothing else behind. */
export const unfinished = new TransientError(
  'the last attempt ended without a result: out of memory, out of time, or killed',
)

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
  let { wait: before } = start
  let isCounted = false
  if (mustWait(before, now())) return { span, end: 'open' }
  while (span.until < span.to) {
    const end = endOfWindow(span, stream)
    const waits = !spare.mayGoOn() ? 'open' : end > spare.settledUntil ? 'unsettled' : undefined
    if (waits) return { span, end: waits }
    // The attempt is counted before it is made, because the process may not survive it.
    const counted = { ...span, wait: backOff(unfinished, before, now()) }
    if (!isCounted && !(await keep(counted, before && unfinished))) return { span, end: 'lost' }
    isCounted = true
    const current = { ...span, wait: undefined }
    let isKept = false
    const read = await readClosedWindow(ports, span.open ?? closedWindow(stream, span.until, end), spare, (open) => {
      isKept = true
      return keep({ ...current, open })
    })
    if (read.end === 'lost') return { span, end: 'lost' }
    if (read.end === 'failed') {
      span = afterFailedWindow(span, read, stream, { before: isKept ? undefined : before, now: now() })
      return { span, end: (await keep(span, read.error)) ? 'failed' : 'lost', error: read.error }
    }
    if (read.end === 'open') {
      if (isKept) return { span: { ...current, open: read.window }, end: 'open' }
      // The attempt neither failed nor made progress.
      const open = { ...span, open: read.window, wait: before }
      return { span: open, end: (await keep(open)) ? 'open' : 'lost' }
    }
    before = undefined
    const { lastRow = span.lastRow, counts } = read.window
    span = { ...current, ...afterWindow(span, end), counts: addCounts(span.counts, counts), lastRow }
    if (span.until < span.to && !(await keep(span))) return { span, end: 'lost' }
  }
  return { span, end: 'done' }
}

/** Where the window ends that begins where the span stands. */
function endOfWindow({ until, to, step = dayMs }: ClosedSpan, stream: Pick<PollStream, 'order'>) {
  if (isUnsorted(stream)) return to
  return Math.min(to, floorTo(until, dayMs) + dayMs, until + step)
}

/** What changes once a window is behind the span. The next day's windows are whole days again. */
const afterWindow = ({ step }: ClosedSpan, end: number) => ({
  until: end,
  open: undefined,
  step: end % dayMs === 0 ? undefined : step,
})

function afterFailedWindow<Span extends ClosedSpan>(
  span: Span,
  { window, error, inLake }: ClosedReading,
  stream: PollStream,
  { before, now }: { readonly before: Backoff | undefined; readonly now: number },
): Span {
  const wait = backOff(error, before, now)
  // Neither a rate limit nor a fault of our own stores says anything about this place.
  const step = before?.step ?? 0
  if (isPutOff(error)) return { ...span, open: window, wait: { ...wait, step } }
  if (error instanceof StoreError) return { ...span, open: window, wait: { notBefore: now + storeWaitMs, step } }
  if (!inLake) return { ...span, open: { ...window, walk: afterFailure(window.walk, stream, error) }, wait }
  // A window already begun keeps its length: what it has published may not be in the lake yet.
  const { bound, cursor } = window.walk
  if (bound !== undefined || (isUnsorted(stream) && cursor)) return { ...span, open: window, wait }
  const shorter = Math.max(hourMs, floorTo((span.step ?? dayMs) / narrowing, hourMs))
  return { ...span, open: undefined, step: shorter, wait }
}

/** The span, continued after the window at which it stands. */
export const withoutWindow = <Span extends ClosedSpan>(span: Span, stream: PollStream): Span => ({
  ...span,
  ...afterWindow(span, endOfWindow(span, stream)),
  wait: undefined,
})

/** All counts of a span, including the open window. */
export const countsOf = ({ counts, open }: ClosedSpan): RunCounts => addCounts(counts, open?.counts ?? noCounts)
