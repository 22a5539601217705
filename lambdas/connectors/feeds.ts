import type { FeedsOf } from '../core/standing/feeds.ts'
import { feeds } from './generated/feeds.ts'
import { isChosen } from './manifest-streams.ts'

/** The feeds of a source type, as the connectors' manifests declare them. */
export const feedsOf: FeedsOf = (type, source = {}) =>
  (Object.hasOwn(feeds, type) ? (feeds[type] ?? []) : []).filter(
    ({ stream }) => stream === undefined || isChosen(source, stream),
  )
