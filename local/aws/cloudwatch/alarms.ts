import type { RunClock } from '../../run-clock.ts'
import type { Alarm, AlarmStanding, AlarmState } from './alarm.ts'
import { minuteMs } from './metric.ts'
import type { MetricStore } from './metric-store.ts'
import type { QueueMetrics } from './queue-metrics.ts'
import { judge, sparePeriods, type Verdict } from './verdict.ts'

/** Minutes that are evaluated at most, when nobody has asked for longer. */
const longestGap = 1_440

interface Watched {
  readonly alarm: Alarm
  standing: Pick<AlarmStanding, 'state' | 'since' | 'values'> & { readonly reason: () => string }
  /** The end of the last evaluated minute. */
  evaluatedTo: number
}

/** The alarms of the template. They are evaluated when somebody asks, as if CloudWatch had done so each minute. */
export class Alarms {
  readonly #watched = new Map<string, Watched>()
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
    if (this.#watched.has(alarm.name)) throw new Error(`there are two alarms called ${alarm.name}`)
    const { metric } = alarm
    this.#store.keep(metric, rangeMs(alarm) + minuteMs * longestGap)
    const { QueueName } = metric.dimensions
    if (metric.namespace === 'AWS/SQS' && QueueName !== undefined) this.#queues.watch(QueueName)
    const since = this.#clock.now()
    const standing = { state: 'INSUFFICIENT_DATA', since, reason: () => 'not evaluated yet', values: [] } as const
    this.#watched.set(alarm.name, { alarm, standing, evaluatedTo: Math.floor(since / minuteMs) * minuteMs })
  }

  /**
   * The state of each alarm now, on the run's clock, by name. Periods end with whole minutes; the minute under way counts as
   * if it ended now, so that nobody has to wait for its end. Minutes since the last call are evaluated first, one after the
   * other, because some alarms keep a state without data.
   * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation-window.html
   */
  evaluate(): readonly AlarmStanding[] {
    this.#queues.sample()
    const now = this.#clock.now()
    const end = Math.ceil((now + 1) / minuteMs) * minuteMs
    for (const watched of this.#watched.values()) {
      const first = Math.max(watched.evaluatedTo + minuteMs, end - longestGap * minuteMs)
      for (let to = first; to < end; to += minuteMs) enter(watched, this.#judge(watched.alarm, to), to)
      enter(watched, this.#judge(watched.alarm, end), now)
      // The minute under way is evaluated again when it is complete.
      watched.evaluatedTo = end - minuteMs
    }
    return [...this.#watched.values()]
      .map(({ alarm: { name, description, threshold, actions }, standing }) => {
        return { name, description, threshold, actions, ...standing, reason: standing.reason() }
      })
      .sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  #judge(alarm: Alarm, end: number): Verdict {
    const periodMs = alarm.periodSeconds * 1_000
    const start = end - rangeMs(alarm)
    const range = Array.from({ length: alarm.evaluationPeriods + sparePeriods }, (_, index) => {
      const from = start + index * periodMs
      return this.#store.read(alarm.metric, alarm.statistic, from, from + periodMs)
    })
    return judge(range, alarm)
  }
}

const rangeMs = ({ periodSeconds, evaluationPeriods }: Alarm): number =>
  periodSeconds * 1_000 * (evaluationPeriods + sparePeriods)

/** A verdict that keeps the state keeps what is known about it too. */
function enter(watched: Watched, { state, values, reason }: Verdict, at: number): void {
  if (state === undefined) return
  const { state: before, since } = watched.standing
  const next: AlarmState = state
  watched.standing = { state: next, since: next === before ? since : at, reason, values }
}
