import type { ObjectStore } from '../ports.ts'
import { pointerIn } from './message.ts'
import { claimsPrefix } from './publish.ts'

/** A message that the writer could not write, as the dead-letter queue delivers it. */
export interface DeadLetter {
  readonly messageId: string
  readonly body: string
  /** When it was sent, in milliseconds since 1970; unknown for a message without this attribute. */
  readonly sentAt: number | undefined
  /** How often it was received, from the dead-letter queue as well. */
  readonly receiveCount: number | undefined
}

/**
 * Keeps a dead letter for good: `dead/dt=<day>/<message id>.json` with the message and, when it only points to its
 * content, the content too, because that is kept for a limited time.
 */
export async function archiveDeadLetter(ops: ObjectStore, letter: DeadLetter, now: number): Promise<void> {
  const archivedAt = new Date(now).toISOString()
  const archived = {
    messageId: letter.messageId,
    archivedAt,
    sentAt: letter.sentAt === undefined ? null : new Date(letter.sentAt).toISOString(),
    receiveCount: letter.receiveCount ?? null,
    body: letter.body,
    claim: await claimOf(ops, letter.body),
  }
  await ops.put(`dead/dt=${archivedAt.slice(0, 10)}/${letter.messageId}.json`, Buffer.from(JSON.stringify(archived)))
}

/** Source of a message, as far as it says one. */
export function sourceOf(body: string): string | undefined {
  try {
    const { sourceId } = JSON.parse(body)
    return typeof sourceId === 'string' ? sourceId : undefined
  } catch {
    return undefined
  }
}

async function claimOf(ops: ObjectStore, body: string): Promise<string | null> {
  const key = pointerKey(body)
  // Anything else is no message of ours, and no place where this function may look.
  const object = key?.startsWith(claimsPrefix) ? await ops.get(key) : undefined
  return object ? new TextDecoder().decode(object.body) : null
}

function pointerKey(body: string): string | undefined {
  try {
    return pointerIn(body)?.key
  } catch {
    // Not one of our messages: kept as it is.
    return undefined
  }
}
