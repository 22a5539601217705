import { type DataPoint, type Metric, metricKey, minuteMs, type Statistic } from './metric.ts'

/** The data points of one minute, which is all that CloudWatch keeps of them. */
interface Minute {
  readonly sum: number
  readonly count: number
  readonly min: number
  readonly max: number
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

  /** Keeps a metric from now on, at least as long as an alarm looks back. */
  keep(metric: Metric, lookBackMs: number): void {
    const key = metricKey(metric)
    const series = this.#series.get(key) ?? { minutes: new Map(), lookBack: 0 }
    series.lookBack = Math.max(series.lookBack, Math.ceil(lookBackMs / minuteMs))
    this.#series.set(key, series)
  }

  /** Adds a data point to those of its minute. */
  add(point: DataPoint): void {
    const { value, at } = point
    const series = this.#series.get(metricKey(point))
    if (series === undefined || !Number.isFinite(value)) return
    const minute = Math.floor(at / minuteMs)
    const before = series.minutes.get(minute) ?? nothing
    series.minutes.set(minute, together(before, { sum: value, count: 1, min: value, max: value }))
    forget(series, minute)
  }

  /**
   * The value of a metric over a time, whole minutes in milliseconds since 1970, without its end.
   * @returns `undefined` without data
   */
  read(metric: Metric, statistic: Statistic, from: number, to: number): number | undefined {
    const minutes = this.#series.get(metricKey(metric))?.minutes ?? []
    let all = nothing
    for (const [minute, one] of minutes) {
      if (minute >= from / minuteMs && minute < to / minuteMs) all = together(all, one)
    }
    return all.count === 0 ? undefined : values[statistic](all)
  }
}

const nothing: Minute = { sum: 0, count: 0, min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY }

const together = (a: Minute, b: Minute): Minute => ({
  sum: a.sum + b.sum,
  count: a.count + b.count,
  min: Math.min(a.min, b.min),
  max: Math.max(a.max, b.max),
})

const values: Readonly<Record<Statistic, (all: Minute) => number>> = {
  Sum: ({ sum }) => sum,
  Maximum: ({ max }) => max,
  Minimum: ({ min }) => min,
  SampleCount: ({ count }) => count,
}

/** So many minutes more than needed are kept, so that old ones are seldom looked for. */
const slack = 1_440

/** Deletes what no alarm reads any more. A clock that was set back leaves minutes after the latest one. */
function forget({ minutes, lookBack }: Series, latest: number): void {
  if (minutes.size <= lookBack + slack) return
  for (const minute of minutes.keys()) if (Math.abs(minute - latest) > lookBack) minutes.delete(minute)
}
