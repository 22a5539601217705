import type { RunClock } from '../../run-clock.ts'
import type { Queues } from '../sqs/sqs.ts'
import { minuteMs } from './metric.ts'
import type { MetricStore } from './metric-store.ts'

/** Minutes that are filled in at most, when nobody has looked for longer. */
const longestGap = 1_440
/** Received as often without being deleted, a message goes to the back of its queue and no longer counts for the age. */
const poisonReceives = 3

/** The messages of a queue by when they came, on the run's clock, in milliseconds since 1970. */
interface Look {
  /** Those that can be received, oldest first. */
  readonly visible: readonly number[]
  /** The oldest one that counts for the age; infinite without one. */
  readonly oldest: number
}

/**
 * Looks at queues when alarms are evaluated. A message that is there has been there since it was sent, so the minutes
 * since the last look get their values too, as if CloudWatch had looked each minute: a test need not wait.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
 */
export class QueueMetrics {
  readonly #store: MetricStore
  readonly #queues: Pick<Queues, 'messages'>
  readonly #clock: RunClock
  /** The minute of the last look by the queue's name. */
  readonly #looked = new Map<string, number>()

  constructor(store: MetricStore, queues: Pick<Queues, 'messages'>, clock: RunClock) {
    this.#store = store
    this.#queues = queues
    this.#clock = clock
  }

  /** Looks at a queue from now on. */
  watch(queueName: string): void {
    if (!this.#looked.has(queueName)) this.#looked.set(queueName, minuteOf(this.#clock.now()))
  }

  sample(): void {
    const now = this.#clock.now()
    for (const [queueName, last] of this.#looked) {
      const queue = this.#look(queueName)
      const first = Math.max(last + 1, minuteOf(now) - longestGap)
      for (let minute = first; minute < minuteOf(now); minute++) {
        this.#record(queueName, queue, (minute + 1) * minuteMs - 1)
      }
      this.#record(queueName, queue, now)
      this.#looked.set(queueName, minuteOf(now))
    }
  }

  #look(queueName: string): Look {
    const messages = this.#queues.messages(queueName).map((one) => ({ ...one, since: this.#clock.at(one.since) }))
    const aging = messages.filter(({ receives }) => receives < poisonReceives)
    return {
      visible: messages.flatMap(({ isVisible, since }) => (isVisible ? [since] : [])).sort((a, b) => a - b),
      oldest: aging.reduce((least, { since }) => Math.min(least, since), Number.POSITIVE_INFINITY),
    }
  }

  #record(queueName: string, { visible, oldest }: Look, at: number): void {
    const set = (name: string, value: number) =>
      this.#store.set({ namespace: 'AWS/SQS', name, dimensions: { QueueName: queueName }, value, at })
    set('ApproximateNumberOfMessagesVisible', visible.findLastIndex((since) => since <= at) + 1)
    // Reported only while there is a message.
    if (oldest <= at) set('ApproximateAgeOfOldestMessage', Math.floor((at - oldest) / 1000))
  }
}

const minuteOf = (at: number): number => Math.floor(at / minuteMs)
