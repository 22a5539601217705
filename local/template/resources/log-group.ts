import { parseFilterPattern } from '../../aws/cloudwatch/filter-pattern.ts'
import { isObject } from '../../json.ts'
import type { ResourceValues } from '../intrinsics.ts'
import { Declared } from './declared.ts'
import { arn, type Site } from './site.ts'

/** A log group, of which only metrics are kept. */
export function logGroup(declared: Declared, site: Site): ResourceValues {
  const name = declared.physicalName('LogGroupName')
  return { ref: name, attributes: { Arn: arn(site, 'logs', `log-group:${name}:*`) } }
}

/** @param groupArn with or without the wildcard at its end */
export function nameOfLogGroup(groupArn: string): string {
  return groupArn.replace(/^.*:log-group:/, '').replace(/:\*$/, '')
}

/** What counts the lines of a log group that match a pattern. */
export function metricFilter(declared: Declared, site: Site): ResourceValues {
  const pattern = declared.text('FilterPattern')
  const matches =
    parseFilterPattern(pattern) ??
    declared.invalid('FilterPattern', `{ ($.member = "text*") || … }, and is ${JSON.stringify(pattern)}`)
  for (const [index, properties] of declared.list('MetricTransformations').filter(isObject).entries()) {
    const change = new Declared(`${declared.id}.MetricTransformations[${index}]`, declared.type, properties)
    change.refuse('Dimensions', 'a filter counts into one metric')
    change.refuse('DefaultValue', 'a line that does not match counts nothing')
    if (change.number('MetricValue', 0) !== 1) change.invalid('MetricValue', '1')
    site.cloudWatch.logGroups.addFilter(declared.text('LogGroupName'), {
      matches,
      metric: { namespace: change.text('MetricNamespace'), name: change.text('MetricName'), dimensions: {} },
    })
  }
  return { ref: declared.physicalName('FilterName'), attributes: {} }
}
