import { feedsOf } from '../lambdas/connectors/feeds.ts'
import { type FeedFacts, readFeeds } from '../lambdas/core/standing/feeds.ts'
import { type Standing, standingOf } from '../lambdas/core/standing/standing.ts'
import { withoutBreaks } from '../local/screen/one-line.ts'
import type { SourceState } from '../local/screen/run-figures.ts'
import type { StatusPorts } from './status/collect.ts'

/** The state of each source of a run, by the notes in its stores: of a source with several streams, the worst. */
export async function sourceStates(ports: Omit<StatusPorts, 'lake'>): Promise<SourceState[]> {
  const feeds = await readFeeds(ports, feedsOf)
  const view = { now: ports.now(), options: ports.options ?? '' }
  const bySource = Map.groupBy(feeds, ({ source }) => source)
  return [...bySource].map(([source, ofSource]) => {
    const standings = ofSource.map((facts) => standingOf(facts, view))
    const worst = standings.reduce((a, b) => (badness(b) > badness(a) ? b : a))
    const { word, why, remedy, needsPerson } = worst
    const reason = why === undefined ? undefined : withoutBreaks(why)
    return { source, word, why: reason, remedy, needsPerson, lastEventAt: lastEventOf(ofSource) }
  })
}

const badness = ({ word, needsPerson, why }: Standing): number =>
  (needsPerson ? 4 : 0) + (word === 'working' ? 0 : 2) + (why === undefined ? 0 : 1)

function lastEventOf(feeds: readonly FeedFacts[]): number | undefined {
  const times = feeds.flatMap(({ lastEventAt }) => (lastEventAt === undefined ? [] : [lastEventAt]))
  return times.length === 0 ? undefined : Math.max(...times)
}
