import { RecordError } from '../../errors.ts'
import type { Failure } from '../../intake/failure.ts'
import type { Json } from '../../json/json.ts'
import { type Entry, isToBeRead } from './ledger.ts'
import { mostTries } from './rules.ts'

/** The failure of an event whose body the provider does not hold whole. It keeps the part that is there. */
export const missingFailure = (what: string, entry: Entry, why: string, part?: Json): Failure => ({
  error: new RecordError('incomplete', `${what}: ${aboutText(entry)}: ${why}`),
  bytes: factBytes(what, entry, part),
})

/** The failure of an event that no request brought. */
export function undeliveredFailure(what: string, entry: Entry): Failure {
  if (entry.former !== undefined) return formerFailure(entry.former, entry)
  const tried = isToBeRead(entry) ? 'reading its body' : 'sending it again'
  const tries = entry.tries === 1 ? 'one request' : `${entry.tries} of at most ${mostTries} requests`
  const error = new RecordError(
    'undelivered',
    `${what}: ${aboutText(entry)} did not arrive, and ${tries} for ${tried} did not help. Look at the recent ` +
      'deliveries of the webhook for the answer that the provider got, and have it sent again while it is listed there',
  )
  return { error, bytes: factBytes(what, entry) }
}

/** The failure of an event of a webhook that the settings no longer name. */
function formerFailure(former: string, entry: Entry): Failure {
  const what = `the webhook of earlier settings (${former})`
  const error = new RecordError(
    'undelivered',
    `${what}: ${aboutText(entry)} is not known to have arrived, and the settings name another webhook now, whose ` +
      'deliveries it is not among. If the webhook still exists, have it sent again by hand while it is listed there',
  )
  return { error, bytes: factBytes(what, entry) }
}

/** The failure of a time whose deliveries the provider no longer lists. Times are milliseconds since 1970. */
export const unlistedFailure = (what: string, from: number, to: number): Failure => ({
  error: new RecordError(
    'incomplete',
    `${what}: the list of deliveries could not be read for longer than the provider keeps it, so failed ones from ` +
      `${isoTime(from)} to ${isoTime(to)} are unknown`,
  ),
  // Without the end, which moves on with each run that finds the list expired: repeats are one row.
  bytes: bytesOf({ webhook: what, from: isoTime(from) }),
})

const aboutText = ({ event, first, repository }: Entry): string =>
  `the event ${event} of ${isoTime(first)}${repository === undefined ? '' : ` in repository ${repository}`}`

/** What is known of an event beside its body: the bytes of its failure, which give the failure's row its id. */
function factBytes(what: string, { guid, event, first, repository }: Entry, part?: Json): Uint8Array {
  return bytesOf({ webhook: what, guid, event, delivered_at: isoTime(first), repository, part })
}

const bytesOf = (facts: object): Uint8Array => new TextEncoder().encode(JSON.stringify(facts))

const isoTime = (time: number): string => new Date(time).toISOString()
