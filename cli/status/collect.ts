import { isChosen } from '../../lambdas/connectors/manifest-streams.ts'
import type { ObjectStore } from '../../lambdas/core/ports.ts'
import type { Installation } from '../installation.ts'
import { openJobsOf } from '../jobs/stored-jobs.ts'
import type { JobView } from '../jobs/text.ts'
import { type Feed, feedsOf } from '../source-feeds.ts'
import { countDeadLetters, type DeadLetters, type Reasons } from './dead-letters.ts'
import { inParallel } from './in-parallel.ts'
import { countOpenFailures, newestReceipts } from './lake-facts.ts'
import { type ObjectFacts, readObjectStream } from './object-stream.ts'
import { readRecovery } from './recovery-state.ts'
import { readStream, type StreamFacts } from './stream-state.ts'

/** The state of a source, or of one stream of it. All times are milliseconds since 1970. */
export interface SourceStatus extends Omit<StreamFacts, 'state'> {
  readonly source: string
  /** Absent for a source that the settings no longer name. */
  readonly type?: string
  readonly label?: string
  /** Absent for the events of a webhook source, as is `state`; the recovery of its deliveries has both. */
  readonly stream?: string
  readonly state?: StreamFacts['state']
  /** Only of a source whose provider writes into a bucket. */
  readonly objects?: ObjectFacts | undefined
  /** For the whole source, as are dead letters. */
  readonly openFailures: number
  readonly deadLetters: number
  /** Why they are dead letters; absent without any. */
  readonly deadLetterReasons?: Reasons
}

export interface Status {
  readonly now: number
  /** By source and stream. */
  readonly sources: readonly SourceStatus[]
  /** Open jobs by source, in the order of work. */
  readonly jobs: readonly JobView[]
  readonly totals: {
    /** Sources in the settings. */
    readonly sources: number
    readonly openFailures: number
    readonly deadLetters: number
    /** Dead letters that name no source, and those beyond the newest 200. */
    readonly deadLettersOfUnknownSource: number
    /** Those of the newest 200 that name no source. */
    readonly deadLetterReasonsOfUnknownSource: Reasons
  }
}

/** How long an event of a webhook source proves that its credential is accepted, in milliseconds. */
const provenMs = 24 * 3_600_000

/** The facts read from an installation besides the states of streams. */
interface Findings {
  readonly newest: ReadonlyMap<string, ReadonlyMap<string, number>>
  readonly openFailures: ReadonlyMap<string, number>
  readonly letters: DeadLetters
}

/** Collects the states of all sources. Only reads from S3. */
export async function collectStatus(
  installation: Pick<Installation, 'facts' | 'ops' | 'lake' | 'now'>,
  feeds = feedsOf,
): Promise<Status> {
  const { facts, ops, lake } = installation
  const now = installation.now()
  const settings = Object.entries(facts.sources).sort(([a], [b]) => (a < b ? -1 : 1))
  const rows = settings.flatMap(([source, { type, label, ...chosen }]) => {
    const known = feeds(type).filter(({ stream }) => stream === undefined || isChosen(chosen, stream))
    return (known.length > 0 ? known : [undefined]).map((feed) => ({ source, type, label, feed }))
  })
  const streams = await inParallel(rows, async ({ source, feed }) =>
    feed === undefined ? undefined : factsOf(ops, source, feed, now),
  )
  const recoveries = await inParallel(rows, async ({ source, feed }) =>
    feed && feed.stream === undefined ? readRecovery(ops, source, now) : undefined,
  )
  const fetched = new Set(rows.flatMap(({ source, feed }) => (feed?.stream === undefined ? [] : [source])))
  const jobs = await inParallel([...fetched], async (source) =>
    (await openJobsOf(ops, source)).map((job) => ({ source, job })),
  )
  const tables = rows.flatMap(({ feed }, index) => (feed && !streams[index]?.lastEventAt ? [feed.table] : []))
  const newest = await inParallel(
    [...new Set(tables)],
    async (table) => [table, await newestReceipts(lake, table)] as const,
  )
  const openFailures = await countOpenFailures(lake)
  const letters = await countDeadLetters(ops)
  const findings = { newest: new Map(newest), openFailures, letters }
  const named = rows.flatMap(({ feed, ...row }, index): SourceStatus[] => {
    const recovery = recoveries[index]
    const ofFeed = statusOf(row.source, feed, streams[index], findings, now)
    const stream = `${row.type} recovery`
    return [
      { ...row, ...(feed?.stream !== undefined && { stream: feed.stream }), ...ofFeed },
      ...(recovery ? [{ ...row, stream, ...statusOf(row.source, undefined, recovery, findings, now) }] : []),
    ]
  })
  const gone = [...new Set([...openFailures.keys(), ...letters.bySource.keys()])]
    .filter((source) => !Object.hasOwn(facts.sources, source))
    .sort()
    .map((source) => ({ source, ...statusOf(source, undefined, undefined, findings, now) }))
  return {
    now,
    sources: [...named, ...gone],
    jobs: jobs.flat(),
    totals: {
      sources: settings.length,
      openFailures: [...openFailures.values()].reduce((sum, count) => sum + count, 0),
      deadLetters: letters.total,
      deadLettersOfUnknownSource: letters.ofUnknownSource,
      deadLetterReasonsOfUnknownSource: letters.reasonsOfUnknownSource,
    },
  }
}

const factsOf = (ops: ObjectStore, source: string, { stream, inBucket }: Feed, now: number) => {
  if (stream === undefined) return undefined
  return inBucket ? readObjectStream(ops, source, now) : readStream(ops, source, stream, now)
}

function statusOf(
  source: string,
  feed: Feed | undefined,
  stream: (StreamFacts & { readonly objects?: ObjectFacts }) | undefined,
  { newest, openFailures, letters }: Findings,
  now: number,
) {
  const lastEventAt = stream?.lastEventAt ?? (feed && newest.get(feed.table)?.get(source))
  const deadLetterReasons = letters.reasons.get(source)
  // A webhook becomes a row only after its credential was checked.
  const proven = lastEventAt !== undefined && now - lastEventAt < provenMs
  return {
    ...(stream ?? { credential: proven ? ('accepted' as const) : ('unknown' as const) }),
    lastEventAt,
    openFailures: openFailures.get(source) ?? 0,
    deadLetters: letters.bySource.get(source) ?? 0,
    ...(deadLetterReasons && { deadLetterReasons }),
  }
}
