import { CursorError, RecordError, TooLargeError, TransientError } from '../errors.ts'
import type { Failure } from '../intake/failure.ts'
import { Circles } from './circles.ts'
import { smallerPages } from './failed-attempt.ts'
import type { Page, PageRequest, PollStream } from './stream.ts'
import {
  advance,
  beyondMoment,
  endOf,
  fromSurePlace,
  isUnsorted,
  isWithin,
  nextRequest,
  placeOf,
  requestBehind,
  timesOf,
  type Walk,
} from './walk.ts'

/** Sends requests to the provider, within time and budget. */
export interface Asker {
  /** Sends one request. @throws as the connector does */
  fetchPage(request: PageRequest): Promise<Page>
  /** Whether time and budget allow one more request; called before each. */
  mayGoOn(): boolean
}

/** A page, and the walk that counts once the page's events are durable. */
export interface ReadPage {
  readonly page: Page
  readonly walk: Walk
  /** It was asked for without a cursor. */
  readonly isFirst: boolean
}

export type PagedStream = Pick<PollStream, 'id' | 'order' | 'granularityMs' | 'pageSize' | 'timeOf'>

/** Most pages in a row that hold nothing and lead to another; a feed that goes on like this would never end. */
const mostEmptyPages = 30

/** The longest cursor that is kept, in characters: the state is written with every checkpoint. */
export const longestCursor = 4_096

/**
 * Reads a window page by page from where it stopped, to its end or until the asker says no. The caller makes a page's
 * events durable before it takes the next page.
 * @throws {TransientError} when the pages lead nowhere, and any error of the asker except the loss of a cursor
 */
export async function* pages(start: Walk, stream: PagedStream, asker: Asker): AsyncGenerator<ReadPage, void> {
  /** Where a cursor failed last. */
  let lostAt: number | undefined
  const circles = new Circles()
  let walk = start
  while (!walk.done && asker.mayGoOn()) {
    let page: Page
    try {
      page = believed(await asker.fetchPage(nextRequest(walk, stream)))
    } catch (error) {
      walk = otherWay(error, walk, stream, lostAt)
      // Without time or budget to try the other way, the attempt counts as failed.
      if (!asker.mayGoOn()) throw error instanceof CursorError ? cursorFailed(error) : error
      if (error instanceof CursorError) lostAt = placeOf(walk, stream)
      continue
    }
    const isFirst = !walk.cursor
    if (circles.isClosedBy(page, isFirst)) throw new TransientError('the pages lead in a circle')
    const end = endOf(page, walk, stream)
    const next = advance(walk, stream, page, end === 'end')
    if ((next.emptyPages ?? 0) > mostEmptyPages) {
      throw new TransientError(`${mostEmptyPages} pages in a row held nothing, and each led to another`)
    }
    const isDoubtedAgain = end === 'look again' && walk.doubtedAt === placeOf(next, stream)
    if (!isDoubtedAgain) walk = end === 'look again' ? { ...next, doubtedAt: placeOf(next, stream) } : next
    else if (page.isFull && next.bound === undefined) {
      throw new TransientError('a full page holds no event with a time, and leads to no other page')
    } else if (page.isFull) {
      page = { ...page, failures: [...page.failures, gapAt(next, stream)] }
      walk = beyondMoment(next, stream)
    } else {
      if (!asker.mayGoOn()) return
      await expectNothingBehind(walk, stream, asker)
      walk = advance(walk, stream, page, true)
    }
    yield { page, walk, isFirst }
  }
}

/**
 * The way around a failed request: smaller pages, or the bound instead of the cursor.
 * @throws the error, when there is no other way
 */
function otherWay(error: unknown, walk: Walk, stream: PagedStream, lostAt: number | undefined): Walk {
  if (error instanceof TooLargeError) {
    const smaller = smallerPages(walk, stream)
    if (smaller) return smaller
  }
  if (!(error instanceof CursorError)) throw error
  const { cursor } = walk
  // A page that no cursor shows would otherwise be led to, and the pages before it be read, again and again.
  if (!cursor || walk.lost === cursor.next) throw cursorFailed(error)
  // The same place twice: one moment holds more than the cursors reach, so a third try would end here too.
  if (lostAt === placeOf(walk, stream)) {
    throw new TransientError('cursors fail before they lead beyond a single moment', { cause: error })
  }
  return { ...fromSurePlace(walk, stream), ...(isUnsorted(stream) && { lost: cursor.next }) }
}

const cursorFailed = (cause: CursorError): TransientError => new TransientError('a cursor failed', { cause })

/**
 * The page without a cursor that is too long to be kept; its walk goes on from the last time.
 * @throws {TransientError} when the page gives no time to go on from
 */
function believed(page: Page): Page {
  if (page.next === undefined || page.next.length <= longestCursor) return page
  if (page.events.length === 0)
    throw new TransientError('an empty page leads on by a cursor that is too long to be kept')
  const { next: _tooLong, ...rest } = page
  return { ...rest, isFull: true }
}

/**
 * Asks behind the moment at which a cursor leads to nothing: only if nothing is there either, it is the end.
 * @throws {TransientError} when there are more events
 */
async function expectNothingBehind(walk: Walk, stream: PagedStream, asker: Asker): Promise<void> {
  const behind = requestBehind(walk, stream)
  if (!behind) return
  const { events, next } = await asker.fetchPage(behind)
  if (next === undefined && !timesOf(stream, events).some((time) => isWithin(time, behind))) return
  throw new TransientError('a cursor leads to nothing, although there are events behind it')
}

/** Says which events are missing when a moment fills a page that leads to no other. */
function gapAt({ bound = 0 }: Walk, { id, granularityMs }: PagedStream): Failure {
  const moment = new Date(bound - (bound % granularityMs)).toISOString()
  return {
    error: new RecordError('incomplete', `${id} shows one page of the events of ${moment}, and no way to any others`),
    bytes: Buffer.from(JSON.stringify({ stream: id, moment })),
  }
}
