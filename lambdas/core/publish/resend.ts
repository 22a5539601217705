import type { ObjectStore } from '../ports.ts'
import { type Publisher, unsentPrefix } from './publish.ts'

/** Most objects of one round; the rest waits for the next. */
const roundSize = 1_000

export interface ResendOptions {
  readonly ops: ObjectStore
  /** Queue name -> publisher of that queue. */
  readonly publishers: Readonly<Record<string, Publisher>>
  /** When to stop, in milliseconds since 1970. */
  readonly deadline: number
  readonly now?: () => number
}

export interface ResendOutcome {
  /** Messages that are in the queue now. */
  readonly resent: number
  /** Messages that still wait, counted up to the size of a round. */
  readonly waiting: number
  /** How long the oldest of them has waited, in seconds; 0 when none waits. */
  readonly oldestSeconds: number
}

/**
 * Sends the stored messages that the queue had not accepted. A message is deleted only once the queue has it, so a
 * crash in between sends it twice, with the same row ids.
 */
export async function resendUnsent(options: ResendOptions): Promise<ResendOutcome> {
  const { ops, publishers, now = Date.now } = options
  let resent = 0
  let waiting = 0
  let oldest = Number.POSITIVE_INFINITY
  for (const [queueName, publisher] of Object.entries(publishers)) {
    for (const { key, writtenAt } of await ops.list(unsentPrefix(queueName), roundSize)) {
      if (now() < options.deadline && (await resend(ops, publisher, key))) resent++
      else {
        waiting++
        oldest = Math.min(oldest, writtenAt)
      }
    }
  }
  return { resent, waiting, oldestSeconds: waiting === 0 ? 0 : Math.max(0, Math.round((now() - oldest) / 1_000)) }
}

/** Resends one message. Never throws, so that one failure does not hold up the others. @returns whether it succeeded */
async function resend(ops: ObjectStore, publisher: Publisher, key: string): Promise<boolean> {
  try {
    const object = await ops.get(key)
    // Another round was faster.
    if (!object) return true
    const unsent = await publisher.send([new TextDecoder().decode(object.body)])
    if (unsent.length > 0) return false
    await ops.delete(key)
    return true
  } catch {
    return false
  }
}
