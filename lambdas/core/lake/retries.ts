import type { Inbox } from '../ports.ts'
import type { QueuedMessage } from './refused-messages.ts'

/** A message that can be deferred. */
export interface TakenMessage extends QueuedMessage {
  readonly receipt: string
  readonly receiveCount: number
}

/**
 * How long a message waits after a failed write, in seconds, by the number of its receives; the last one from there on.
 * A call that failed is repeated while its rows are still within their two minutes. With the eight receives that the
 * queues of records give a message, it becomes a dead letter only after an outage of more than half an hour.
 */
export const retrySeconds = [20, 60, 400] as const

/** Lets messages that failed come again in their time. */
export async function deferFailed(inbox: Inbox, failed: readonly TakenMessage[]): Promise<void> {
  const waits = Map.groupBy(failed, ({ receiveCount }) => retrySeconds[receiveCount - 1] ?? retrySeconds[2])
  await Promise.all(
    [...waits].map(([seconds, messages]) =>
      inbox.defer(
        messages.map(({ receipt }) => receipt),
        seconds,
      ),
    ),
  )
}
