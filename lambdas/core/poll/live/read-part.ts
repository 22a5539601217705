import type { Asks } from '../asks.ts'
import { longestStretchMs } from '../budget.ts'
import { afterFailure, concernsPlace } from '../failed-attempt.ts'
import { type Asker, pages, type ReadPage } from '../pages.ts'
import type { RunOptions } from '../run-types.ts'
import type { Page, PollStream } from '../stream.ts'
import { newestOn, type PageTaker } from '../take-page.ts'
import { maxSkewMs } from '../waiting.ts'
import { isUnsorted, timesOf } from '../walk.ts'
import type { Holder } from './lease.ts'
import { backlogPlace, type Place, windowPlace } from './place.ts'
import type { Part } from './plan.ts'
import { knownBy } from './seen.ts'
import type { OpenWindow, StreamState } from './state.ts'
import { type Tally, withPage, withSpan } from './tally.ts'
import { isReread, openWindow } from './window.ts'

/** Older events go to the bulk queue, so that catching up does not delay recent ones. */
const oldMs = 3_600_000

/** How far a run has come. Replaced, never changed. */
export interface Progress {
  readonly state: StreamState
  readonly tally: Tally
  /** Why a part could not be read. */
  readonly error?: unknown
  /** The error ends the run; otherwise it concerns a backlog alone. */
  readonly isOver?: true
}

/** The tools that read the parts of a run. */
export interface Reader {
  readonly stream: PollStream
  readonly options: Pick<RunOptions, 'publisher' | 'bulkPublisher'>
  readonly asks: Asks
  readonly asker: Asker
  readonly holder: Holder
  readonly takePage: PageTaker
  readonly startedAt: number
  readonly now: () => number
}

/** Reads a part of the run as far as time and budget allow, and keeps its progress. */
export async function readPart(reader: Reader, part: Part, before: Progress): Promise<Progress> {
  const { stream, holder, asks, now } = reader
  if (!reader.asker.mayGoOn()) return before
  const place = part.read === 'backlog' ? backlogPlace(stream, part.openedAt, now) : windowPlace(stream)
  let progress = part.read === 'next window' ? opened(reader, before) : before
  const open = place.open(progress.state)
  if (!open) return progress
  const asker = place.isBacklog ? backlogAsker(reader, open, () => place.open(progress.state)) : reader.asker
  if (!asker.mayGoOn()) return progress
  try {
    const state = await holder.attend({ ...progress.state, budget: asks.budget }, place.position(progress.state))
    progress = { ...progress, state, tally: withSpan(progress.tally, open) }
    for await (const read of pages(open.walk, stream, asker)) {
      progress = await afterPage(reader, place, progress, read)
      if (!place.open(progress.state)) break
    }
    return { ...progress, state: place.afterTurn(progress.state) }
  } catch (error) {
    return afterError(reader, place, progress, error)
  }
}

function opened({ stream, asks, now }: Reader, progress: Progress): Progress {
  const { state, tally } = progress
  if (state.window) return progress
  const { window, stretched } = openWindow(stream, { ...state, budget: asks.budget }, now())
  return { ...progress, state: { ...state, window }, tally: { ...tally, stretched: tally.stretched || stretched } }
}

/** Rereads late events in a backlog only within their budget, unless they have waited for long. */
function backlogAsker(
  { asker, asks, startedAt }: Reader,
  { openedAt }: OpenWindow,
  left: () => OpenWindow | undefined,
): Asker {
  const isOverdue = startedAt - openedAt >= longestStretchMs
  const mayReread = () => {
    const backlog = left()
    return isOverdue || asks.hasRereads || !backlog || !isReread(backlog)
  }
  return { fetchPage: asker.fetchPage, mayGoOn: () => asker.mayGoOn() && mayReread() }
}

/** Publishes a page, and only then advances the state. */
async function afterPage(reader: Reader, place: Place, before: Progress, read: ReadPage): Promise<Progress> {
  const { page } = read
  const { stream, options, asks, holder, takePage, now } = reader
  const open = place.open(before.state)
  if (!open) return before
  const receivedAt = now()
  const near = read.walk.bound ?? open.low
  const newest = newestOn(stream, page)
  const isOld = (newest ?? near) < receivedAt - oldMs
  const bulkPublisher = isOld ? options.bulkPublisher : undefined
  const taken = await takePage(page, {
    known: knownBy(before.state.seen, near),
    publisher: bulkPublisher ?? options.publisher,
    receivedAt,
    // A feed that cannot be asked for a window shows older events as well.
    ...(isUnsorted(stream) && { within: { from: read.walk.from, to: Number.POSITIVE_INFINITY } }),
  })
  const isKnown = taken.counts.new + taken.counts.failed === 0 && !page.leadsToNewer && isOldest(stream, page, open)
  const walk = read.walk.untilKnown && isKnown ? { ...read.walk, done: true as const } : read.walk
  // The first page is always needed, if only to see that nothing is new, so it does not count as a reread.
  const isFirst = !place.isBacklog && open.walk.bound === undefined && open.walk.cursor === undefined
  if (!isFirst && newest !== undefined && newest < open.low) asks.spendReread()
  const noted = { ...before.state, lastEventAt: later(before.state.lastEventAt, taken.lastEventAt, receivedAt) }
  const state = place.afterPage(noted, { ...open, walk })
  const isDone = place.open(state) === undefined
  const kept = await holder.checkpoint({ ...state, budget: asks.budget }, isDone, place.position(state))
  const tally = withPage(before.tally, taken, bulkPublisher ? 'bulk' : 'live')
  if (!place.isBacklog) {
    return { ...before, state: kept, tally: isDone ? { ...tally, openedAt: open.openedAt } : tally }
  }
  const hasProgress = tally.hasProgress || isDone || walk.bound !== open.walk.bound
  return { ...before, state: kept, tally: { ...tally, hasProgress } }
}

/**
 * Whether behind a page of an unsorted feed only older events can be new: it holds one from before the last runs. In a
 * busy list the rows that have moved since then fill whole pages; an empty page says nothing.
 */
const isOldest = (stream: PollStream, { events, next }: Page, { openedAt }: OpenWindow): boolean =>
  next === undefined || timesOf(stream, events).some((time) => time < openedAt - 2 * maxSkewMs)

/** The later of two times; a remembered one in the future comes from a wrong clock. */
function later(remembered: number | undefined, time: number | undefined, now: number): number | undefined {
  if (remembered === undefined || remembered > now + maxSkewMs) return time
  return time === undefined ? remembered : Math.max(remembered, time)
}

/**
 * Counts a failed attempt at the place. New events do not wait for a failing backlog, unless the error concerns every
 * request.
 */
function afterError({ stream }: Reader, place: Place, progress: Progress, error: unknown): Progress {
  const open = place.open(progress.state)
  const isOver = !open || !place.isBacklog || !concernsPlace(error)
  if (!open || (place.isBacklog && isOver)) return { ...progress, error, isOver: true }
  const failed = { ...open, walk: afterFailure(open.walk, stream, error) }
  const state = place.afterFailure(progress.state, failed, error)
  return { ...progress, state, error, ...(isOver && { isOver: true as const }) }
}
