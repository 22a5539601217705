import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics'

/**
 * Writes one line of measurements of a source, of which zero is one.
 * @param source the dimension; without it the metrics are of the whole stack
 * @param gauges metric name -> value
 */
export function emitGauges(
  metrics: Metrics,
  source: string | undefined,
  gauges: Readonly<Record<string, number>>,
): void {
  if (source !== undefined) metrics.addDimension('source', source)
  for (const [name, value] of Object.entries(gauges)) metrics.addMetric(name, MetricUnit.NoUnit, value)
  metrics.publishStoredMetrics()
}

/**
 * Writes one metric line for a source. Counts of zero are left out, and so is a line that would have no metric: each
 * metric costs as long as it gets data.
 * https://aws.amazon.com/cloudwatch/pricing/
 * @param source the dimension; without it the metric is one of the whole stack
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
  const counted = Object.entries(counts).filter(([, count]) => count !== 0)
  if (counted.length === 0 && Object.keys(seconds).length === 0) return
  if (source !== undefined) metrics.addDimension('source', source)
  for (const [name, value] of Object.entries(properties)) metrics.addMetadata(name, value)
  for (const [name, count] of counted) metrics.addMetric(name, MetricUnit.Count, count)
  for (const [name, value] of Object.entries(seconds)) metrics.addMetric(name, MetricUnit.Seconds, value)
  metrics.publishStoredMetrics()
}
