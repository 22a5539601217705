import type { LogSchema } from '../../../schemas/definition.ts'
import type { Counts } from '../intake/counts.ts'
import { createIntake, type Receipt } from '../intake/intake.ts'
import type { JsonObject } from '../json/json.ts'
import type { Row } from '../normalize/event.ts'
import type { Normalizer } from '../normalize/normalizer.ts'
import type { Publisher } from '../publish/publish.ts'
import { type PublishedRow, publishedRow } from './published-row.ts'
import { foundOn, type Page, type PollStream } from './stream.ts'
import { maxSkewMs } from './waiting.ts'
import { isWithin, timeIn, timesOf } from './walk.ts'

export interface PageTakerOptions {
  readonly stream: Pick<PollStream, 'timeOf' | 'isSignOfLife'>
  readonly source: Omit<Receipt, 'receivedAt'>
  readonly normalizer: Normalizer
  /** Schema of `classification_failures`. */
  readonly failureSchema: LogSchema
}

/** The rows that were published before. */
export interface Known {
  /** Whether the row is one of them. Without `event` it is the row of a failure. */
  has(row: Row, event?: JsonObject): boolean | Promise<boolean>
  /** Adds a row that is durable now. @param time of its event, in milliseconds since 1970, if it has one */
  add(row: Row, time: number | undefined): void
}

export interface PageContext {
  readonly known: Known
  readonly publisher: Pick<Publisher, 'publish'>
  /** In milliseconds since 1970. */
  readonly receivedAt: number
  /** Leaves out the events outside [from, to), which belong to another window. */
  readonly within?: { readonly from: number; readonly to: number }
}

export interface TakenPage {
  readonly counts: Counts
  /** New events that our own polling did not cause. */
  readonly signsOfLife: number
  /** Time of the newest new event that our own polling did not cause. */
  readonly lastEventAt?: number
  /** The row that was published last. */
  readonly lastRow?: PublishedRow
}

/** Publishes the events of a page that are new, and adds them to the known ones once they are durable. */
export type PageTaker = (page: Page, context: PageContext) => Promise<TakenPage>

/**
 * Prepares the one way in which pages become rows, for live windows, sweeps and jobs. Events are recognized by row id,
 * never by time. The returned function throws a StoreError when publishing fails, and then adds nothing.
 */
export function createPageTaker({ stream, source, ...options }: PageTakerOptions): PageTaker {
  const intake = createIntake({ ...options, origin: 'poll' })
  return async (page, { known, publisher, receivedAt, within }) => {
    const events = within
      ? page.events.filter((event) => isWithin(timeIn(stream, event) ?? within.from, within))
      : page.events
    /** The new rows of the page, by their ids, with their events; those of failures have none. */
    const fresh = new Map<unknown, JsonObject | undefined>()
    const { counts, rows } = await intake(
      foundOn({ ...page, events }),
      { ...source, receivedAt },
      {
        publisher,
        async isNew(row, event) {
          const id = row.p_row_id
          if (fresh.has(id) || (await known.has(row, event))) return false
          fresh.set(id, event)
          return true
        },
      },
    )
    const times: number[] = []
    let signsOfLife = 0
    for (const row of rows) {
      const event = fresh.get(row.p_row_id)
      const time = event && timeIn(stream, event)
      known.add(row, time)
      if (!event || !showsLife(stream, event)) continue
      signsOfLife++
      // A time in the future comes from a wrong clock, and would hide that the feed falls silent.
      if (time !== undefined && time <= receivedAt + maxSkewMs) times.push(time)
    }
    const lastEventAt = latest(times)
    const lastRow = publishedRow(rows.findLast((row) => fresh.get(row.p_row_id)))
    return {
      counts,
      signsOfLife,
      ...(lastEventAt !== undefined && { lastEventAt }),
      ...(lastRow && { lastRow }),
    }
  }
}

/** Time of the newest event on a page, in milliseconds since 1970; `undefined` when none has one. */
export const newestOn = (stream: Pick<PollStream, 'timeOf'>, { events }: Page): number | undefined =>
  latest(timesOf(stream, events))

const latest = (times: readonly number[]): number | undefined =>
  times.length === 0 ? undefined : times.reduce((a, b) => Math.max(a, b))

/** A connector that fails on an event must not stop the stream for the sake of a metric. */
function showsLife(stream: Pick<PollStream, 'isSignOfLife'>, event: JsonObject): boolean {
  try {
    return stream.isSignOfLife(event)
  } catch {
    return true
  }
}
