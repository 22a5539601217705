import { dayMs, dayOf } from '../lake/partition.ts'
import { stateFolder } from '../poll/past/job.ts'
import { mustWait } from '../poll/waiting.ts'
import type { StoreReader } from '../ports.ts'
import {
  addTotals,
  type ConfigurationCheck,
  type DayCounts,
  decodeStreamState,
  type Newest,
  noTotals,
  type StreamState,
  streamStateKey,
  type Totals,
  type Unfinished,
} from '../stream/stream-state.ts'
import { credentialOf, type StreamFacts } from './polled-stream.ts'

/** The state of a stream whose provider writes objects into a bucket. All times are milliseconds since 1970. */
export interface ObjectFacts {
  /** Since midnight, UTC. */
  readonly today: Totals
  /** Those of the last eight days that have counts, the oldest first. */
  readonly days: readonly DayCounts[]
  /** The sums of these days. */
  readonly sum: Totals
  /** Objects whose reading has begun. */
  readonly unfinished: readonly Unfinished[]
  /** The daily search for objects that no message named; absent before the first. */
  readonly listing?: ListingFacts | undefined
  /** What the provider says of its streams; absent when it is not asked, or was not yet. */
  readonly provider?: ConfigurationCheck | undefined
}

export interface ListingFacts {
  readonly startedAt: number
  readonly isOpen: boolean
  /** When the last whole listing ended. */
  readonly endedAt?: number | undefined
  /** Objects that no message had named. */
  readonly found: number
  /** Its own next attempt, and the error of the last one. */
  readonly waitsUntil?: number | undefined
  readonly detail?: string | undefined
  /** Failed attempts in a row. */
  readonly failures?: number | undefined
}

/** Reads the stored state of a source with a bucket. */
export async function readObjectStream(
  ops: StoreReader,
  sourceId: string,
  now: number,
): Promise<StreamFacts & { readonly objects?: ObjectFacts }> {
  const stored = await ops.get(streamStateKey(stateFolder(sourceId)))
  if (!stored) return { state: 'never ran', credential: 'unknown' }
  const state = decodeStreamState(stored.body)
  if (!state) return { state: 'unreadable', credential: 'unknown' }
  return {
    state: 'ok',
    lastRun: state.lastResult,
    lastEventAt: state.lastEventAt,
    // Of the credential for the provider's own record; without one it is unknown.
    credential: credentialOf({ lastResult: state.configuration, backoff: state.configuration?.wait }),
    objects: objectFacts(state, now),
    ...(state.newest && newestFacts(state.newest, now)),
  }
}

/** How the newest objects are found in a bucket that sends no messages; without that nothing of it is read. */
function newestFacts({ at, wait, outcome, detail }: Newest, now: number): Partial<StreamFacts> {
  if (outcome === undefined) return { readUntil: at }
  // The next attempt waits only after a refusal, because looking for a missing secret costs no request.
  const isRefused = mustWait(wait, now) || (wait?.step ?? 0) > 1
  return {
    readUntil: at,
    lastRun: { at, outcome, detail },
    failures: wait?.step,
    waitsUntil: mustWait(wait, now) ? wait?.notBefore : undefined,
    ...(outcome === 'credentials' && { credential: isRefused ? 'refused' : 'missing' }),
  }
}

function objectFacts({ days: kept, unfinished, listing, configuration }: StreamState, now: number): ObjectFacts {
  const [first, today] = [dayOf(now - 7 * dayMs), dayOf(now)]
  const days = kept.filter(({ day }) => day >= first)
  return {
    today: days.filter(({ day }) => day === today).reduce(addTotals, noTotals),
    days,
    sum: days.reduce(addTotals, noTotals),
    unfinished,
    listing: listing && {
      startedAt: listing.startedAt,
      isOpen: listing.isOpen,
      endedAt: listing.endedAt,
      found: listing.found,
      waitsUntil: mustWait(listing.wait, now) ? listing.wait?.notBefore : undefined,
      detail: listing.detail,
      failures: listing.wait?.step,
    },
    provider: configuration,
  }
}
