import type { StackFacts } from '../../settings/stack-facts.ts'
import { type Feed, feedsOf } from '../source-feeds.ts'

/**
 * The ids of a source's streams.
 * @throws when it has none, naming the sources that do
 */
export function streamsOf(sources: StackFacts['sources'], id: string, feeds = feedsOf): readonly [string, ...string[]] {
  const streams = (type: string) => [...new Set(feeds(type).flatMap(({ stream }: Feed) => stream ?? []))]
  const source = Object.hasOwn(sources, id) ? sources[id] : undefined
  if (!source) throw new Error(`There is no source "${id}"; there ${listed(Object.keys(sources))}.`)
  const [first, ...others] = streams(source.type)
  if (first !== undefined) return [first, ...others]
  const fetched = Object.keys(sources).filter((other) => streams(sources[other]?.type ?? '').length > 0)
  throw new Error(
    `Source ${id} (${source.type}) sends its events to us; only sources that are fetched can be read again: there ${listed(fetched)}.`,
  )
}

function listed(names: readonly string[]): string {
  if (names.length === 0) return 'is none'
  return `${names.length === 1 ? 'is' : 'are'} ${[...names].sort().join(', ')}`
}
