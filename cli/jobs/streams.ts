import { feedsOf } from '../../lambdas/connectors/feeds.ts'
import { isChosen } from '../../lambdas/connectors/manifest-streams.ts'
import type { Job } from '../../lambdas/core/poll/past/job.ts'
import type { Feed } from '../../lambdas/core/standing/feeds.ts'
import type { StackFacts } from '../../settings/stack-facts.ts'
import { listed, unknownSource } from '../unknown-source.ts'

/**
 * The ids of a source's streams on which a job can work: a replay reads objects, the others fetch from the provider.
 * @throws when it has none, naming the right command, or the sources for this one
 */
export function streamsOf(
  kind: Job['kind'],
  sources: StackFacts['sources'],
  id: string,
  feeds = feedsOf,
): readonly [string, ...string[]] {
  const isReplay = kind === 'replay'
  const streams = (type: string, inBucket: boolean) => {
    const meant = feeds(type).filter((feed: Feed) => (feed.inBucket === true) === inBucket)
    return [...new Set(meant.flatMap(({ stream }) => stream ?? []))]
  }
  const source = Object.hasOwn(sources, id) ? sources[id] : undefined
  if (!source) throw unknownSource(id, Object.keys(sources))
  const [first, ...others] = streams(source.type, isReplay).filter((stream) => isChosen(source, stream))
  if (first !== undefined) return [first, ...others]
  const name = `Source ${id} (${source.type})`
  if (streams(source.type, !isReplay).length > 0) {
    throw new Error(
      isReplay
        ? `${name} is fetched from its provider and has no objects to read again: use "npm run backfill".`
        : `${name} gets its events as objects in a bucket: read them again with "npm run replay".`,
    )
  }
  const able = Object.keys(sources).filter((other) => streams(sources[other]?.type ?? '', isReplay).length > 0)
  const only = isReplay ? 'sources with a bucket can be replayed' : 'sources that are fetched can be read again'
  throw new Error(`${name} gets its events from webhooks. Only ${only}: there ${listed(able)}.`)
}
