import type { ConfigurationCheck } from '../../lambdas/core/stream/stream-state.ts'
import { tableLines } from '../../local/query/query-text.ts'
import { onOneLine } from '../../local/screen/one-line.ts'
import { ageText, isoTime } from './ages.ts'
import type { SourceStatus } from './collect.ts'
import type { ListingFacts, ObjectCounts, ObjectFacts } from './object-stream.ts'

/** A source whose provider writes into a bucket, and what is known of it. */
interface ObjectSource {
  readonly source: string
  readonly facts: ObjectFacts
}

/** A stream as the provider has it. */
type ProvidersStream = ConfigurationCheck['streams'][number]

const columns = ['source', 'days', 'objects read', 'excluded', 'ignored', 'events', 'failed', 'left out']

/** A table of what was read from buckets, and the state of each bucket; nothing without such a source. */
export function* objectsText(sources: readonly SourceStatus[], now: number): Generator<string> {
  const known = sources.flatMap(({ source, objects: facts }) => (facts ? [{ source, facts }] : []))
  if (known.length === 0) return
  const rows = known.flatMap(({ source, facts: { today, sum } }) => [
    [source, 'today', ...cells(today)],
    [source, 'last eight', ...cells(sum)],
  ])
  yield ''
  yield* tableLines({ columns, rows })
  yield ''
  for (const one of known) yield* [bucketText(one, now), ...running(one, now)]
}

const cells = ({ objects, excluded, ignored, events, failed, leftOut }: ObjectCounts): number[] => [
  objects,
  excluded,
  ignored,
  events,
  failed,
  leftOut,
]

function bucketText({ source, facts: { unfinished, listing } }: ObjectSource, now: number): string {
  const [first] = unfinished
  const count = unfinished.length
  const rest = first
    ? `${count} ${count === 1 ? 'object is' : 'objects are'} unfinished, such as ${onOneLine(first.name)}`
    : 'no object is unfinished'
  return `${source}: ${rest}; ${listing ? listingText(listing, now) : 'its bucket has never been listed'}`
}

function listingText({ startedAt, isOpen, endedAt, found }: ListingFacts, now: number): string {
  const ended =
    endedAt === undefined ? 'no listing has ended yet' : `the last whole listing ended ${ageText(endedAt, now)}`
  const objects = `${found} ${found === 1 ? 'object' : 'objects'} that no message had named`
  return isOpen
    ? `${ended}; one that began ${ageText(startedAt, now)} has found ${objects} so far`
    : `${ended} and found ${objects}`
}

/** What the provider says of its streams that are switched on. */
function running({ source, facts: { provider } }: ObjectSource, now: number): readonly string[] {
  if (provider?.outcome !== 'done') return []
  const asked = ageText(provider.at, now)
  return provider.streams
    .filter((stream) => !isStopped(stream))
    .map((stream) => `${source}: the provider has its stream ${nameOf(stream)} switched on, asked ${asked}`)
}

/**
 * What a person must look at: first streams that the provider has paused or switched off, since no event arrives until
 * a person switches them on again.
 */
export function objectProblems({ source, objects }: SourceStatus, now: number): readonly string[] {
  if (!objects) return []
  const { provider, listing } = objects
  const stopped = (provider?.streams ?? []).filter(isStopped).map((stream) => {
    const { enabled, pausedAt } = stream
    const since = pausedAt === undefined ? '' : ` since ${isoTime(pausedAt)}, ${ageText(pausedAt, now)}`
    const did = enabled ? 'PAUSED' : 'SWITCHED OFF'
    return `${source}: THE PROVIDER HAS ${did} THE STREAM ${nameOf(stream)}${since}; its events do not arrive until it is switched on there`
  })
  const unasked =
    provider === undefined || provider.outcome === 'done'
      ? []
      : [`${source}, ${provider.outcome}, asked for its stream: ${textOf(provider.detail) ?? 'no detail'}`]
  const next = listing?.waitsUntil === undefined ? '' : `, next attempt ${ageText(listing.waitsUntil, now)}`
  const unlisted =
    listing?.detail === undefined ? [] : [`${source}, the bucket cannot be listed${next}: ${textOf(listing.detail)}`]
  return [...stopped, ...unasked, ...unlisted]
}

const isStopped = ({ enabled, pausedAt }: ProvidersStream): boolean => !enabled || pausedAt !== undefined

const nameOf = ({ id, destination }: ProvidersStream): string => onOneLine(`${id} (${destination})`)

/** The facts as an object of plain values; null for a source without a bucket. Times are ISO 8601, UTC. */
export function objectsJson(facts: ObjectFacts | undefined): object | null {
  if (!facts) return null
  const { today, days, sum, unfinished, listing, provider } = facts
  return {
    ...countsJson(sum),
    today: countsJson(today),
    days: days.map(({ day, ...counts }) => ({ day, ...countsJson(counts) })),
    unfinished: unfinished.map(({ name, position }) => ({
      name,
      readBytes: position.bytes,
      readLines: position.lines,
    })),
    listing: listing
      ? {
          startedAt: isoTime(listing.startedAt),
          endedAt: isoTime(listing.endedAt),
          open: listing.isOpen,
          found: listing.found,
          waitsUntil: isoTime(listing.waitsUntil),
          detail: textOf(listing.detail) ?? null,
        }
      : null,
    provider: provider
      ? {
          at: isoTime(provider.at),
          outcome: provider.outcome,
          detail: textOf(provider.detail) ?? null,
          streams: provider.streams.map(({ id, destination, enabled, pausedAt }) => ({
            id,
            destination,
            enabled,
            pausedSince: isoTime(pausedAt),
          })),
        }
      : null,
  }
}

const countsJson = ({ objects: read, ...others }: ObjectCounts) => ({ read, ...others })

const textOf = (detail = ''): string | undefined => onOneLine(detail) || undefined
