import {
  type Alarm,
  type Comparison,
  comparisons,
  type MissingData,
  missingDataTreatments,
} from '../../aws/cloudwatch/alarm.ts'
import { type Metric, type Statistic, statistics } from '../../aws/cloudwatch/metric.ts'
import { isObject } from '../../json.ts'
import type { ResourceValues } from '../intrinsics.ts'
import type { Declared } from './declared.ts'
import { arn, type Site } from './site.ts'

const known = [
  'ActionsEnabled',
  'AlarmActions',
  'AlarmDescription',
  'AlarmName',
  'ComparisonOperator',
  'DatapointsToAlarm',
  'Dimensions',
  'EvaluationPeriods',
  'InsufficientDataActions',
  'MetricName',
  'Namespace',
  'OKActions',
  'Period',
  'Statistic',
  'Tags',
  'Threshold',
  'TreatMissingData',
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
    if (!known.includes(name)) declared.refuse(name, 'alarms compare a metric with a fixed threshold')
  }
  const evaluationPeriods = declared.number('EvaluationPeriods', 0)
  if (!(evaluationPeriods >= 1)) declared.invalid('EvaluationPeriods', 'a number from 1')
  const datapointsToAlarm = declared.number('DatapointsToAlarm', evaluationPeriods)
  if (!(datapointsToAlarm >= 1 && datapointsToAlarm <= evaluationPeriods)) {
    declared.invalid('DatapointsToAlarm', `a number from 1 to ${evaluationPeriods}`)
  }
  return {
    name: declared.optionalText('AlarmName') ?? declared.id,
    description: declared.optionalText('AlarmDescription') ?? '',
    metric: readMetric(declared),
    statistic: oneOf<Statistic>(declared, 'Statistic', statistics),
    periodSeconds: readPeriod(declared),
    evaluationPeriods,
    datapointsToAlarm,
    threshold: declared.number('Threshold', Number.NaN),
    comparison: oneOf<Comparison>(declared, 'ComparisonOperator', keysOf(comparisons)),
    missingData: missingDataOf(declared),
    actions: {
      alarm: declared.list('AlarmActions').map(String),
      ok: declared.list('OKActions').map(String),
    },
  }
}

function readMetric(declared: Declared): Metric {
  const dimensions = declared.list('Dimensions').filter(isObject)
  return {
    namespace: declared.text('Namespace'),
    name: declared.text('MetricName'),
    dimensions: Object.fromEntries(dimensions.map(({ Name, Value }) => [String(Name), String(Value)])),
  }
}

function readPeriod(declared: Declared): number {
  const seconds = declared.number('Period', 0)
  return seconds > 0 && seconds % 60 === 0 ? seconds : declared.invalid('Period', 'whole minutes, in seconds')
}

function missingDataOf(declared: Declared): MissingData {
  return declared.properties.TreatMissingData === undefined
    ? 'missing'
    : oneOf<MissingData>(declared, 'TreatMissingData', missingDataTreatments)
}

function oneOf<T extends string>(declared: Declared, property: string, values: readonly T[]): T {
  const text = declared.text(property)
  return values.find((value) => value === text) ?? declared.invalid(property, `one of ${values.join(', ')}`)
}

const keysOf = (comparison: typeof comparisons): Comparison[] =>
  Object.keys(comparison).filter((name): name is Comparison => name in comparison)
