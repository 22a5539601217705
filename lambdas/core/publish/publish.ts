import type { MessageQueue } from '../ports.ts'
import { type Batch, encodeMessages } from './message.ts'

/**
 * Resolves when every row of the batches is durable; only then may the provider be answered or a checkpoint move.
 * @throws {TransientError} when the queue did not take all of it
 */
export async function publish(queue: MessageQueue, batches: readonly Batch[]): Promise<void> {
  await queue.send(batches.flatMap(encodeMessages))
}
