import { inParallel } from '../in-parallel.ts'
import type { StoreReader } from '../ports.ts'
import { readObjectStream } from './object-stream.ts'
import { readStream } from './polled-stream.ts'
import { readRecovery } from './recovery.ts'
import type { StandingFacts } from './standing.ts'
import { readWebhook } from './webhook.ts'

/** A feed of a source: a stream, or its webhooks. */
export interface Feed {
  /** Id of the stream; absent for webhooks. */
  readonly stream?: string
  /** Set for a stream whose provider writes its events into a bucket. */
  readonly inBucket?: true
  /** The table that takes its events. */
  readonly table: string
}

/** A source as the stack's facts name it. */
export interface NamedSource {
  readonly type: string
  readonly label: string
  /** Set for a webhook source that has failed deliveries sent again. */
  readonly recovery?: true | undefined
}

/** What the stack's facts say of its sources. */
export interface NamedSources {
  /** By their ids. */
  readonly sources: Readonly<Record<string, NamedSource>>
  /** Absent in what an older stack wrote: then a recovery is known only by the state that it keeps. */
  readonly namesRecoveries?: true | undefined
}

/** The facts of a feed as its state has them. All times are milliseconds since 1970. */
export interface FeedFacts extends StandingFacts {
  /** Absent for a source that the settings no longer name. */
  readonly label?: string
  /** Absent for the events of a webhook source, as is `state`; the recovery of its deliveries has both. */
  readonly stream?: string
  /** The table that takes its events. */
  readonly table?: string
}

export interface FeedPorts {
  readonly facts: NamedSources
  readonly ops: StoreReader
  /** In milliseconds since 1970. */
  now(): number
}

/**
 * The feeds of a source type; none for a type that this version does not know.
 * @param source its facts, which can choose some streams of the type; by default all are chosen
 */
export type FeedsOf = (type: string, source?: object) => readonly Feed[]

/** Reads the states of the feeds of all sources, by source and stream; a few small objects for each. */
export async function readFeeds({ facts, ops, now: clock }: FeedPorts, feedsOf: FeedsOf): Promise<FeedFacts[]> {
  const now = clock()
  const rows = Object.entries(facts.sources)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([source, named]) => {
      const { type, label, recovery } = named
      const known = feedsOf(type, named)
      return (known.length > 0 ? known : [undefined]).map((feed) => ({
        named: { source, type, label },
        recovery,
        feed,
      }))
    })
  const read = await inParallel(rows, async ({ named, recovery: hasRecovery, feed }): Promise<FeedFacts[]> => {
    if (feed === undefined) return [{ ...named, credential: 'unknown' }]
    const { table, stream, inBucket } = feed
    const { source, type } = named
    if (stream === undefined) {
      const webhook: FeedFacts = { ...named, feed: 'webhook', table, ...(await readWebhook(ops, source)) }
      // The state of one that was removed stays, so the settings count.
      if (!hasRecovery && facts.namesRecoveries) return [webhook]
      const recovery = await readRecovery(ops, source, now)
      return hasRecovery || recovery.state !== 'never ran'
        ? [webhook, { ...named, feed: 'recovery', stream: `${type} recovery`, ...recovery }]
        : [webhook]
    }
    return inBucket
      ? [{ ...named, feed: 'bucket', table, stream, ...(await readObjectStream(ops, source, now)) }]
      : [{ ...named, feed: 'polled', table, stream, ...(await readStream(ops, source, stream, now)) }]
  })
  return read.flat()
}
