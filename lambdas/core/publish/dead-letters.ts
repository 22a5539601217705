import { recordIn } from '../json/forms.ts'
import type { ObjectStore } from '../ports.ts'
import { pointerIn } from './message.ts'
import { claimsPrefix } from './publish.ts'

/** A message that the writer could not write, as the dead-letter queue delivers it. */
export interface DeadLetter {
  readonly messageId: string
  readonly body: string
  /** When it was sent, in milliseconds since 1970; unknown for a message without this attribute. */
  readonly sentAt: number | undefined
  /** Number of receives, including those from the dead-letter queue. */
  readonly receiveCount: number | undefined
}

/**
 * Archives a dead letter for good as `dead/dt=<day>/<message id>.json`. If the message only points to its content, the
 * content is copied too, because claims expire.
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

/** The source that a message names, if any. */
export function sourceOf(body: string): string | undefined {
  const sourceId = recordIn(body)?.sourceId
  return typeof sourceId === 'string' ? sourceId : undefined
}

async function claimOf(ops: ObjectStore, body: string): Promise<string | null> {
  const key = pointerKey(body)
  // The pipeline stores claims only below this prefix, and the function may not read elsewhere.
  const object = key?.startsWith(claimsPrefix) ? await ops.get(key) : undefined
  return object ? new TextDecoder().decode(object.body) : null
}

function pointerKey(body: string): string | undefined {
  try {
    return pointerIn(body)?.key
  } catch {
    // Not a message of the pipeline, so it is archived as it is.
    return undefined
  }
}
