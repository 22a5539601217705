import type { RunClock } from '../../run-clock.ts'
import { type Alarm, comparisons, type RingingAlarm } from './alarm.ts'
import { minuteMs } from './metric.ts'
import type { MetricStore } from './metric-store.ts'
import type { QueueMetrics } from './queue-metrics.ts'

/**
 * Periods that CloudWatch reads beyond the one that decides, in case that it holds no data. AWS states no number; in
 * the tables of its documentation there are two.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
const sparePeriods = 2

/** The alarms of the template. They are evaluated on demand. */
export class Alarms {
  readonly #alarms = new Map<string, Alarm>()
  readonly #store: MetricStore
  readonly #queues: QueueMetrics
  readonly #clock: RunClock

  constructor(store: MetricStore, queues: QueueMetrics, clock: RunClock) {
    this.#store = store
    this.#queues = queues
    this.#clock = clock
  }

  /** @throws when there is another alarm of the name */
  add(alarm: Alarm): void {
    if (this.#alarms.has(alarm.name)) throw new Error(`there are two alarms called ${alarm.name}`)
    const { metric, periodSeconds } = alarm
    this.#store.keep(metric, periodSeconds * 1_000 * (1 + sparePeriods))
    const { QueueName } = metric.dimensions
    if (metric.namespace === 'AWS/SQS' && QueueName !== undefined) this.#queues.watch(QueueName)
    this.#alarms.set(alarm.name, alarm)
  }

  /**
   * The alarms that ring now, on the run's clock, by name. Periods end with whole minutes; the minute under way counts
   * as if it ended now, so that a caller need not wait for it.
   * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation-window.html
   */
  ringing(): readonly RingingAlarm[] {
    this.#queues.sample()
    const end = Math.ceil((this.#clock.now() + 1) / minuteMs) * minuteMs
    return [...this.#alarms.values()]
      .filter((alarm) => this.#rings(alarm, end))
      .map(({ name, description }) => ({ name, description }))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  /** The latest period with data decides, also a spare one. */
  #rings({ metric, statistic, periodSeconds, ...rule }: Alarm, end: number): boolean {
    const periodMs = periodSeconds * 1_000
    for (let back = 0; back <= sparePeriods; back++) {
      const to = end - back * periodMs
      const value = this.#store.read(metric, statistic, to - periodMs, to)
      if (value !== undefined) return comparisons[rule.comparison](value, rule.threshold)
    }
    return rule.ringsWithoutData
  }
}
