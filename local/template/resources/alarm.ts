import { type Alarm, type Comparison, comparisons } from '../../aws/cloudwatch/alarm.ts'
import { type Metric, statistics } from '../../aws/cloudwatch/metric.ts'
import { isObject } from '../../json.ts'
import type { ResourceValues } from '../intrinsics.ts'
import type { Declared } from './declared.ts'
import { arn, type Site } from './site.ts'

const known = [
  'AlarmActions',
  'AlarmDescription',
  'AlarmName',
  'ComparisonOperator',
  'Dimensions',
  'EvaluationPeriods',
  'MetricName',
  'Namespace',
  'OKActions',
  'Period',
  'Statistic',
  'Tags',
  'Threshold',
  'TreatMissingData',
]

/** The metrics of services that are measured here. */
const ofServices = [
  'AWS/ApiGateway 5xx',
  'AWS/Lambda Errors',
  'AWS/Lambda Invocations',
  'AWS/Lambda Throttles',
  'AWS/SQS ApproximateAgeOfOldestMessage',
]

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-alarm.html */
export function alarm(declared: Declared, site: Site): ResourceValues {
  const read = readAlarm(declared)
  site.cloudWatch.alarms.add(read)
  return { ref: read.name, attributes: { Arn: arn(site, 'cloudwatch', `alarm:${read.name}`) } }
}

/** @throws {TemplateError} naming what the local run cannot evaluate. */
export function readAlarm(declared: Declared): Alarm {
  for (const name of Object.keys(declared.properties)) {
    if (!known.includes(name)) declared.refuse(name, 'alarms compare a metric of one period with a fixed threshold')
  }
  if (declared.number('EvaluationPeriods', 0) !== 1) declared.invalid('EvaluationPeriods', '1')
  return {
    name: declared.optionalText('AlarmName') ?? declared.id,
    description: declared.optionalText('AlarmDescription') ?? '',
    metric: readMetric(declared),
    statistic: oneOf(declared, 'Statistic', statistics),
    periodSeconds: readPeriod(declared),
    threshold: declared.number('Threshold', Number.NaN),
    comparison: oneOf(declared, 'ComparisonOperator', Object.keys(comparisons) as Comparison[]),
    ringsWithoutData: oneOf(declared, 'TreatMissingData', ['breaching', 'notBreaching']) === 'breaching',
  }
}

function readMetric(declared: Declared): Metric {
  const namespace = declared.text('Namespace')
  const name = declared.text('MetricName')
  if (namespace.startsWith('AWS/') && !ofServices.includes(`${namespace} ${name}`)) {
    declared.invalid('MetricName', `one that is measured here (${ofServices.join(', ')})`)
  }
  const dimensions = declared.list('Dimensions').filter(isObject)
  return {
    namespace,
    name,
    dimensions: Object.fromEntries(dimensions.map(({ Name, Value }) => [String(Name), String(Value)])),
  }
}

function readPeriod(declared: Declared): number {
  const seconds = declared.number('Period', 0)
  return seconds > 0 && seconds % 60 === 0 ? seconds : declared.invalid('Period', 'whole minutes, in seconds')
}

function oneOf<const T extends string>(declared: Declared, property: string, values: readonly T[]): T {
  const text = declared.text(property)
  return values.find((value) => value === text) ?? declared.invalid(property, `one of ${values.join(', ')}`)
}
