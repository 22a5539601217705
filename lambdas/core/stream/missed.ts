import { detailOf } from '../poll/outcome.ts'
import { backOff, mustWait } from '../poll/waiting.ts'
import type { ListedObject } from './bucket.ts'
import type { ReaderPorts, ReadSession } from './read-session.ts'
import type { Listing } from './stream-state.ts'

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs

/** How far back a listing looks, in days: longer than the week for which providers buffer events. */
export const listedDays = 8

/** Younger objects are left alone, because their messages may still be on their way. */
const settlingMs = 30 * minuteMs

/** One object that cannot be read does not stop the listing; several in a row mean that a store is down. */
const mostFailures = 3

/** What a listing did in one session. */
export interface ListingStep {
  readonly listing: Listing
  /** Why it stopped before its end, if not for time. */
  readonly error?: unknown
}

/**
 * Lists the bucket once a day and reads the objects of the last eight days that no message has named: notifications can
 * be lost or switched off, and the first listing finds what was there before the source. Continues after the last name
 * that it has dealt with, as often as it takes.
 *
 * @param keep saves the progress
 * @returns `undefined` when no listing is due
 */
export async function readMissed(
  ports: ReaderPorts,
  session: ReadSession,
  before: Listing | undefined,
  keep: (listing: Listing) => Promise<unknown>,
): Promise<ListingStep | undefined> {
  const { now } = ports
  if (!isDue(before, now())) return undefined
  const step = await walk(ports, session, continued(before, now()), keep)
  if (step.error === undefined) return step
  const { error } = step
  const detail = detailOf(error)
  const wait = backOff(error, before?.wait, now())
  const listing = { ...step.listing, wait, ...(detail !== undefined && { detail }) }
  await keep(listing)
  return { listing, error }
}

function isDue(listing: Listing | undefined, now: number): boolean {
  if (!listing) return true
  if (mustWait(listing.wait, now)) return false
  return listing.isOpen || now - listing.startedAt >= dayMs
}

/** The listing without the error of its last attempt; a new one when the last has ended. */
function continued(before: Listing | undefined, now: number): Listing {
  if (!before?.isOpen) {
    return { startedAt: now, isOpen: true, found: 0, ...(before?.endedAt !== undefined && { endedAt: before.endedAt }) }
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
): Promise<ListingStep> {
  const wasRead = marks.snapshot()
  let listing = start
  let failures = 0
  /** @returns false when the time is up before it is read */
  const take = async (object: ListedObject): Promise<boolean> => {
    const age = start.startedAt - object.writtenAt
    const isCandidate = age >= settlingMs && age <= listedDays * dayMs && nameVerdict(object.name) === 'read'
    if (!isCandidate || (await wasRead(object))) return true
    if (!session.mayGoOn()) return false
    try {
      const { end } = await session.read(object)
      failures = 0
      if (end !== 'known') listing = { ...listing, found: listing.found + 1 }
    } catch (error) {
      // Left unread, it is found again by the next day's listing.
      if (++failures === mostFailures) throw error
    }
    return true
  }

  try {
    while (session.mayGoOn()) {
      const page = await bucket.list('', listing.after)
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
    return { listing }
  } catch (error) {
    return { listing, error }
  }
}
