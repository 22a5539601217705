import {
  type Alarm,
  type Comparison,
  comparisons,
  type MissingData,
  missingDataTreatments,
  type Series,
} from '../../aws/cloudwatch/alarm.ts'
import { type Metric, type Statistic, statistics } from '../../aws/cloudwatch/metric.ts'
import { parseMath } from '../../aws/cloudwatch/metric-math.ts'
import { isObject } from '../../json.ts'
import type { ResourceValues } from '../intrinsics.ts'
import { Declared } from './declared.ts'
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
  'Metrics',
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
    if (!known.includes(name)) declared.refuse(name, 'alarms compare sums of metrics with a fixed threshold')
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
    ...watchedBy(declared),
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

function watchedBy(declared: Declared): Pick<Alarm, 'series' | 'seriesText' | 'periodSeconds'> {
  if (declared.properties.Metrics !== undefined) return watchedByMath(declared)
  const statistic = oneOf<Statistic>(declared, 'Statistic', statistics)
  const metric = readMetric(declared)
  return {
    series: { kind: 'metric', metric, statistic },
    seriesText: `${statistic} of ${metricText(metric)}`,
    periodSeconds: readPeriod(declared),
  }
}

/** Metrics and expressions over them, of which one is compared with the threshold. */
function watchedByMath(declared: Declared): Pick<Alarm, 'series' | 'seriesText' | 'periodSeconds'> {
  const entries = declared
    .list('Metrics')
    .filter(isObject)
    .map((entry, index) => new Declared(`${declared.id}.Metrics[${index}]`, declared.type, entry))
  const metrics = new Map<string, Series>()
  const periods = new Set<number>()
  for (const entry of entries) {
    entry.refuse('AccountId', 'there is one account')
    if (entry.properties.MetricStat === undefined) continue
    const stat = entry.object('MetricStat')
    stat.refuse('Unit', 'units are not kept')
    const statistic = oneOf<Statistic>(stat, 'Stat', statistics)
    metrics.set(entry.text('Id'), { kind: 'metric', metric: readMetric(stat.object('Metric')), statistic })
    periods.add(readPeriod(stat))
  }
  const [periodSeconds = declared.invalid('Metrics', 'a list with a metric'), ...otherPeriods] = periods
  if (otherPeriods.length > 0) declared.invalid('Metrics', 'a list of metrics with the same period')
  const returned = entries.filter(({ properties }) => properties.ReturnData !== false)
  const [result = declared.invalid('Metrics', 'a list with a result'), ...otherResults] = returned
  if (otherResults.length > 0) declared.invalid('Metrics', 'a list with one result (ReturnData)')
  const byId = new Map(entries.map((entry) => [entry.text('Id'), entry]))
  return {
    series: seriesOf(result, { byId, metrics, open: [] }),
    seriesText: result.optionalText('Label') ?? result.optionalText('Expression') ?? result.text('Id'),
    periodSeconds,
  }
}

interface Entries {
  readonly byId: ReadonlyMap<string, Declared>
  readonly metrics: ReadonlyMap<string, Series>
  /** Ids of expressions that are being read, which an expression may not name. */
  readonly open: readonly string[]
}

function seriesOf(entry: Declared, entries: Entries): Series {
  const id = entry.text('Id')
  const metric = entries.metrics.get(id)
  if (metric !== undefined) return metric
  const expression = entry.text('Expression')
  const open = [...entries.open, id]
  const read = parseMath(expression, {
    metrics: [...entries.metrics.values()],
    byId: (other) => {
      const found = open.includes(other) ? undefined : entries.byId.get(other)
      return found && seriesOf(found, { ...entries, open })
    },
  })
  return (
    read ??
    entry.invalid(
      'Expression',
      `a sum of ids, SUM(METRICS()) or FILL(id, number), and is ${JSON.stringify(expression)}`,
    )
  )
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

function metricText({ namespace, name, dimensions }: Metric): string {
  return [namespace, name, ...Object.values(dimensions)].join(' ')
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
