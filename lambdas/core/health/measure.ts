import { listAll } from '../aws/list-all.ts'
import type { ObjectStore, StoreReader } from '../ports.ts'
import { deadPrefix } from '../publish/dead-letters.ts'
import { type FeedFacts, type FeedsOf, type NamedSources, readFeeds } from '../standing/feeds.ts'
import { keepHealthMemory, type Remembered, readHealthMemory } from './memory.ts'
import { gaugesOf, isFailing, type SourceGauges } from './source-gauges.ts'

export interface MeasureOptions {
  readonly ops: StoreReader & Pick<ObjectStore, 'put'>
  readonly facts: NamedSources
  readonly feedsOf: FeedsOf
  /** Hours in which a new source may have no event, because it is being set up. */
  readonly graceHours: number
  readonly now?: () => number
}

export interface Measured {
  /** By the source's id. */
  readonly sources: ReadonlyMap<string, SourceGauges>
  /** Dead letters that nobody has dealt with; at most a thousand are counted. */
  readonly openDeadLetters: number
  /** Stores what is remembered of the sources; to be called once what was measured is told. */
  keep(): Promise<void>
}

/** Most dead letters that are counted: the alarm rings with the first. */
const mostCounted = 1_000

/**
 * Measures all sources and the dead letters: a few GET for each source, a LIST, and a PUT when a source began to fail,
 * or ended.
 */
export async function measure(options: MeasureOptions): Promise<Measured> {
  const { ops, facts, feedsOf, graceHours, now = Date.now } = options
  const at = now()
  const feeds = Map.groupBy(await readFeeds({ facts, ops, now: () => at }, feedsOf), ({ source }) => source)
  const before = await readHealthMemory(ops)
  const after = new Map([...feeds].map(([source, ofSource]) => [source, remember(before.get(source), ofSource, at)]))
  const gauges = [...feeds].flatMap(([source, ofSource]) => {
    const remembered = after.get(source)
    return remembered ? [[source, gaugesOf(ofSource, remembered, { now: at, graceHours })] as const] : []
  })
  return {
    sources: new Map(gauges),
    openDeadLetters: await countDeadLetters(ops),
    keep: () => keepHealthMemory(ops, before, after),
  }
}

function remember(before: Remembered | undefined, feeds: readonly FeedFacts[], now: number): Remembered {
  const firstSeenAt = before?.firstSeenAt ?? now
  return isFailing(feeds, now) ? { firstSeenAt, failingSince: before?.failingSince ?? now } : { firstSeenAt }
}

async function countDeadLetters(ops: StoreReader): Promise<number> {
  let count = 0
  for await (const _ of listAll(ops, deadPrefix)) if (++count === mostCounted) break
  return count
}
