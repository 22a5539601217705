import type { Metric, Statistic } from './metric.ts'

export const comparisons = {
  GreaterThanThreshold: '>',
  GreaterThanOrEqualToThreshold: '>=',
  LessThanThreshold: '<',
  LessThanOrEqualToThreshold: '<=',
} as const
export type Comparison = keyof typeof comparisons

export const missingDataTreatments = ['missing', 'ignore', 'breaching', 'notBreaching'] as const
export type MissingData = (typeof missingDataTreatments)[number]

/** An alarm of the template. */
export interface Alarm {
  readonly name: string
  readonly description: string
  readonly metric: Metric
  readonly statistic: Statistic
  /** A multiple of 60. */
  readonly periodSeconds: number
  /** N of "M out of N". */
  readonly evaluationPeriods: number
  /** M of "M out of N". */
  readonly datapointsToAlarm: number
  readonly threshold: number
  readonly comparison: Comparison
  readonly missingData: MissingData
  /** ARNs of topics that would be told. Nothing is published here. */
  readonly actions: { readonly alarm: readonly string[]; readonly ok: readonly string[] }
}

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA'

/** The state of an alarm. */
export interface AlarmStanding extends Pick<Alarm, 'name' | 'description' | 'threshold' | 'actions'> {
  readonly state: AlarmState
  /** When it took this state, on the run's clock, in milliseconds since 1970. */
  readonly since: number
  /** Value, threshold and periods in words. */
  readonly reason: string
  /** The values that decided, oldest first; filled-in ones are left out. */
  readonly values: readonly number[]
}
