import { detailOf } from '../poll/outcome.ts'
import { backOff, mustWait } from '../poll/waiting.ts'
import type { ListedObject, StreamBucket } from './bucket.ts'
import type { ReaderPorts, ReadSession } from './read-session.ts'
import type { Listing } from './stream-state.ts'

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs

/** Which objects a listing goes through, and how often. */
export interface ListingScope {
  /** From the beginning of one listing to that of the next, in milliseconds. */
  readonly everyMs: number
  /** Younger objects are left alone, because others name or read them first; in milliseconds. */
  readonly settlingMs: number
  /** Older objects are left alone, in milliseconds. */
  readonly ageMs: number
  /** Whether it counts objects that are not read for their names, each once. */
  readonly countsNames: boolean
  /**
   * The next objects in the order of their names. Only an empty page is the end.
   * @param startedAt when the listing began, in milliseconds since 1970
   */
  page(bucket: StreamBucket, startedAt: number, after?: string): Promise<readonly ListedObject[]>
}

/** The whole bucket, once a day: back to longer than the week for which providers buffer events. */
export const wholeBucket: ListingScope = {
  everyMs: dayMs,
  settlingMs: 30 * minuteMs,
  ageMs: 8 * dayMs,
  countsNames: false,
  page: (bucket, _startedAt, after) => bucket.list('', after),
}

/** One object that cannot be read does not stop the listing; several in a row mean that a store is down. */
const mostFailures = 3

/** What a listing did in one session. */
export interface ListingStep {
  readonly listing: Listing
  /** Why it stopped before its end, if not for time. */
  readonly error?: unknown
  /** The last error of an object that it left unread. */
  readonly unread?: unknown
}

/**
 * Lists a bucket and reads the objects that nothing else has named: notifications can be lost or switched off, and the
 * first listing finds what was there before the source. Continues after the last name that it has dealt with, as often as
 * it takes.
 *
 * @param keep saves the progress
 * @returns `undefined` when no listing is due
 */
export async function readMissed(
  ports: ReaderPorts,
  session: ReadSession,
  before: Listing | undefined,
  keep: (listing: Listing) => Promise<unknown>,
  scope: ListingScope = wholeBucket,
): Promise<ListingStep | undefined> {
  const { now } = ports
  if (!isDue(before, scope, now())) return undefined
  const step = await walk(ports, session, continued(before, now()), keep, scope)
  if (step.error === undefined) return step
  const { error } = step
  const listing = { ...step.listing, wait: backOff(error, before?.wait, now()), detail: detailOf(error) }
  await keep(listing)
  return { listing, error }
}

function isDue(listing: Listing | undefined, { everyMs }: ListingScope, now: number): boolean {
  if (!listing) return true
  if (mustWait(listing.wait, now)) return false
  return listing.isOpen || now - listing.startedAt >= everyMs
}

/** The listing without the error of its last attempt; a new one when the last has ended. */
function continued(before: Listing | undefined, now: number): Listing {
  if (!before?.isOpen) {
    return { startedAt: now, isOpen: true, found: 0, endedAt: before?.endedAt, since: before?.startedAt }
  }
  const { wait: _wait, detail: _detail, ...open } = before
  return open
}

/** @returns how far it came, also when an error stopped it */
async function walk(
  { bucket, nameVerdict, marks, now }: ReaderPorts,
  session: ReadSession,
  start: Listing,
  keep: (listing: Listing) => Promise<unknown>,
  scope: ListingScope,
): Promise<ListingStep> {
  const { settlingMs, ageMs, countsNames } = scope
  const wasRead = marks.snapshot()
  let listing = start
  let failures = 0
  let unread: unknown
  /** @returns false when the time is up before it is read */
  const take = async (object: ListedObject): Promise<boolean> => {
    const age = start.startedAt - object.writtenAt
    if (nameVerdict(object.name) !== 'read') {
      const isNew = age >= 0 && age <= ageMs && object.writtenAt > (start.since ?? 0)
      if (countsNames && isNew) await session.read(object)
      return true
    }
    const isCandidate = age >= settlingMs && age <= ageMs
    if (!isCandidate || (await wasRead(object))) return true
    if (!session.mayGoOn()) return false
    try {
      const { end } = await session.read(object)
      failures = 0
      if (end !== 'known') listing = { ...listing, found: listing.found + 1 }
    } catch (error) {
      // Left unread, it is found again by the next listing.
      unread = error
      if (++failures === mostFailures) throw error
    }
    return true
  }

  try {
    while (session.mayGoOn()) {
      const page = await scope.page(bucket, start.startedAt, listing.after)
      if (page.length === 0) {
        const { after: _, ...all } = listing
        listing = { ...all, isOpen: false, endedAt: now() }
        await keep(listing)
        break
      }
      for (const object of page) {
        if (!(await take(object))) break
        listing = { ...listing, after: object.name }
      }
      await keep(listing)
    }
    return { listing, ...(unread !== undefined && { unread }) }
  } catch (error) {
    return { listing, error }
  }
}
