import { recordIn } from '../json/forms.ts'
import type { ObjectStore } from '../ports.ts'
import { pointerIn } from './message.ts'
import { claimsPrefix } from './publish.ts'

/** A message that could not be worked on, as a dead-letter queue delivers it. */
export interface DeadLetter {
  readonly messageId: string
  readonly body: string
  /** The source that it belongs to; absent when neither its queue nor its text says so. */
  readonly source: string | undefined
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
    source: letter.source ?? null,
    sentAt: letter.sentAt === undefined ? null : new Date(letter.sentAt).toISOString(),
    receiveCount: letter.receiveCount ?? null,
    body: letter.body,
    claim: await claimOf(ops, letter.body),
  }
  await ops.put(`dead/dt=${archivedAt.slice(0, 10)}/${letter.messageId}.json`, Buffer.from(JSON.stringify(archived)))
}

/**
 * Reads which sources have a dead-letter queue of their own: their messages are those of another service and name no
 * source.
 * @param text JSON: the names of the queues by the ids of their sources; nothing for none
 * @returns the ids by the names of the queues
 */
export function parseOwnQueues(text = ''): ReadonlyMap<string, string> {
  const queues = Object.entries(recordIn(text) ?? {})
  return new Map(queues.flatMap(([source, queue]) => (typeof queue === 'string' ? [[queue, source]] : [])))
}

/**
 * The source that a dead letter belongs to: that of its queue, else the one that the message names.
 * @param queueArn ARN of the dead-letter queue, whose last part is its name
 */
export const sourceOf = (body: string, queueArn: string, ownQueues: ReadonlyMap<string, string>): string | undefined =>
  ownQueues.get(queueArn.slice(queueArn.lastIndexOf(':') + 1)) ?? namedSource(body)

/** The source that an archived dead letter belongs to. Older ones have it in their message alone. */
export function sourceOfArchived(letter: Uint8Array): string | undefined {
  const { source, body } = recordIn(letter) ?? {}
  if (typeof source === 'string') return source
  return typeof body === 'string' ? namedSource(body) : undefined
}

function namedSource(body: string): string | undefined {
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
