import type { RunClock } from '../../run-clock.ts'
import type { Queues } from '../sqs/sqs.ts'
import type { MetricStore } from './metric-store.ts'

/**
 * Received as often without being deleted, a message goes to the back of its queue and no longer counts for the age.
 */
const poisonReceives = 3

/**
 * Measures the age of the oldest message of queues when alarms are evaluated. A message only grows older while it
 * waits, so the minutes since the last look need no values of their own.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
 */
export class QueueMetrics {
  readonly #store: MetricStore
  readonly #queues: Pick<Queues, 'messages'>
  readonly #clock: RunClock
  readonly #watched = new Set<string>()

  constructor(store: MetricStore, queues: Pick<Queues, 'messages'>, clock: RunClock) {
    this.#store = store
    this.#queues = queues
    this.#clock = clock
  }

  /** Looks at a queue from now on. */
  watch(queueName: string): void {
    this.#watched.add(queueName)
  }

  sample(): void {
    const at = this.#clock.now()
    for (const QueueName of this.#watched) {
      const oldest = this.#queues
        .messages(QueueName)
        .filter(({ receives }) => receives < poisonReceives)
        .reduce((least, { since }) => Math.min(least, this.#clock.at(since)), Number.POSITIVE_INFINITY)
      // Reported only while there is a message.
      if (oldest > at) continue
      const value = Math.floor((at - oldest) / 1000)
      const metric = { namespace: 'AWS/SQS', name: 'ApproximateAgeOfOldestMessage', dimensions: { QueueName } }
      this.#store.add({ ...metric, value, at })
    }
  }
}
