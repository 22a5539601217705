import { decodeState, type OpenWindow, type StreamState } from '../poll/live/state.ts'
import { publishedUntil } from '../poll/live/window.ts'
import { stateFolder } from '../poll/past/job.ts'
import { mustWait } from '../poll/waiting.ts'
import type { StoreReader } from '../ports.ts'

/** Whether the provider accepted the credential with the last request. `missing`: there is none to send. */
export type Credential = 'accepted' | 'refused' | 'missing' | 'unknown'

/** A part of a feed, and the time reached in it. */
export interface OpenPart {
  readonly from: number
  readonly to: number
  readonly readTo?: number | undefined
}

/** The unread rest of an earlier window; new events are read before it. */
export interface Backlog extends OpenPart {
  /** Its own next attempt; absent when the next run continues it. */
  readonly waitsUntil?: number | undefined
  /** How its last attempt failed; absent when it did not. */
  readonly failure?: { readonly outcome: string; readonly detail?: string | undefined } | undefined
  /** Failed attempts in a row. */
  readonly failures?: number | undefined
}

/** The state of a polled stream. All times are milliseconds since 1970. */
export interface StreamFacts {
  /** `unreadable`: the next run rebuilds the state from the last checkpoint in `collection_runs`. */
  readonly state: 'ok' | 'never ran' | 'unreadable'
  readonly lastRun?: { readonly at: number; readonly outcome: string; readonly detail?: string | undefined } | undefined
  /** Failed attempts in a row, if the last one failed. */
  readonly failures?: number | undefined
  /** Whether it was ever read to its end. */
  readonly hasRead?: boolean
  /** Where the stream began. */
  readonly startAt?: number
  readonly lastEventAt?: number | undefined
  readonly checkpoint?: number
  /** Until when the feed has been read. */
  readonly readUntil?: number | undefined
  /** The earliest part that has not been read to its end: a backlog, else the window with new events. */
  readonly window?: OpenPart | undefined
  /** The earliest first. */
  readonly backlogs?: readonly Backlog[]
  /** When the stream next sends a request; absent when the next run does. */
  readonly waitsUntil?: number | undefined
  readonly credential: Credential
  /** When the credential expires, where the provider tells. */
  readonly credentialExpiresAt?: number | undefined
}

/** Reads the stored state of a stream. */
export async function readStream(
  ops: StoreReader,
  sourceId: string,
  stream: string,
  now: number,
): Promise<StreamFacts> {
  const stored = await ops.get(`${stateFolder(sourceId)}${stream}/state.json`)
  if (!stored) return { state: 'never ran', credential: 'unknown' }
  const state = decodeState(stored.body, now)
  return state ? factsOf(state, now) : { state: 'unreadable', credential: 'unknown' }
}

function factsOf(state: StreamState, now: number): StreamFacts {
  const { startAt, readUntil, window, backoff, lastResult, lastEventAt } = state
  const backlogs = state.backlogs.map((backlog) => backlogOf(backlog, now)).sort((a, b) => a.from - b.from)
  return {
    state: 'ok',
    lastRun: lastResult,
    lastEventAt,
    failures: backoff?.step,
    hasRead: readUntil !== undefined,
    startAt,
    checkpoint: publishedUntil(state),
    readUntil: readUntil ?? startAt,
    window: backlogs[0] ?? (window && partOf(window)),
    backlogs,
    waitsUntil: mustWait(backoff, now) ? backoff?.notBefore : undefined,
    credential: credentialOf(state),
    ...(state.credentialExpiresAt !== undefined && { credentialExpiresAt: state.credentialExpiresAt }),
  }
}

const partOf = ({ walk: { from, to, bound } }: OpenWindow): OpenPart => ({ from, to, readTo: bound })

const backlogOf = (backlog: OpenWindow, now: number): Backlog => ({
  ...partOf(backlog),
  waitsUntil: mustWait(backlog.wait, now) ? backlog.wait?.notBefore : undefined,
  failure: backlog.failure,
  failures: backlog.wait?.step,
})

/** What the last run says of the credential. */
export function credentialOf({ lastResult, backoff }: Pick<StreamState, 'lastResult' | 'backoff'>): Credential {
  switch (lastResult?.outcome) {
    case 'done':
    case 'open':
      return 'accepted'
    case 'credentials':
      // The next attempt waits only after a refusal, because looking for a missing secret costs no request.
      return backoff && backoff.notBefore > lastResult.at ? 'refused' : 'missing'
    default:
      return 'unknown'
  }
}
