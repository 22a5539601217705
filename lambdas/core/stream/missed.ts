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
  /**
   * Older objects are left alone, in milliseconds, unless they were written since the last whole listing began, or it
   * could not read them.
   */
  readonly ageMs: number
  /** Whether it counts objects that are not read for their names, each once. */
  readonly countsNames: boolean
  /**
   * The next objects in the order of their names. Only an empty page is the end.
   * @param startedAt when the listing began, in milliseconds since 1970
   */
  page(bucket: StreamBucket, startedAt: number, after?: string): Promise<readonly ListedObject[]>
}

/** The whole bucket, once a day: back to longer than the week for which providers buffer events, or than an outage. */
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
 * first listing finds what was there before the source. Continues after the last name that it has dealt with, as often
 * as it takes. An object that could not be read is looked for in the next listing, whatever its age; once it is too
 * old, and could not be read again while a later object could, it is given up as a row of failures.
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
  const start = continued(before, scope, newListing(now(), session.lastEventAt))
  const step = await walk(ports, session, start, keep, scope)
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
function continued(before: Listing | undefined, { ageMs, settlingMs }: ListingScope, anew: Listing): Listing {
  if (before?.isOpen) {
    const { wait: _wait, detail: _detail, ...open } = before
    return open
  }
  const now = anew.startedAt
  const from = Math.min(now - ageMs, (before?.startedAt ?? now) - settlingMs, before?.unreadFrom ?? now)
  return {
    ...anew,
    endedAt: before?.endedAt,
    since: before?.startedAt,
    readBefore: before?.readUntil,
    // The state is JSON, which knows nothing endless.
    ...(Number.isFinite(from) && { from }),
  }
}

/**
 * A listing that has seen nothing yet. Times are milliseconds since 1970.
 * @param readUntil when the newest object was written that has been read; 0 for none
 */
export const newListing = (now: number, readUntil: number): Listing => ({
  startedAt: now,
  isOpen: true,
  found: 0,
  readUntil,
})

/** @returns how far it came, also when an error stopped it */
async function walk(
  { bucket, nameVerdict, marks, now }: ReaderPorts,
  session: ReadSession,
  start: Listing,
  keep: (listing: Listing) => Promise<unknown>,
  scope: ListingScope,
): Promise<ListingStep> {
  const { settlingMs, ageMs, countsNames } = scope
  const { startedAt, since = 0, from = startedAt - ageMs, readBefore = 0 } = start
  const wasRead = marks.snapshot()
  let listing = start
  let failures = 0
  let unread: unknown
  /**
   * Whether its time is over: the listing before could not read it either, though a later object had been read by then.
   */
  const isHopeless = ({ writtenAt }: ListedObject): boolean =>
    startedAt - writtenAt > ageMs && writtenAt <= since - settlingMs && writtenAt < readBefore
  /** @returns false when the time is up before it is read */
  const take = async (object: ListedObject): Promise<boolean> => {
    const { writtenAt } = object
    const age = startedAt - writtenAt
    if (nameVerdict(object.name) !== 'read') {
      const isNew = age >= 0 && writtenAt >= from && writtenAt > since
      if (countsNames && isNew) await session.read(object)
      return true
    }
    const isCandidate = age >= settlingMs && writtenAt >= from
    if (!isCandidate || (await wasRead(object))) return true
    if (!session.mayGoOn()) return false
    try {
      const { end } = await session.read(object)
      failures = 0
      if (end !== 'known') listing = { ...listing, found: listing.found + 1 }
    } catch (error) {
      if (++failures === mostFailures) throw error
      if (isHopeless(object)) {
        await session.giveUp(object, `the object could not be read for ${ageMs / dayMs} days: ${detailOf(error)}`)
        return true
      }
      // It is found again by the next listing.
      unread = error
      listing = { ...listing, unreadFrom: Math.min(listing.unreadFrom ?? writtenAt, writtenAt) }
    }
    return true
  }

  try {
    while (session.mayGoOn()) {
      const page = await scope.page(bucket, startedAt, listing.after)
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
