import type { Metric, Statistic } from './metric.ts'

/** Whether a value breaches a threshold. */
export const comparisons = {
  GreaterThanOrEqualToThreshold: (value: number, threshold: number) => value >= threshold,
  LessThanThreshold: (value: number, threshold: number) => value < threshold,
  LessThanOrEqualToThreshold: (value: number, threshold: number) => value <= threshold,
} as const
export type Comparison = keyof typeof comparisons

/** An alarm of the template. One period alone decides. */
export interface Alarm {
  readonly name: string
  readonly description: string
  readonly metric: Metric
  readonly statistic: Statistic
  /** A multiple of 60. */
  readonly periodSeconds: number
  readonly threshold: number
  readonly comparison: Comparison
  readonly ringsWithoutData: boolean
}

export type RingingAlarm = Pick<Alarm, 'name' | 'description'>
