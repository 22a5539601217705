import type { ListingFacts, ObjectFacts } from '../../lambdas/core/standing/object-stream.ts'
import type { ConfigurationCheck, Totals } from '../../lambdas/core/stream/stream-state.ts'
import { ageText, isoTime } from '../../lambdas/core/time-text.ts'
import { tableLines } from '../../local/query/query-text.ts'
import { shownText, withoutBreaks } from '../../local/screen/one-line.ts'
import { wrapped } from '../../local/screen/wrap.ts'

/** A stream as the provider has it. */
type ProvidersStream = ConfigurationCheck['streams'][number]

const columns = ['days', 'objects read', 'excluded', 'ignored', 'events', 'failed', 'left out']

/** What was read from a bucket, the state of its listing, and what the provider says of its streams. */
export function objectDetails(
  { today, sum, unfinished, listing, provider }: ObjectFacts,
  { now, width }: { readonly now: number; readonly width: number },
): string[] {
  const rows = [
    ['today', ...cells(today)],
    ['last eight', ...cells(sum)],
  ]
  const [first] = unfinished
  const count = unfinished.length
  const rest = first
    ? `${count} ${count === 1 ? 'object is' : 'objects are'} unfinished, such as ${withoutBreaks(first.name)}`
    : 'no object is unfinished'
  const texts = [
    `${rest}; ${listing ? listingText(listing, now) : 'its bucket has never been listed'}`,
    ...(provider ? providerTexts(provider, now) : []),
  ]
  return [
    ...[...tableLines({ columns, rows })].map((line) => `  ${line}`),
    ...texts.flatMap((text) => wrapped(text, width, '    ', '  ')),
  ]
}

const cells = ({ objects, excluded, ignored, events, failed, leftOut }: Totals): number[] => [
  objects,
  excluded,
  ignored,
  events,
  failed,
  leftOut,
]

function listingText({ startedAt, isOpen, endedAt, found, waitsUntil }: ListingFacts, now: number): string {
  const ended =
    endedAt === undefined ? 'no listing has ended yet' : `the last whole listing ended ${ageText(endedAt, now)}`
  const objects = `${found} ${found === 1 ? 'object' : 'objects'} that no message had named`
  const next = waitsUntil === undefined ? '' : `, next attempt ${ageText(waitsUntil, now)}`
  return isOpen
    ? `${ended}; one that began ${ageText(startedAt, now)} has found ${objects} so far${next}`
    : `${ended} and found ${objects}${next}`
}

/** What the provider says of its streams. */
function providerTexts({ at, outcome, detail, streams }: ConfigurationCheck, now: number): string[] {
  const asked = ageText(at, now)
  const unanswered =
    outcome === 'done' ? [] : [`${outcome}, asked for its stream ${asked}: ${shownText(detail) ?? 'no detail'}`]
  const said = outcome === 'done' ? `, asked ${asked}` : ''
  return [
    ...unanswered,
    ...streams.map((stream) => `the provider has its stream ${nameOf(stream)} ${switchOf(stream)}${said}`),
  ]
}

const switchOf = ({ enabled, pausedAt }: ProvidersStream): string =>
  enabled ? (pausedAt === undefined ? 'switched on' : `PAUSED since ${isoTime(pausedAt)}`) : 'SWITCHED OFF'

const nameOf = ({ id, destination }: ProvidersStream): string => withoutBreaks(`${id} (${destination})`)

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
          detail: shownText(listing.detail) ?? null,
        }
      : null,
    provider: provider
      ? {
          at: isoTime(provider.at),
          outcome: provider.outcome,
          detail: shownText(provider.detail) ?? null,
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

const countsJson = ({ objects: read, ...others }: Totals) => ({ read, ...others })
