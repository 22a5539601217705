import { feedsOf } from '../../lambdas/connectors/feeds.ts'
import { inParallel } from '../../lambdas/core/in-parallel.ts'
import type { TablePorts } from '../../lambdas/core/lake/read-table.ts'
import type { StoreReader } from '../../lambdas/core/ports.ts'
import type { RedriveJob } from '../../lambdas/core/redrive/job.ts'
import { type FeedFacts, type FeedsOf, readFeeds } from '../../lambdas/core/standing/feeds.ts'
import { type Standing, standingOf } from '../../lambdas/core/standing/standing.ts'
import type { StackFacts } from '../../settings/stack-facts.ts'
import type { Followed } from '../jobs/follow.ts'
import { openJobsOf } from '../jobs/stored-jobs.ts'
import type { JobView } from '../jobs/text.ts'
import { openRedrives } from '../redrive/stored.ts'
import type { AlarmMails } from './alarm-mails.ts'
import { countDeadLetters, type DeadLetters, type Reasons } from './dead-letters.ts'
import { countOpenFailures, newestReceipts } from './lake-facts.ts'

/** What is read, on AWS, over the stores of a local run, or in the folder that it left. */
export interface StatusPorts {
  readonly facts: StackFacts
  readonly ops: StoreReader
  readonly lake: TablePorts
  /** In milliseconds since 1970. */
  now(): number
  /** Who is told of alarms; absent for a local run, which tells nobody, and for an older stack. */
  alarmMails?(): Promise<AlarmMails | undefined>
  /** The options that name the installation to a command, with a space at their end. */
  readonly options?: string
}

/** The facts of a source, or of one stream of it. */
export interface SourceFacts extends Omit<FeedFacts, 'table'> {
  /** For the whole source, as are dead letters. */
  readonly openFailures: number
  readonly deadLetters: number
  /** Why they are dead letters; absent without any. */
  readonly deadLetterReasons?: Reasons
}

export interface SourceStatus extends SourceFacts {
  readonly standing: Standing
}

export interface Status {
  readonly now: number
  /** By source and stream. */
  readonly sources: readonly SourceStatus[]
  /** Open jobs by source, in the order of work. */
  readonly jobs: readonly JobView[]
  /** Open jobs that send failures or dead letters back; absent without any. */
  readonly redrives?: readonly Followed<RedriveJob>[]
  /** Absent where that is not known. */
  readonly alarmMails?: AlarmMails
  readonly totals: {
    /** Sources in the settings. */
    readonly sources: number
    /** Sources that need a person, for their standing or for dead letters. */
    readonly needPerson: number
    readonly openFailures: number
    readonly deadLetters: number
    /** Dead letters that name no source, and those beyond the newest 200. */
    readonly deadLettersOfUnknownSource: number
    /** Those of the newest 200 that name no source. */
    readonly deadLetterReasonsOfUnknownSource: Reasons
  }
}

/** Whether a source needs a person, for its standing or for its dead letters. */
export const needsPerson = ({ standing, deadLetters }: SourceStatus): boolean => standing.needsPerson || deadLetters > 0

/** How long an event of a webhook source proves that its credential is accepted, in milliseconds. */
const provenMs = 24 * 3_600_000

/** The facts read from an installation besides the states of feeds. */
interface Findings {
  /** By table and source. */
  readonly newest: ReadonlyMap<string, ReadonlyMap<string, number>>
  readonly openFailures: ReadonlyMap<string, number>
  readonly letters: DeadLetters
}

/** Collects the states of all sources. Only reads. */
export async function collectStatus(ports: StatusPorts, feeds: FeedsOf = feedsOf): Promise<Status> {
  const { facts, ops, lake } = ports
  const now = ports.now()
  const rows = await readFeeds(ports, feeds)
  const fetched = new Set(rows.flatMap(({ source, feed }) => (feed === 'polled' || feed === 'bucket' ? [source] : [])))
  const jobs = await inParallel([...fetched], async (source) =>
    (await openJobsOf(ops, source)).map((job) => ({ source, job })),
  )
  const tables = rows.flatMap((row) => (row.table !== undefined && asksLake(row) ? [row.table] : []))
  const newest = await inParallel(
    [...new Set(tables)],
    async (table) => [table, await newestReceipts(lake, table)] as const,
  )
  const openFailures = await countOpenFailures(lake)
  const letters = await countDeadLetters(ops)
  const redrives = (await openRedrives(ops)).map((job) => ({ job }))
  const alarmMails = await ports.alarmMails?.()
  const findings = { newest: new Map(newest), openFailures, letters }
  const gone = [...new Set([...openFailures.keys(), ...letters.bySource.keys()])]
    .filter((source) => !Object.hasOwn(facts.sources, source))
    .sort()
    .map((source): FeedFacts => ({ source, credential: 'unknown' }))
  const sources = [...rows, ...gone].map((row) => {
    const status = statusOf(row, findings, now)
    return { ...status, standing: standingOf(status, { now, options: ports.options ?? '' }) }
  })
  return {
    now,
    sources,
    jobs: jobs.flat(),
    ...(redrives.length > 0 && { redrives }),
    ...(alarmMails && { alarmMails }),
    totals: {
      sources: Object.keys(facts.sources).length,
      needPerson: new Set(sources.filter(needsPerson).map(({ source }) => source)).size,
      openFailures: [...openFailures.values()].reduce((sum, count) => sum + count, 0),
      deadLetters: letters.total,
      deadLettersOfUnknownSource: letters.ofUnknownSource,
      deadLetterReasonsOfUnknownSource: letters.reasonsOfUnknownSource,
    },
  }
}

/**
 * Whether the newest row in the lake counts as an event. The note of a webhook is up to ten minutes older than its
 * newest row. Of a stream only its state knows which events our own polling has made.
 */
const asksLake = ({ feed, state }: FeedFacts): boolean => feed === 'webhook' || state !== 'ok'

function statusOf({ table, ...row }: FeedFacts, { newest, openFailures, letters }: Findings, now: number): SourceFacts {
  const { source, feed } = row
  const inLake = table === undefined || !asksLake(row) ? undefined : newest.get(table)?.get(source)
  const lastEventAt = latest(row.lastEventAt, inLake)
  const deadLetterReasons = letters.reasons.get(source)
  // A webhook becomes a row only after its credential was checked.
  const isProven = feed === 'webhook' && lastEventAt !== undefined && now - lastEventAt < provenMs
  return {
    ...row,
    ...(isProven && { credential: 'accepted' as const }),
    lastEventAt,
    openFailures: openFailures.get(source) ?? 0,
    deadLetters: letters.bySource.get(source) ?? 0,
    ...(deadLetterReasons && { deadLetterReasons }),
  }
}

const latest = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? (a ?? b) : Math.max(a, b)
