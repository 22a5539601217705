import { AuthError, ConfigError, StoreError, TooLargeError } from '../errors.ts'
import { LostError } from './outcome.ts'
import type { PollStream } from './stream.ts'
import { isPutOff } from './waiting.ts'
import { floorTo, isUnsorted, type Walk, withoutCursor } from './walk.ts'

/** Failures at one place before requests are narrowed; each further failure narrows them again. */
const failuresUntilNarrowed = 3

/** The divisor of each narrowing. */
const narrowing = 8

/** The smallest part, in milliseconds; a failure on this little has another cause than size. */
const smallestPartMs = 60_000

/**
 * Whether an error concerns the place where it happened. Other errors concern every request: a rate limit, a refused
 * credential, settings that cannot work, our own stores.
 */
export const concernsPlace = (error: unknown): boolean =>
  !isPutOff(error) && ![AuthError, ConfigError, StoreError, LostError].some((kind) => error instanceof kind)

export type NarrowedStream = Pick<PollStream, 'order' | 'granularityMs' | 'pageSize'>

/**
 * The walk after a failed attempt at its place: where attempts keep failing, smaller parts are requested, so that one
 * unreadable place does not hold up the rest.
 */
export function afterFailure(walk: Walk, stream: NarrowedStream, error: unknown): Walk {
  if (!concernsPlace(error)) return walk
  const { emptyPages: _counted, ...rest } = (error instanceof TooLargeError && smallerPages(walk, stream)) || walk
  const failures = (walk.failures ?? 0) + 1
  // The number of the page is the only place there is.
  if (isUnsorted(stream)) return { ...rest, failures }
  if (walk.part === undefined && failures < failuresUntilNarrowed) return { ...rest, failures }
  const smaller = floorTo((walk.part ?? walk.to - walk.from) / narrowing, stream.granularityMs)
  return { ...withoutCursor(rest), failures, part: Math.max(smaller, smallestPartMs) }
}

/**
 * The walk with half as many events a page; `undefined` when a page of one event is too large already, or pages have
 * numbers, which depend on their size.
 */
export function smallerPages(walk: Walk, stream: Pick<PollStream, 'order' | 'pageSize'>): Walk | undefined {
  if (isUnsorted(stream)) return undefined
  const { pageSize } = stream
  const size = Math.floor((walk.size ?? pageSize) / 2)
  return size < 1 ? undefined : { ...walk, size }
}

/** Whether the place where a walk stands has failed often enough that it may never be read. */
export const keepsFailing = ({ failures = 0 }: Walk): boolean => failures >= failuresUntilNarrowed
