import type { Asks } from '../asks.ts'
import { longestStretchMs } from '../budget.ts'
import { afterFailure, concernsPlace } from '../failed-attempt.ts'
import { detailOf, outcomeOf } from '../outcome.ts'
import { type Asker, pages, type ReadPage } from '../pages.ts'
import type { RunOptions } from '../run-types.ts'
import type { PollStream } from '../stream.ts'
import type { PageTaker } from '../take-page.ts'
import { backOff } from '../waiting.ts'
import { afterTurn, backlogProgress, withBacklog } from './backlogs.ts'
import type { Holder } from './lease.ts'
import type { Part } from './plan.ts'
import { knownBy } from './seen.ts'
import type { OpenWindow, StreamState } from './state.ts'
import { type Tally, withPage, withSpan } from './tally.ts'
import { isReread, openWindow, windowProgress } from './window.ts'

/** Older events go to the bulk queue, so that catching up does not delay recent ones. */
const oldMs = 3_600_000

/** What a run has come to. Replaced, never changed. */
export interface Progress {
  readonly state: StreamState
  readonly tally: Tally
  /** Why a part could not be read. */
  readonly error?: unknown
  /** The error ends the run; otherwise it concerns a backlog alone. */
  readonly isOver?: true
}

/** What reads the parts of a run. */
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
  if (!reader.asker.mayGoOn()) return before
  let progress = part.read === 'next window' ? opened(reader, before) : before
  const open = openPart(progress.state, part)
  const asker = part.read === 'backlog' && open ? backlogAsker(reader, open, () => progress.state) : reader.asker
  if (!open || !asker.mayGoOn()) return progress
  try {
    progress = { ...progress, tally: withSpan(progress.tally, open) }
    // A death from here on counts as a failed attempt at the backlog, not at the window.
    if (part.read === 'backlog') progress = await saved(reader, part, progress)
    for await (const read of pages(open.walk, reader.stream, asker)) {
      progress = await afterPage(reader, part, progress, read)
    }
    return part.read === 'backlog' ? { ...progress, state: afterTurn(progress.state, part.openedAt) } : progress
  } catch (error) {
    return afterError(reader, part, progress, error)
  }
}

/** The window or backlog of a part; `undefined` when nothing is left of it. */
const openPart = ({ window, backlogs }: StreamState, part: Part): OpenWindow | undefined =>
  part.read === 'backlog' ? backlogs.find(({ openedAt }) => openedAt === part.openedAt) : window

function opened({ stream, asks, now }: Reader, progress: Progress): Progress {
  const { state, tally } = progress
  if (state.window) return progress
  const { window, stretched } = openWindow(stream, { ...state, budget: asks.budget }, now())
  return { ...progress, state: { ...state, window }, tally: { ...tally, stretched: tally.stretched || stretched } }
}

/** Rereads late events in a backlog only within their budget, unless they have waited for long. */
function backlogAsker({ asker, asks, startedAt }: Reader, { openedAt }: OpenWindow, state: () => StreamState): Asker {
  const isOverdue = startedAt - openedAt >= longestStretchMs
  const mayReread = () => {
    const left = openPart(state(), { read: 'backlog', openedAt })
    return isOverdue || asks.hasRereads || !left || !isReread(left)
  }
  return { fetchPage: asker.fetchPage, mayGoOn: () => asker.mayGoOn() && mayReread() }
}

async function saved({ holder, asks }: Reader, part: Part, progress: Progress): Promise<Progress> {
  const { state } = progress
  return { ...progress, state: await holder.save({ ...state, budget: asks.budget }, positionOf(state, part)) }
}

const positionOf = ({ backlogs }: StreamState, part: Part): number | undefined =>
  part.read === 'backlog' ? backlogs.findIndex(({ openedAt }) => openedAt === part.openedAt) : undefined

/** Publishes a page, and only then advances the state. */
async function afterPage(reader: Reader, part: Part, before: Progress, { page, walk }: ReadPage): Promise<Progress> {
  const { stream, options, asks, holder, takePage, now } = reader
  const open = openPart(before.state, part)
  if (!open) return before
  const receivedAt = now()
  const near = walk.bound ?? open.low
  const queue = near < receivedAt - oldMs && options.bulkPublisher ? 'bulk' : 'live'
  const taken = await takePage(page, {
    known: knownBy(before.state.seen, near),
    publisher: (queue === 'bulk' && options.bulkPublisher) || options.publisher,
    receivedAt,
    // What a feed gives beyond the window it was asked for is new, unless it cannot be asked.
    ...(stream.hasTimeFilter === false && { within: walk }),
  })
  // The first page is always needed, if only to see that nothing is new, so it does not count as a reread.
  const isFirst = part.read !== 'backlog' && open.walk.bound === undefined && open.walk.cursor === undefined
  if (!isFirst && taken.newest !== undefined && taken.newest < open.low) asks.spendReread()
  const { lastEventAt } = before.state
  const noted = {
    ...before.state,
    ...(taken.lastEventAt !== undefined && { lastEventAt: Math.max(taken.lastEventAt, lastEventAt ?? 0) }),
  }
  const read = { ...open, walk }
  const state =
    part.read === 'backlog' ? backlogProgress(stream, noted, read, now()) : windowProgress(stream, noted, read)
  const isDone = openPart(state, part) === undefined
  const tally = withPage(before.tally, taken, queue)
  return {
    ...before,
    state: await holder.checkpoint({ ...state, budget: asks.budget }, isDone, positionOf(state, part)),
    tally:
      part.read === 'backlog'
        ? { ...tally, hasProgress: tally.hasProgress || isDone || walk.bound !== open.walk.bound }
        : { ...tally, ...(isDone && { openedAt: open.openedAt }) },
  }
}

/**
 * Counts a failed attempt at the place where the part stands. New events do not wait for a failing backlog, unless the
 * error concerns every request.
 */
function afterError({ stream, now }: Reader, part: Part, progress: Progress, error: unknown): Progress {
  const open = openPart(progress.state, part)
  if (!open) return { ...progress, error, isOver: true }
  const failed = { ...open, walk: afterFailure(open.walk, stream, error) }
  if (part.read !== 'backlog') return { ...progress, state: { ...progress.state, window: failed }, error, isOver: true }
  if (!concernsPlace(error)) return { ...progress, error, isOver: true }
  const failure = { outcome: outcomeOf(error), detail: detailOf(error) }
  const backlog = { ...failed, wait: backOff(error, open.wait, now()), failure }
  return { ...progress, state: afterTurn(withBacklog(progress.state, backlog), open.openedAt), error }
}
