import { Duration, Stack } from 'aws-cdk-lib'
import { Alarm, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import type { ITopic } from 'aws-cdk-lib/aws-sns'
import type { Construct } from 'constructs'
import { type AlarmId, type AlarmKind, alarmName, alarmPlan, runbookLink } from '../../settings/alarm-plan.ts'

/** What an alarm watches. */
export interface Watched {
  /** What the alarm's name says beside its kind; absent for what there is once. */
  readonly name?: string
  /** Beside the function that measures it. @default none */
  readonly dimensions?: Readonly<Record<string, string>>
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
  const { name, dimensions = {} } = watched
  const plan = alarmPlan[kind]
  const threshold = watched.threshold ?? plan.threshold
  if (threshold === undefined) throw new Error(`the alarm ${kind} has no threshold`)
  const alarm = new Alarm(scope, id, {
    alarmName: `${Stack.of(scope).stackName} ${alarmName(kind, name)}`,
    alarmDescription: `${plan.meaning} What to do: ${runbookLink(kind)}`,
    metric: metricOf(plan, dimensions),
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
  { namespace, metric: { name: metricName, service }, statistic, period }: AlarmKind,
  dimensions: Readonly<Record<string, string>>,
): Metric =>
  new Metric({
    namespace,
    metricName,
    statistic,
    period: Duration.seconds(period),
    dimensionsMap: { ...(service !== undefined && { service }), ...dimensions },
  })
