import type { Feed, FeedsOf } from '../core/standing/feeds.ts'
import { feeds } from './generated/feeds.ts'
import { isChosen } from './manifest-streams.ts'

/** Finds the feeds of a source among those of its type: the streams that it has chosen. */
export const feedsAmong =
  (ofTypes: Readonly<Record<string, readonly Feed[]>>): FeedsOf =>
  (type, source = {}) =>
    (Object.hasOwn(ofTypes, type) ? (ofTypes[type] ?? []) : []).filter(
      ({ stream }) => stream === undefined || isChosen(source, stream),
    )

/** The feeds of a source, as the connectors' manifests declare them. */
export const feedsOf = feedsAmong(feeds)
