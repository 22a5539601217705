import type { LogSchema } from '../../../../schemas/definition.ts'
import { compileFailures, type Failure } from '../../intake/failure.ts'
import { canonicalJson, type JsonObject } from '../../json/json.ts'
import type { EventContext, Row } from '../../normalize/event.ts'
import type { Normalizer } from '../../normalize/normalizer.ts'
import type { Publisher } from '../../publish/publish.ts'
import type { Page, PollStream } from '../stream.ts'
import { timeIn } from '../walk.ts'
import { type Seen, seenId } from './seen.ts'

export interface PageTakerOptions {
  readonly stream: Pick<PollStream, 'logType' | 'keyOf' | 'timeOf' | 'isSignOfLife'>
  readonly sourceId: string
  readonly sourceLabel: string
  readonly normalizer: Normalizer
  readonly failureSchema: LogSchema
}

export interface PageCounts {
  readonly fetched: number
  readonly new: number
  readonly duplicate: number
  /** Parts that were no events and are kept as failures. */
  readonly failed: number
  /** New events that were not made by our own polling. */
  readonly signsOfLife: number
}

export interface TakenPage {
  readonly counts: PageCounts
  /** Time of the newest event on the page, in milliseconds since 1970; absent when none has one. */
  readonly newest?: number
  /** Time of the newest new event that was not made by our own polling. */
  readonly lastEventAt?: number
}

export interface PageContext {
  readonly receivedAt: number
  /** Stands for the time of what has none. */
  readonly near: number
  readonly publisher: Pick<Publisher, 'publish'>
}

/**
 * Publishes what is new on a page and, once that is durable, adds it to what has been seen. What is known already is told
 * by its id, never by its time.
 * @throws {TransientError} when it cannot be published; nothing has been added then
 */
export function createPageTaker(options: PageTakerOptions) {
  const { stream, sourceId, sourceLabel, normalizer, failureSchema } = options
  const pollFailure = compilePollFailures(failureSchema)
  return async (page: Page, seen: Seen, { receivedAt, near, publisher }: PageContext): Promise<TakenPage> => {
    const context = { sourceId, sourceLabel, receivedAt }
    const fresh = new Map<string, number>()
    const isNew = (id: string, time: number): boolean => {
      if (seen.has(id) || fresh.has(id)) return false
      fresh.set(id, time)
      return true
    }
    const rows: Row[] = []
    const failures: Failure[] = page.failures.filter(({ bytes }) => isNew(seenId(bytes), near))
    const failed = (error: unknown, event: JsonObject) => {
      const bytes = Buffer.from(JSON.stringify(event))
      if (isNew(seenId(bytes), near)) failures.push({ error, bytes })
    }
    let newest = Number.NEGATIVE_INFINITY
    let lastEventAt = Number.NEGATIVE_INFINITY
    let signsOfLife = 0
    for (const event of page.events) {
      try {
        const time = timeIn(stream, event)
        newest = Math.max(newest, time ?? newest)
        if (!isNew(seenId(stream.keyOf(event) ?? canonicalJson(event)), time ?? near)) continue
        rows.push(normalizer.normalize(event, context))
        if (!stream.isSignOfLife(event)) continue
        signsOfLife++
        lastEventAt = Math.max(lastEventAt, time ?? lastEventAt)
      } catch (error) {
        failed(error, event)
      }
    }
    const failureRows = failures.map((one) => pollFailure(one, stream, context))
    await publishPage({ stream, failureSchema, publisher }, { sourceId, receivedAt }, rows, failureRows)
    for (const [id, time] of fresh) seen.add(id, time)
    const fetched = page.events.length + page.failures.length
    const found = { new: rows.length, failed: failures.length }
    return {
      counts: { fetched, ...found, duplicate: fetched - found.new - found.failed, signsOfLife },
      ...(Number.isFinite(newest) && { newest }),
      ...(Number.isFinite(lastEventAt) && { lastEventAt }),
    }
  }
}

/** Rows for parts of an answer that are no events. Their place on a page says nothing of what they are: pages shift. */
export function compilePollFailures(schema: LogSchema) {
  const failureRow = compileFailures(schema)
  return ({ error, bytes }: Failure, { logType }: Pick<PollStream, 'logType'>, context: EventContext): Row =>
    failureRow({ error, bytes }, { logType, origin: 'poll' }, context)
}

/** Publishes what a page holds, if it holds anything. */
export async function publishPage(
  to: Pick<PageTakerOptions, 'failureSchema'> & {
    readonly stream: Pick<PollStream, 'logType'>
    readonly publisher: Pick<Publisher, 'publish'>
  },
  from: { readonly sourceId: string; readonly receivedAt: number },
  rows: readonly Row[],
  failureRows: readonly Row[],
): Promise<void> {
  if (rows.length + failureRows.length === 0) return
  await to.publisher.publish([
    { logType: to.stream.logType, ...from, rows },
    { logType: to.failureSchema.logType, ...from, rows: failureRows },
  ])
}
