import { objectOf, optional, type Passing } from '../../json/forms.ts'
import type { JsonObject } from '../../json/json.ts'
import type { Row } from '../../normalize/event.ts'
import type { Publisher } from '../../publish/publish.ts'
import { addCounts, isRunCounts, noCounts } from '../counts.ts'
import { type Asker, pages } from '../pages.ts'
import { isPublishedRow } from '../published-row.ts'
import type { PollStream } from '../stream.ts'
import { createPageTaker, type Known, type PageTakerOptions } from '../take-page.ts'
import { floorTo, isWalk, resumed, type Walk, walkOver } from '../walk.ts'
import type { PublishedFailures } from './published-failures.ts'

const dayMs = 86_400_000

/** A window of the past to be read again, and how far it has been read. Plain data: it is kept between runs. */
export type ClosedWindow = Passing<typeof isClosedWindow>

export const isClosedWindow = objectOf({
  walk: isWalk,
  counts: isRunCounts,
  /** The row that was published last. */
  lastRow: optional(isPublishedRow),
})

/** The tools to read a stream's past again. */
export interface ClosedWindowPorts extends PageTakerOptions {
  readonly stream: PollStream
  readonly publisher: Pick<Publisher, 'publish'>
  /**
   * `p_row_id` of the stream's rows in the lake whose `p_event_time` lies in [from, to], in milliseconds since 1970.
   * @param mayGoOn called now and then
   * @throws {TransientError} when `mayGoOn` returns false
   */
  rowIds(from: number, to: number, mayGoOn: () => boolean): Promise<Set<string>>
  readonly failures: Pick<PublishedFailures, 'known'>
  readonly now: () => number
}

/** A window [from, to) to be read, in milliseconds since 1970. */
export const closedWindow = (stream: Pick<PollStream, 'granularityMs'>, from: number, to: number): ClosedWindow => ({
  walk: walkOver(stream, from, to),
  counts: noCounts,
})

/**
 * How far back to look for rows without a time of their own, which lie on the day of their receipt. A feed with a time
 * filter has hardly any, and a copy of an older one, with the same id, does no harm.
 */
const receivedWithinMs = 8 * dayMs

/** How far a window has been read. `lost`: another writer changed its object; `failed`: with an error. */
export interface ClosedReading {
  /** As it was last kept. */
  readonly window: ClosedWindow
  readonly end: 'done' | 'open' | 'lost' | 'failed'
  readonly error?: unknown
  /** The lake could not be read. */
  readonly inLake?: boolean
}

/**
 * Reads a window again and publishes the rows that the lake lacks, as far as time and budget allow. A crash between
 * publishing and saving repeats rows with equal ids.
 * @param keep saves the progress; resolves to false when another writer has changed it. Not called for the end, which
 *   the caller saves together with its consequences
 */
export async function readClosedWindow(
  ports: ClosedWindowPorts,
  start: ClosedWindow,
  spare: Asker,
  keep: (window: ClosedWindow) => Promise<boolean>,
): Promise<ClosedReading> {
  let window: ClosedWindow = { ...start, walk: resumed(start.walk, ports.stream) }
  let requests = 0
  let known: Known | undefined
  const asker: Asker = {
    mayGoOn: spare.mayGoOn,
    fetchPage: (request) => {
      requests++
      return spare.fetchPage(request)
    },
  }
  try {
    if (!spare.mayGoOn()) return { window, end: 'open' }
    known = await rowsOfLake(ports, start.walk, spare.mayGoOn)
    const takePage = createPageTaker(ports)
    for await (const { page, walk } of pages(window.walk, ports.stream, asker)) {
      const { publisher } = ports
      // Feeds filter inexactly, and events outside belong to another window.
      const taken = await takePage(page, { known, publisher, receivedAt: ports.now(), within: walk })
      const { lastRow = window.lastRow } = taken
      window = { walk, counts: addCounts(window.counts, { ...taken.counts, requests }), ...(lastRow && { lastRow }) }
      requests = 0
      if (!walk.done && !(await keep(window))) return { window, end: 'lost' }
    }
    return { window, end: window.walk.done ? 'done' : 'open' }
  } catch (error) {
    const counts = addCounts(window.counts, { requests })
    return { window: { ...window, counts }, end: 'failed', error, inLake: known === undefined }
  }
}

/** The rows that the lake holds, the failures that were published before, and all that was published since. */
async function rowsOfLake(
  { rowIds, failures, stream, now }: ClosedWindowPorts,
  { from, to }: Walk,
  mayGoOn: () => boolean,
): Promise<Known> {
  // The copy of an event that changes lies where it was first seen on its day; that of a first version after its
  // beginning.
  const earliest = stream.changesWithinDay ? floorTo(from, dayMs) : from
  const ids = await rowIds(earliest, stream.appearedAt ? Math.max(to, now()) : to, mayGoOn)
  let received: Promise<Set<string>> | undefined
  let isKnownFailure: Promise<(rowId: string) => boolean> | undefined
  const wasPublished = async (row: Row, event?: JsonObject) => {
    const id = String(row.p_row_id)
    if (!event) {
      isKnownFailure ??= failures.known()
      return (await isKnownFailure)(id)
    }
    if (row.p_time_source !== 'received') return ids.has(id)
    received ??= rowIds(Math.max(from, now() - receivedWithinMs), now(), mayGoOn)
    return (await received).has(id)
  }
  const added = new Set<unknown>()
  return {
    has: async (row, event) => added.has(row.p_row_id) || (await wasPublished(row, event)),
    add: (row) => added.add(row.p_row_id),
  }
}
