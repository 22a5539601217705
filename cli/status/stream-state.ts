import { decodeState, type StreamState } from '../../lambdas/core/poll/live/state.ts'
import { publishedUntil } from '../../lambdas/core/poll/live/window.ts'
import { stateFolder } from '../../lambdas/core/poll/past/job.ts'
import { mustWait } from '../../lambdas/core/poll/waiting.ts'
import type { ObjectStore } from '../../lambdas/core/ports.ts'

/** Whether the provider accepted the credential with the last request. `missing`: there is none to send. */
export type Credential = 'accepted' | 'refused' | 'missing' | 'unknown'

/** The state of a polled stream. All times are milliseconds since 1970. */
export interface StreamFacts {
  /** `unreadable`: the next run rebuilds the state from the last checkpoint in `collection_runs`. */
  readonly state: 'ok' | 'never ran' | 'unreadable'
  readonly lastRun?: { readonly at: number; readonly outcome: string; readonly detail?: string } | undefined
  readonly lastEventAt?: number | undefined
  readonly checkpoint?: number
  /** Until when the feed has been read. */
  readonly readUntil?: number
  /** The window that is being read, and the time reached in it. */
  readonly window?: { readonly from: number; readonly to: number; readonly readTo?: number | undefined } | undefined
  /** When the stream next sends a request; absent when the next run does. */
  readonly waitsUntil?: number | undefined
  readonly credential: Credential
}

/** Reads the stored state of a stream. */
export async function readStream(
  ops: ObjectStore,
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
  const { startAt, readUntil, window, backlogs, backoff, lastResult, lastEventAt } = state
  const open = backlogs[0] ?? window
  return {
    state: 'ok',
    lastRun: lastResult,
    lastEventAt,
    checkpoint: publishedUntil(state),
    readUntil: readUntil ?? startAt,
    window: open && { from: open.walk.from, to: open.walk.to, readTo: open.walk.bound },
    waitsUntil: [backoff, ...backlogs.map(({ wait }) => wait)].find((wait) => mustWait(wait, now))?.notBefore,
    credential: credentialOf(state),
  }
}

function credentialOf({ lastResult, backoff }: StreamState): Credential {
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
