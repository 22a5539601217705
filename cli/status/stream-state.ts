import { decodeState, type StreamState } from '../../lambdas/core/poll/live/state.ts'
import { publishedUntil } from '../../lambdas/core/poll/live/window.ts'
import { stateFolder } from '../../lambdas/core/poll/past/job.ts'
import { mustWait } from '../../lambdas/core/poll/waiting.ts'
import type { ObjectStore } from '../../lambdas/core/ports.ts'

/** Whether a provider took our credential when it was last asked. `missing`: there is none that could be tried. */
export type Credential = 'accepted' | 'refused' | 'missing' | 'unknown'

/** What is known of a polled stream. All times are milliseconds since 1970. */
export interface StreamFacts {
  /** `unreadable`: the next run makes the state anew, from the last checkpoint on record. */
  readonly state: 'ok' | 'never ran' | 'unreadable'
  readonly lastRun?: { readonly at: number; readonly outcome: string; readonly detail?: string } | undefined
  readonly lastEventAt?: number | undefined
  readonly checkpoint?: number
  /** Until when the feed has been read. */
  readonly readUntil?: number
  /** The span that is being read, and the time of the last row that was. */
  readonly window?: { readonly from: number; readonly to: number; readonly readTo?: number | undefined } | undefined
  /** When the provider is asked again; absent when the next run does. */
  readonly waitsUntil?: number | undefined
  readonly credential: Credential
}

/** Reads what a stream keeps between its runs. */
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
  const { startAt, readUntil, window, backlog, backoff, lastResult, lastEventAt } = state
  const open = backlog ?? window
  return {
    state: 'ok',
    lastRun: lastResult,
    lastEventAt,
    checkpoint: publishedUntil(state),
    readUntil: readUntil ?? startAt,
    window: open && { from: open.walk.from, to: open.walk.to, readTo: open.walk.bound },
    waitsUntil: [backoff, backlog?.wait].find((wait) => mustWait(wait, now))?.notBefore,
    credential: credentialOf(state),
  }
}

function credentialOf({ lastResult, backoff }: StreamState): Credential {
  switch (lastResult?.outcome) {
    case 'done':
    case 'open':
      return 'accepted'
    case 'credentials':
      // Only after a refusal does the next attempt wait: looking for a secret that is missing costs no request.
      return backoff && backoff.notBefore > lastResult.at ? 'refused' : 'missing'
    default:
      return 'unknown'
  }
}
