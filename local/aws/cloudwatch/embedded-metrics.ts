import { isObject, type Json, type JsonObject } from '../../json.ts'
import type { DataPoint } from './metric.ts'

/**
 * Whether a line of a log, parsed, holds metrics of a namespace in CloudWatch's embedded format.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function embedsMetrics(line: unknown, namespace: string): line is JsonObject {
  return metricSets(line).some(({ Namespace }) => Namespace === namespace)
}

/** The values of a metric in such a line; one that was added more than once is a list. */
export function embeddedValues(value: Json | undefined): number[] {
  return [value].flat().filter((one) => typeof one === 'number')
}

/** The data points in a line of a log, parsed: one for each value and set of dimensions. Other lines hold none. */
export function embeddedPoints(line: unknown): DataPoint[] {
  if (!isObject(line) || !isObject(line._aws)) return []
  const { Timestamp: at } = line._aws
  if (typeof at !== 'number') return []
  return metricSets(line).flatMap(({ Namespace: namespace, Dimensions, Metrics }) => {
    if (typeof namespace !== 'string') return []
    const sets = listIn(Dimensions)
      .map((keys) => dimensionsOf(line, listIn(keys)))
      .filter((dimensions) => dimensions !== undefined)
    return listIn(Metrics).flatMap((metric) => {
      const name = isObject(metric) ? metric.Name : undefined
      if (typeof name !== 'string') return []
      return sets.flatMap((dimensions) =>
        embeddedValues(line[name]).map((value) => ({ namespace, name, dimensions, value, at })),
      )
    })
  })
}

function metricSets(line: unknown): JsonObject[] {
  return isObject(line) && isObject(line._aws) ? listIn(line._aws.CloudWatchMetrics).filter(isObject) : []
}

/** The values of dimensions are members of the line; a set that names a missing one is not counted. */
function dimensionsOf(line: JsonObject, keys: readonly Json[]): Record<string, string> | undefined {
  const entries = keys.map((key) => [String(key), line[String(key)]] as const)
  const texts = entries.flatMap(([key, value]) => (typeof value === 'string' ? [[key, value] as const] : []))
  return texts.length === keys.length ? Object.fromEntries(texts) : undefined
}

const listIn = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : [])
