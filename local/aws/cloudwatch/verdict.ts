import { type Alarm, type AlarmState, type Comparison, comparisons } from './alarm.ts'

/** The rules of an alarm that decide on values. */
export type Rules = Pick<
  Alarm,
  | 'evaluationPeriods'
  | 'datapointsToAlarm'
  | 'threshold'
  | 'comparison'
  | 'missingData'
  | 'periodSeconds'
  | 'metric'
  | 'statistic'
>

export interface Verdict {
  /** `undefined` keeps the state that the alarm has. */
  readonly state: AlarmState | undefined
  /** The values that decided, oldest first. */
  readonly values: readonly number[]
  /** Made when it is asked for, because most verdicts change nothing. */
  reason(): string
}

/**
 * Periods that CloudWatch reads beyond the evaluation periods, in case that some hold no data. AWS states no number; in
 * the tables of its documentation there are two.
 */
export const sparePeriods = 2

/**
 * The state that values lead to. Real values decide, also from spare periods; what is missing beside too few of them is
 * filled in as the alarm says.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 * @param range one value or none for each evaluation period and spare period, oldest first
 */
export function judge(range: readonly (number | undefined)[], rules: Rules): Verdict {
  const { evaluationPeriods: periods, missingData } = rules
  const values = range.filter((value) => value !== undefined).slice(-periods)
  const breaching = values.filter((value) => breaches(value, rules)).length
  const missing = periods - values.length
  const filled = missing > 0 && missingData === 'breaching' ? missing : 0
  return {
    state: stateOf(range, rules, { values, breaching: breaching + filled }),
    values,
    reason: () => reasonOf(rules, values, { breaching, missing }),
  }
}

function stateOf(
  range: readonly (number | undefined)[],
  rules: Rules,
  { values, breaching }: { readonly values: readonly number[]; readonly breaching: number },
): AlarmState | undefined {
  const { datapointsToAlarm: needed, evaluationPeriods: periods, missingData } = rules
  if (breaching >= needed) return 'ALARM'
  const isFilled = missingData === 'breaching' || missingData === 'notBreaching'
  if (values.length === periods || isFilled || values.some((value) => !breaches(value, rules))) return 'OK'
  if (missingData === 'ignore') return undefined
  // All values breach, but there are too few. The oldest one decides: newer ones could no longer make it harmless.
  const oldest = range.findIndex((value) => value !== undefined)
  return oldest >= 0 && range.length - oldest >= needed ? 'ALARM' : 'INSUFFICIENT_DATA'
}

const tests: Readonly<Record<Comparison, (value: number, threshold: number) => boolean>> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
}

const breaches = (value: number, { comparison, threshold }: Rules): boolean => tests[comparison](value, threshold)

function reasonOf(
  rules: Rules,
  values: readonly number[],
  { breaching, missing }: { readonly breaching: number; readonly missing: number },
): string {
  const { metric, statistic, periodSeconds, evaluationPeriods, datapointsToAlarm, threshold, comparison, missingData } =
    rules
  const rule = `${comparisons[comparison]} ${threshold} in ${datapointsToAlarm} of ${evaluationPeriods} periods of ${periodSeconds} s`
  const gap = missing > 0 ? `${missing} without data (${missingData})` : ''
  const real = values.length > 0 ? `${breaching} of ${values.length} values breach (${values.join(', ')})` : ''
  const series = [metric.namespace, metric.name, ...Object.values(metric.dimensions)].join(' ')
  return `${statistic} of ${series}, alarm if ${rule}: ${[real, gap].filter((text) => text !== '').join(', ')}`
}
