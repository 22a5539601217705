import { isObject, type JsonObject } from '../../json.ts'
import type { FauxqsStore } from './fauxqs.ts'

/**
 * Remembers when and from which queue each dead letter came, which fauxqs does not, and tells it as SQS does. What came
 * before the process began is unknown.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
 */
export class DeadLetterSources {
  /** By the ids of messages. */
  readonly #moves = new Map<string, { readonly queueArn: string; readonly at: number }>()

  /** The store for one receive from a queue, which may move messages to another. */
  watching(store: FauxqsStore, queueArn: string): FauxqsStore {
    const getQueueByArn = (arn: string) => {
      const target = store.getQueueByArn(arn)
      if (!target) return undefined
      return {
        enqueue: (message: { readonly messageId: string }) => {
          this.#moves.set(message.messageId, { queueArn, at: Date.now() })
          target.enqueue(message)
        },
      }
    }
    return Object.create(store, { getQueueByArn: { value: getQueueByArn } })
  }

  /** Adds the source of each dead letter to the answer to a receive, if the other attributes were asked for. */
  addTo(answer: JsonObject): void {
    for (const message of Array.isArray(answer.Messages) ? answer.Messages : []) {
      if (!isObject(message) || !isObject(message.Attributes)) continue
      const source = this.#moves.get(String(message.MessageId))?.queueArn
      if (source !== undefined) message.Attributes = { ...message.Attributes, DeadLetterQueueSourceArn: source }
    }
  }

  /** When a message became a dead letter, in milliseconds since 1970. */
  movedAt(messageId: string): number | undefined {
    return this.#moves.get(messageId)?.at
  }
}
