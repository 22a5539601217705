import { type RefusedError, TransientError } from '../errors.ts'
import { inParallel } from '../in-parallel.ts'
import { type ArchivePorts, archiveDeadLetter, hasClaim, namedSource } from '../publish/dead-letters.ts'

/** A message as the queue delivers it. */
export interface QueuedMessage {
  readonly messageId: string
  readonly body: string
  /** Name of the queue, for a dead letter. */
  readonly queue?: string
  /** When it was sent, in milliseconds since 1970. */
  readonly sentAt?: number
  readonly receiveCount?: number
}

/** A message that is a dead letter now. */
export interface Refused {
  readonly messageId: string
  /** The source that it names, if it has the form of one. */
  readonly sourceId: string | undefined
  readonly error: RefusedError
}

/** A message that no retry makes valid. */
export interface RefusedMessage {
  readonly queued: QueuedMessage
  readonly error: RefusedError
}

interface Archiving extends ArchivePorts {
  /** When to stop, in milliseconds since 1970. */
  readonly deadline: number
  readonly now: () => number
  /** Notes that a message could not be archived, so that it comes again. */
  failed(messageId: string, error: unknown): void
}

/** Makes dead letters of messages, those with a long content one after the other. @returns those that are archived */
export async function archiveRefused(messages: readonly RefusedMessage[], options: Archiving): Promise<Refused[]> {
  const short = messages.filter(({ queued }) => !hasClaim(queued.body))
  const long = messages.filter(({ queued }) => hasClaim(queued.body))
  const archived = await inParallel(short, (one) => archiveOne(one, options))
  for (const one of long) archived.push(await archiveOne(one, options))
  return archived.flat()
}

async function archiveOne({ queued, error }: RefusedMessage, options: Archiving): Promise<Refused[]> {
  const { messageId, body } = queued
  const sourceId = namedSource(body)
  try {
    const now = options.now()
    if (now > options.deadline) throw new TransientError('no time left for this message')
    const letter = { ...queued, source: sourceId, reason: error.reason, detail: error.message }
    await archiveDeadLetter(options, letter, now)
    return [{ messageId, sourceId, error }]
  } catch (caught) {
    options.failed(messageId, caught)
    return []
  }
}
