import { mustWait } from '../poll/waiting.ts'
import type { StoreReader } from '../ports.ts'
import { decodeRecovery, recoveryKey } from '../webhook/recovery/state.ts'
import { credentialOf, type StreamFacts } from './polled-stream.ts'

/** Reads the stored state of a webhook's recovery. */
export async function readRecovery(ops: StoreReader, sourceId: string, now: number): Promise<StreamFacts> {
  const stored = await ops.get(recoveryKey(sourceId))
  if (!stored) return { state: 'never ran', credential: 'unknown' }
  const state = decodeRecovery(stored.body)
  if (!state) return { state: 'unreadable', credential: 'unknown' }
  const { lastRun, seen, backoff } = state
  return {
    state: 'ok',
    lastRun,
    failures: backoff?.step,
    hasRead: seen !== undefined,
    readUntil: seen?.at,
    waitsUntil: mustWait(backoff, now) ? backoff?.notBefore : undefined,
    credential: credentialOf({ lastResult: lastRun, backoff }),
  }
}
