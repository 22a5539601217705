import type { LogSchema } from '../../../../schemas/definition.ts'
import type { Counts } from '../../intake/counts.ts'
import { createIntake, type Receipt } from '../../intake/intake.ts'
import { objectOf, type Passing } from '../../json/forms.ts'
import type { Row } from '../../normalize/event.ts'
import type { Normalizer } from '../../normalize/normalizer.ts'
import type { Publisher } from '../../publish/publish.ts'
import { addCounts, isRunCounts, noCounts } from '../counts.ts'
import { foundOn, type Page, type PollStream, type Spare } from '../stream.ts'
import { ceilTo, floorTo, isWalk, timeIn, type Walk, walkWindow } from '../walk.ts'

/** A window of the past to be read again, and how far it has been read. Plain data: it is kept between runs. */
export type ClosedWindow = Passing<typeof isClosedWindow>

export const isClosedWindow = objectOf({ walk: isWalk, counts: isRunCounts })

/** The tools to read a stream's past again. */
export interface ClosedWindowPorts {
  readonly stream: PollStream
  readonly source: Omit<Receipt, 'receivedAt'>
  readonly normalizer: Normalizer
  readonly schema: Pick<LogSchema, 'table'>
  readonly failureSchema: LogSchema
  readonly publisher: Pick<Publisher, 'publish'>
  /**
   * `p_row_id` of a table's rows whose `p_event_time` lies in [from, to], in milliseconds since 1970.
   * @param mayGoOn called now and then
   * @throws {TransientError} when `mayGoOn` returns false
   */
  rowIds(table: string, from: number, to: number, mayGoOn: () => boolean): Promise<Set<string>>
  readonly now: () => number
}

/** A window [from, to) to be read, in milliseconds since 1970. */
export const closedWindow = (
  { granularityMs }: Pick<PollStream, 'granularityMs'>,
  from: number,
  to: number,
): ClosedWindow => ({
  walk: { from: floorTo(from, granularityMs), to: ceilTo(to, granularityMs) },
  counts: noCounts,
})

/**
 * How far back to look for rows without a time of their own, which lie on the day of their receipt. A feed with a time
 * filter has hardly any, and a copy of an older one, with the same id, does no harm.
 */
const receivedWithinMs = 8 * 86_400_000

/** How far a window has been read. `lost`: another writer changed its object; `failed`: with an error. */
export interface ClosedReading {
  /** As it was last kept. */
  readonly window: ClosedWindow
  readonly end: 'done' | 'open' | 'lost' | 'failed'
  readonly error?: unknown
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
  spare: Pick<Spare, 'fetchPage' | 'mayGoOn'>,
  keep: (window: ClosedWindow) => Promise<boolean>,
): Promise<ClosedReading> {
  let window = start
  let requests = 0
  let lost = false
  try {
    if (!spare.mayGoOn()) return { window, end: 'open' }
    const takeMissing = createMissingTaker(ports, start.walk, await knownRows(ports, start.walk, spare.mayGoOn))
    await walkWindow(start.walk, ports.stream, {
      mayGoOn: () => !lost && spare.mayGoOn(),
      fetchPage: (request) => {
        requests++
        return spare.fetchPage(request)
      },
      take: async (page, walk) => {
        const taken = await takeMissing(page, ports.now())
        const next = { walk, counts: addCounts(window.counts, { ...taken, requests }) }
        requests = 0
        lost = !walk.done && !(await keep(next))
        if (!lost) window = next
      },
    })
    return { window, end: lost ? 'lost' : window.walk.done ? 'done' : 'open' }
  } catch (error) {
    return {
      window: { ...window, counts: { ...window.counts, requests: window.counts.requests + requests } },
      end: 'failed',
      error,
    }
  }
}

/** Whether a row is in the lake. Once asked for, a row counts as being there. */
type Known = (row: Row) => Promise<boolean>

async function knownRows(
  { rowIds, schema, failureSchema, now }: ClosedWindowPorts,
  { from, to }: Walk,
  mayGoOn: () => boolean,
): Promise<{ readonly events: Known; readonly failures: Known }> {
  const ids = await rowIds(schema.table, from, to, mayGoOn)
  const receivedLately = (table: string) => {
    let loaded: Promise<Set<string>> | undefined
    return () => {
      loaded ??= rowIds(table, Math.max(from, now() - receivedWithinMs), now(), mayGoOn)
      return loaded
    }
  }
  const received = receivedLately(schema.table)
  const failures = receivedLately(failureSchema.table)
  const added = new Set<string>()
  const check = async (row: Row, find: () => Promise<Set<string>> | Set<string>): Promise<boolean> => {
    const id = String(row.p_row_id)
    if (added.has(id) || (await find()).has(id)) return true
    added.add(id)
    return false
  }
  return {
    events: (row) => check(row, row.p_time_source === 'received' ? received : () => ids),
    failures: (row) => check(row, failures),
  }
}

function createMissingTaker(
  { stream, source, publisher, ...options }: ClosedWindowPorts,
  { from, to }: Walk,
  known: { readonly events: Known; readonly failures: Known },
) {
  const intake = createIntake({ ...options, origin: 'poll' })
  return async (page: Page, receivedAt: number): Promise<Counts> => {
    // Feeds filter inexactly, and events outside belong to another window.
    const events = page.events.filter((event) => {
      const time = timeIn(stream, event) ?? from
      return time >= from && time < to
    })
    const { counts } = await intake(
      foundOn({ ...page, events }),
      { ...source, receivedAt },
      {
        publisher,
        isNew: async (row, event) => !(await (event ? known.events(row) : known.failures(row))),
      },
    )
    return counts
  }
}
