import { dayMs } from '../lake/partition.ts'
import type { FeedFacts } from '../standing/feeds.ts'
import { lagOf, standingOf } from '../standing/standing.ts'
import { betweenNotesMs } from '../webhook/receipt-notes.ts'
import type { Remembered } from './memory.ts'

/** What is measured of a source, by the name of the metric. What is absent needs no alarm, and costs no metric. */
export interface SourceGauges {
  /**
   * Hours since the newest event; of a source that never had one, since its grace for the set-up began, after its end.
   */
  readonly HoursSinceLastEvent: number
  /** Days for which the credential will still be accepted; 0 when it is not. Only when they are few. */
  readonly CredentialDaysLeft?: number
  /** For how long one of the feeds has been failing. Only while it does. */
  readonly MinutesFailing?: number
  /** How far the provider's feed has not been read to its end. Only when that is more than usual. */
  readonly MinutesBehind?: number
}

export interface SourceMoment {
  readonly now: number
  /** Hours in which a new source may have no event, because it is being set up. */
  readonly graceHours: number
}

const minuteMs = 60_000
const hourMs = 60 * minuteMs

/** A credential is renewed at ease in two weeks. */
const expiryNoticeDays = 14

/** Streams are read every minute, and look back for some more. */
const usualLagMs = 15 * minuteMs

/**
 * Measures a source by the states of its feeds, as `npm run status` reads them. They leave out what is not a sign of
 * life: the pipeline's own rows, `ping`, `_check`, and events that our own polling makes.
 * @param feeds all of the same source, at least one
 */
export function gaugesOf(
  feeds: readonly FeedFacts[],
  { firstSeenAt, failingSince }: Remembered,
  { now, graceHours }: SourceMoment,
): SourceGauges {
  const lastEventAt = Math.max(...feeds.map(newestOf))
  const isNew = !Number.isFinite(lastEventAt)
  const quietHours = Math.max(0, now - (isNew ? firstSeenAt : lastEventAt)) / hourMs
  const lag = Math.max(...feeds.map((feed) => (isReadOnce(feed) ? lagOf(feed, now) : 0)))
  const daysLeft = Math.min(...feeds.map((feed) => daysLeftOf(feed, now)))
  return {
    HoursSinceLastEvent: isNew && quietHours < graceHours ? 0 : quietHours,
    ...(daysLeft <= expiryNoticeDays && { CredentialDaysLeft: daysLeft }),
    ...(failingSince !== undefined && { MinutesFailing: Math.max(0, now - failingSince) / minuteMs }),
    ...(lag > usualLagMs && { MinutesBehind: lag / minuteMs }),
  }
}

/** Whether one of the feeds is failing; whether that passes by itself does not matter. */
export const isFailing = (feeds: readonly FeedFacts[], now: number): boolean =>
  feeds.some((feed) => standingOf(feed, { now }).word === 'failing')

/** The newest event of a feed may be as much newer than the note of it as notes are apart. */
function newestOf({ feed, lastEventAt }: FeedFacts): number {
  if (lastEventAt === undefined) return Number.NEGATIVE_INFINITY
  return feed === 'webhook' ? lastEventAt + betweenNotesMs : lastEventAt
}

/** A first reading begins days back by intent. */
const isReadOnce = ({ hasRead }: FeedFacts): boolean => hasRead !== false

function daysLeftOf(feed: FeedFacts, now: number): number {
  const { credential, credentialExpiresAt, lastEventAt, hasRead } = feed
  // An empty secret is a set-up that has not ended, unless it was full once.
  const wasAccepted = hasRead === true || lastEventAt !== undefined
  const isLost = credential === 'missing' && wasAccepted && feed.lastRun?.outcome === 'credentials'
  const { word } = standingOf(feed, { now })
  // A webhook can also be refused for what it sends.
  const isRefused = word === 'refused' && (feed.rejected?.lastReason ?? 'bad_credential') === 'bad_credential'
  if (isLost || isRefused) return 0
  if (credentialExpiresAt === undefined) return Number.POSITIVE_INFINITY
  return Math.max(0, credentialExpiresAt - now) / dayMs
}
