import { Duration, Stack } from 'aws-cdk-lib'
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import type { ITopic } from 'aws-cdk-lib/aws-sns'
import type { Construct } from 'constructs'
import {
  type AlarmId,
  type AlarmKind,
  alarmName,
  alarmPlan,
  runbookLink,
  type WatchedMetric,
} from '../../settings/alarm-plan.ts'

/** What an alarm watches: the values of one dimension each. */
export interface Watched {
  /** What the alarm's name says beside its kind; absent for what there is once. */
  readonly name?: string
  /** The metric of each is added up; one without further dimensions by default. */
  readonly dimensions?: readonly Readonly<Record<string, string>>[]
  /** From when on it rings, where the settings say so. */
  readonly threshold?: number
}

const operators = {
  'at least': ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
  'at most': ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD,
  below: ComparisonOperator.LESS_THAN_THRESHOLD,
} as const

/** Makes an alarm of the plan that tells a topic when it begins and ends. */
export function addAlarm(scope: Construct, id: string, kind: AlarmId, topic: ITopic, watched: Watched = {}): Alarm {
  const { name, dimensions = [{}] } = watched
  const plan: AlarmKind = alarmPlan[kind]
  const threshold = watched.threshold ?? plan.threshold
  if (threshold === undefined) throw new Error(`the alarm ${kind} has no threshold`)
  const alarm = new Alarm(scope, id, {
    alarmName: `${Stack.of(scope).stackName} ${alarmName(kind, name)}`,
    alarmDescription: `${plan.meaning} What to do: ${runbookLink(kind)}`,
    metric: sumOf(dimensions.flatMap((one) => plan.metrics.map((metric) => metricOf(plan, metric, one)))),
    threshold,
    comparisonOperator: operators[plan.compare],
    evaluationPeriods: 1,
    treatMissingData: plan.ringsWithoutData ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
  })
  const action = new SnsAction(topic)
  alarm.addAlarmAction(action)
  alarm.addOkAction(action)
  return alarm
}

const metricOf = (
  { namespace, statistic, period }: AlarmKind,
  { name: metricName, service }: WatchedMetric,
  dimensions: Readonly<Record<string, string>>,
): Metric =>
  new Metric({
    namespace,
    metricName,
    statistic,
    period: Duration.seconds(period),
    dimensionsMap: { ...(service !== undefined && { service }), ...dimensions },
  })

function sumOf(metrics: readonly Metric[]): IMetric {
  const [only, another] = metrics
  if (only !== undefined && another === undefined) return only
  const named = metrics.map((metric, index) => [`m${index}`, metric] as const)
  return new MathExpression({
    // A metric without data would otherwise leave the sum without a value.
    expression: named.map(([id]) => `FILL(${id}, 0)`).join(' + '),
    label: 'Sum',
    period: metrics[0]?.period ?? Duration.minutes(15),
    usingMetrics: Object.fromEntries(named),
  })
}
