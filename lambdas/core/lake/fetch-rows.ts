import { chunks } from '../chunks.ts'
import { RefusedError } from '../errors.ts'
import type { ObjectReader } from '../ports.ts'
import { readClaim, resolutionsPrefix } from '../publish/claims.ts'
import { type Envelope, type Message, maxBody, readMessage } from '../publish/read-message.ts'

/** Parallel calls of the object store. */
const parallel = 8

/** The members that pointer and claim state. */
const stated = ['logType', 'sourceId', 'receivedAt', 'count', 'bytes'] as const satisfies readonly (keyof Envelope)[]

/** Whether a message comes from a function that may resolve failures: only those can write where it points. */
export const isResolution = ({ content }: Message): boolean =>
  'key' in content && content.key.startsWith(resolutionsPrefix)

/** Splits messages into groups whose rows fit into the memory together, the small ones first. */
export function fittingGroups<T extends { readonly message: Envelope }>(
  messages: readonly T[],
  maxBytes: number,
): Iterable<T[]> {
  const smallFirst = messages.toSorted((a, b) => a.message.bytes - b.message.bytes)
  return chunks(smallFirst, parallel, maxBytes, ({ message }) => message.bytes)
}

/**
 * The compressed rows of a message, fetched if the queue holds only a pointer to them.
 * @throws {RefusedError} when what is kept is not what the message names
 */
export async function packedRows(claims: ObjectReader, message: Message): Promise<string> {
  const { content } = message
  if ('rows' in content) return content.rows
  const claim = readMessage(await readClaim(claims, content.key, maxBody(message.bytes)))
  const differing = stated.find((member) => claim[member] !== message[member])
  if (differing !== undefined || !('rows' in claim.content)) {
    throw new RefusedError('claim_differs', `${content.key} states another ${differing ?? 'place'} than its pointer`)
  }
  return claim.content.rows
}
