import type { Inbox } from '../ports.ts'
import type { QueuedMessage } from './refused-messages.ts'

/** A message that can be deferred. */
export interface TakenMessage extends QueuedMessage {
  readonly receipt: string
  readonly receiveCount: number
}

/**
 * How long a message waits after a failed write, in seconds, by the number of its receives; the last one from there on.
 * A call that failed is repeated before anybody waits for the rows, and an outage of half an hour makes no dead letter:
 * the queue of the records gives a message seven receives.
 */
export const retrySeconds = [20, 60, 400] as const

/** Lets messages that failed come again in their time. @returns how many may keep to the queue's own time */
export async function deferFailed(inbox: Inbox, failed: readonly TakenMessage[]): Promise<number> {
  const waits = Map.groupBy(failed, ({ receiveCount }) => retrySeconds[receiveCount - 1] ?? retrySeconds[2])
  const left = await Promise.all(
    [...waits].map(([seconds, messages]) =>
      inbox.defer(
        messages.map(({ receipt }) => receipt),
        seconds,
      ),
    ),
  )
  return left.reduce((sum, count) => sum + count, 0)
}
