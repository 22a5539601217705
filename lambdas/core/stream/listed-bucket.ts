import { maxSkewMs } from '../poll/waiting.ts'
import { type ListingScope, wholeBucket } from './missed.ts'
import { pageOfDays } from './name-times.ts'
import { createNewestReader } from './newest.ts'
import type { ReaderPorts } from './read-session.ts'
import type { StreamTickOptions } from './stream-tick.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/**
 * The names of the last two days again, every hour: writers can be later than the minutes that are listed for new ones.
 */
const latestDays: ListingScope = {
  everyMs: hourMs,
  settlingMs: hourMs / 4,
  ageMs: Number.POSITIVE_INFINITY,
  countsNames: false,
  page: (bucket, startedAt, after) =>
    pageOfDays(bucket, { from: startedAt - 2 * dayMs, to: startedAt + maxSkewMs }, after),
}

/**
 * How a bucket is read that sends no messages about new objects. Names that show the minute of writing are a shortcut
 * and no promise: whatever the names, the listing of the whole bucket finds what was written in the last eight days, or
 * since the last one that could be made.
 */
export const listedBucket = (ports: ReaderPorts): Required<Pick<StreamTickOptions, 'readNewest' | 'listings'>> => ({
  readNewest: createNewestReader(ports),
  listings: [
    { name: 'recent', scope: latestDays },
    // Nothing else names the objects that are not read, such as the provider's tests of the connection.
    { name: 'listing', scope: { ...wholeBucket, countsNames: true } },
  ],
})
