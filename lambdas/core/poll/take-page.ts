import type { LogSchema } from '../../../../schemas/definition.ts'
import type { Counts } from '../../intake/counts.ts'
import { createIntake, type Receipt } from '../../intake/intake.ts'
import type { JsonObject } from '../../json/json.ts'
import type { Row } from '../../normalize/event.ts'
import type { Normalizer } from '../../normalize/normalizer.ts'
import type { Publisher } from '../../publish/publish.ts'
import { foundOn, type Page, type PollStream } from '../stream.ts'
import { timeIn } from '../walk.ts'
import { type Seen, seenId } from './seen.ts'

export interface PageTakerOptions {
  readonly stream: Pick<PollStream, 'timeOf' | 'isSignOfLife'>
  readonly source: Omit<Receipt, 'receivedAt'>
  readonly normalizer: Normalizer
  /** Schema of `classification_failures`. */
  readonly failureSchema: LogSchema
}

export interface TakenPage {
  readonly counts: Counts
  /** New events that our own polling did not cause. */
  readonly signsOfLife: number
  /** Time of the newest event on the page, in milliseconds since 1970; absent when none has one. */
  readonly newest?: number
  /** Time of the newest new event that our own polling did not cause. */
  readonly lastEventAt?: number
}

export interface PageContext {
  readonly receivedAt: number
  /** The time to assume for events without one. */
  readonly near: number
  readonly publisher: Pick<Publisher, 'publish'>
}

/**
 * Publishes the new events of a page and, once they are durable, adds them to the seen ones. Events are recognized by
 * row id, never by time. The returned function throws a TransientError when publishing fails, and then adds nothing.
 */
export function createPageTaker({ stream, source, ...options }: PageTakerOptions) {
  const intake = createIntake({ ...options, origin: 'poll' })
  return async (page: Page, seen: Seen, { receivedAt, near, publisher }: PageContext): Promise<TakenPage> => {
    /** Ids of the page that are new, with their events; those of failures have none. */
    const fresh = new Map<string, JsonObject | undefined>()
    const { counts, rows } = await intake(
      foundOn(page),
      { ...source, receivedAt },
      {
        publisher,
        isNew(row, event) {
          const id = idOf(row)
          if (seen.has(id) || fresh.has(id)) return false
          fresh.set(id, event)
          return true
        },
      },
    )
    let signsOfLife = 0
    let lastEventAt = Number.NEGATIVE_INFINITY
    for (const id of rows.map(idOf)) {
      const event = fresh.get(id)
      const time = event && timeIn(stream, event)
      seen.add(id, time ?? near)
      if (!event || !showsLife(stream, event)) continue
      signsOfLife++
      lastEventAt = Math.max(lastEventAt, time ?? lastEventAt)
    }
    const newest = Math.max(...page.events.map((event) => timeIn(stream, event) ?? Number.NEGATIVE_INFINITY))
    return {
      counts,
      signsOfLife,
      ...(Number.isFinite(newest) && { newest }),
      ...(Number.isFinite(lastEventAt) && { lastEventAt }),
    }
  }
}

const idOf = (row: Row): string => seenId(String(row.p_row_id))

/** A connector that fails on an event must not stop the stream for the sake of a metric. */
function showsLife(stream: Pick<PollStream, 'isSignOfLife'>, event: JsonObject): boolean {
  try {
    return stream.isSignOfLife(event)
  } catch {
    return true
  }
}
