import { type DataPoint, type Metric, metricKey, minuteMs, type Statistic } from './metric.ts'

/** The data points of one minute, which is all that CloudWatch keeps of them. */
interface Minute {
  sum: number
  count: number
  min: number
  max: number
}

interface Series {
  /** By the number of the minute since 1970. */
  readonly minutes: Map<number, Minute>
  /** How far back it is read, in minutes. */
  lookBack: number
}

/** The metrics that alarms read, as sums of minutes in memory. Other metrics are dropped, so that the size is known. */
export class MetricStore {
  readonly #series = new Map<string, Series>()
  /** The same by the objects with which alarms read, because making a key takes longer than the rest of a read. */
  readonly #seriesOf = new WeakMap<Metric, Series>()

  /** Keeps a metric from now on, at least as long as an alarm looks back. */
  keep(metric: Metric, lookBackMs: number): void {
    const key = metricKey(metric)
    const series = this.#series.get(key) ?? { minutes: new Map(), lookBack: 0 }
    series.lookBack = Math.max(series.lookBack, Math.ceil(lookBackMs / minuteMs))
    this.#series.set(key, series)
    this.#seriesOf.set(metric, series)
  }

  /** Adds a data point to those of its minute. */
  add(point: DataPoint): void {
    const { value } = point
    this.#change(point, ({ sum, count, min, max }) => ({
      sum: sum + value,
      count: count + 1,
      min: Math.min(min, value),
      max: Math.max(max, value),
    }))
  }

  /** Makes a data point the only one of its minute: a state that was looked at again, not one more event. */
  set(point: DataPoint): void {
    const { value } = point
    this.#change(point, () => ({ sum: value, count: 1, min: value, max: value }))
  }

  /**
   * The value of a metric over a time, whole minutes in milliseconds since 1970, without its end.
   * @returns `undefined` without data
   */
  read(metric: Metric, statistic: Statistic, from: number, to: number): number | undefined {
    const series = this.#seriesOf.get(metric) ?? this.#series.get(metricKey(metric))
    if (series === undefined || series.minutes.size === 0) return undefined
    const all = sumOf(series.minutes, from / minuteMs, to / minuteMs)
    return all.count === 0 ? undefined : values[statistic](all)
  }

  #change(point: DataPoint, change: (before: Minute) => Minute): void {
    const series = this.#series.get(metricKey(point))
    if (series === undefined || !Number.isFinite(point.value)) return
    const minute = Math.floor(point.at / minuteMs)
    series.minutes.set(minute, change(series.minutes.get(minute) ?? nothing))
    forget(series, minute)
  }
}

const nothing: Minute = { sum: 0, count: 0, min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY }

const values: Readonly<Record<Statistic, (all: Minute) => number>> = {
  Sum: ({ sum }) => sum,
  Maximum: ({ max }) => max,
  Minimum: ({ min }) => min,
  Average: ({ sum, count }) => sum / count,
  SampleCount: ({ count }) => count,
}

/** Walks over what is fewer: the minutes of the time, or those with data. */
function sumOf(minutes: ReadonlyMap<number, Minute>, from: number, to: number): Minute {
  const all = { ...nothing }
  const add = ({ sum, count, min, max }: Minute) => {
    all.sum += sum
    all.count += count
    all.min = Math.min(all.min, min)
    all.max = Math.max(all.max, max)
  }
  if (to - from > minutes.size) {
    for (const [minute, one] of minutes) if (minute >= from && minute < to) add(one)
    return all
  }
  for (let minute = from; minute < to; minute++) {
    const one = minutes.get(minute)
    if (one) add(one)
  }
  return all
}

/** So many minutes more than needed are kept, so that old ones are seldom looked for. */
const slack = 60

/** Deletes what no alarm reads any more. A clock that was set back leaves minutes after the latest one. */
function forget({ minutes, lookBack }: Series, latest: number): void {
  if (minutes.size <= lookBack + slack) return
  for (const minute of minutes.keys()) if (Math.abs(minute - latest) > lookBack) minutes.delete(minute)
}
