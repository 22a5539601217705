import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics'

/**
 * Writes one metric line for a source, zeros included, so that "no data" differs from "no errors".
 * @param counts metric name -> count
 * @param properties searchable in the log line, without being dimensions of the metric
 * @param seconds metric name -> seconds
 */
export function emitCounts(
  metrics: Metrics,
  source: string | undefined,
  counts: Readonly<Record<string, number>>,
  properties: Readonly<Record<string, string>> = {},
  seconds: Readonly<Record<string, number>> = {},
): void {
  if (source !== undefined) metrics.addDimension('source', source)
  for (const [name, value] of Object.entries(properties)) metrics.addMetadata(name, value)
  for (const [name, count] of Object.entries(counts)) metrics.addMetric(name, MetricUnit.Count, count)
  for (const [name, value] of Object.entries(seconds)) metrics.addMetric(name, MetricUnit.Seconds, value)
  metrics.publishStoredMetrics()
}
