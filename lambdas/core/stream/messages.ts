import { RecordError, TransientError } from '../errors.ts'
import { type CreatedObject, parseNotification } from './notification.ts'
import { type ReaderPorts, type ReadSession, readSession } from './read-session.ts'

/** A message about created objects, as Lambda delivers it. */
export interface ObjectMessage {
  readonly messageId: string
  readonly body: string
}

export interface MessagesOutcome {
  /** Messages that are to be delivered again, and at last become dead letters, with the error. */
  readonly failed: ReadonlyMap<string, unknown>
  readonly totals: ReadSession['totals']
}

/**
 * Reads the objects that a batch of messages names, small ones first, so that a long object does not hold up the
 * others. A message is done once all of its rows are durable, or its object waits in the state with its position.
 *
 * @param bucket name of the source's bucket: a message about another one is refused, regardless of its sender
 * @param deadline when to stop, in milliseconds since 1970
 * @throws {StoreError} when the state cannot be read or saved; all messages are delivered again then
 */
export async function readMessages(
  ports: ReaderPorts,
  bucket: string,
  messages: readonly ObjectMessage[],
  deadline: number,
): Promise<MessagesOutcome> {
  const failed = new Map<string, unknown>()
  const session = readSession(ports, await ports.state.read(), deadline)
  const named = messages.flatMap(({ messageId, body }) => {
    try {
      return objectsIn(body, bucket).map((object) => ({ messageId, object }))
    } catch (error) {
      failed.set(messageId, error)
      return []
    }
  })
  for (const { messageId, object } of named.toSorted((a, b) => a.object.size - b.object.size)) {
    try {
      if (!session.mayGoOn()) throw new TransientError('the time was up before the object was begun')
      await session.read(object)
    } catch (error) {
      failed.set(messageId, error)
    }
  }
  const [error] = failed.values()
  await session.save(error)
  return { failed, totals: session.totals }
}

function objectsIn(body: string, bucket: string): readonly CreatedObject[] {
  const objects = parseNotification(body)
  if (objects.some((object) => object.bucket !== bucket)) {
    throw new RecordError('bad_message', 'the message names another bucket than that of the source')
  }
  return objects
}
