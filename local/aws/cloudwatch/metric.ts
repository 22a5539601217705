/** What CloudWatch knows a metric by. The same name with other dimensions is another metric. */
export interface Metric {
  readonly namespace: string
  readonly name: string
  readonly dimensions: Readonly<Record<string, string>>
}

export interface DataPoint extends Metric {
  readonly value: number
  /** On the run's clock, in milliseconds since 1970. */
  readonly at: number
}

/** How the data points of a period become one value; others are unknown here. */
export const statistics = ['Sum', 'Maximum', 'Minimum', 'SampleCount'] as const
export type Statistic = (typeof statistics)[number]

export const minuteMs = 60_000

/** A text that is equal for equal metrics, in whatever order their dimensions stand. */
export function metricKey({ namespace, name, dimensions }: Metric): string {
  return JSON.stringify([namespace, name, ...Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1))])
}
