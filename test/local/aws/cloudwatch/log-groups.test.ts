import { Metrics } from '@aws-lambda-powertools/metrics'
import { describe, expect, test, vi } from 'vitest'
import { emitCounts } from '../../../../lambdas/core/aws/emit.ts'
import { embeddedPoints } from '../../../../local/aws/cloudwatch/embedded-metrics.ts'
import { parseFilterPattern } from '../../../../local/aws/cloudwatch/filter-pattern.ts'
import { LogGroups } from '../../../../local/aws/cloudwatch/log-groups.ts'
import { type Metric, minuteMs, type Statistic } from '../../../../local/aws/cloudwatch/metric.ts'
import { MetricStore } from '../../../../local/aws/cloudwatch/metric-store.ts'

const start = Date.parse('2026-11-20T12:00:00Z')

describe('metrics in the embedded format', () => {
  test('are counted as the functions write them, by their own time', () => {
    const lines: string[] = []
    vi.stubEnv('POWERTOOLS_DEV', 'true')
    vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false')
    vi.spyOn(console, 'log').mockImplementation((line) => void lines.push(line))
    vi.useFakeTimers({ now: start })
    const metrics = new Metrics({ namespace: 'AuditLake', serviceName: 'writer' })
    emitCounts(metrics, 'hooks', { RowsWritten: 4, Nothing: 0 }, { reason: 'none' }, { Lag: 1.5 })
    vi.useRealTimers()
    vi.restoreAllMocks()
    vi.unstubAllEnvs()
    const store = new MetricStore()
    const metric = { namespace: 'AuditLake', name: 'RowsWritten', dimensions: { service: 'writer', source: 'hooks' } }
    store.keep(metric, minuteMs)
    const groups = new LogGroups(store)
    for (const line of [...lines, 'plain text', '{"CloudWatchMetrics"']) groups.take('any', line, 0)
    expect(store.read(metric, 'Sum', start, start + minuteMs)).toBe(4)
    const dimensions = { service: 'writer', source: 'hooks' }
    expect(lines.flatMap((line) => embeddedPoints(JSON.parse(line)))).toEqual([
      { namespace: 'AuditLake', name: 'RowsWritten', dimensions, value: 4, at: start },
      { namespace: 'AuditLake', name: 'Lag', dimensions, value: 1.5, at: start },
    ])
  })

  test('count once for each value and each set of dimensions that the line has', () => {
    const CloudWatchMetrics = [
      { Namespace: 'N', Dimensions: [['a'], [], ['a', 'missing']], Metrics: [{ Name: 'M' }, { Name: 'None' }] },
    ]
    const line = { _aws: { Timestamp: start, CloudWatchMetrics }, a: 'x', M: [1, 2], None: 'text' }
    const points = embeddedPoints(line).map(({ name, dimensions, value }) => [name, dimensions, value])
    expect(points).toEqual([
      ['M', { a: 'x' }, 1],
      ['M', { a: 'x' }, 2],
      ['M', {}, 1],
      ['M', {}, 2],
    ])
  })

  test.each([
    null,
    [],
    {},
    { _aws: {} },
    { _aws: { Timestamp: 1, CloudWatchMetrics: {} } },
    {
      _aws: {
        Timestamp: 1,
        CloudWatchMetrics: [null, { Namespace: 'N' }, { Namespace: 'N', Metrics: [1], Dimensions: 2 }],
      },
    },
    { _aws: { CloudWatchMetrics: [{ Namespace: 'N', Dimensions: [[]], Metrics: [{ Name: 'M' }] }] }, M: 1 },
  ])('are not found in %j', (line) => {
    expect(embeddedPoints(line)).toEqual([])
  })
})

describe('a metric filter', () => {
  const lost = '{ ($.status = "413") || ($.status = "429") || ($.status = "5*") }'
  const filter = (pattern: string) => parseFilterPattern(pattern) ?? expect.fail(`${pattern} is unknown`)

  test.each([
    ['413', true],
    ['500', true],
    ['503', true],
    ['5', true],
    ['200', false],
    ['4130', false],
    ['1500', false],
    [413, false],
    [undefined, false],
  ])('of lost requests matches status %s: %s', (status, matches) => {
    expect(filter(lost)({ status })).toBe(matches)
  })

  test.each([null, 'x', []])('of lost requests does not match the line %j', (line) => {
    expect(filter(lost)(line)).toBe(false)
  })

  test.each([
    '',
    'ERROR',
    '{ $.status = 500 }',
    '{ $.status != "500" }',
    '{ $.status > 499 }',
    '{ ($.a = "x") && ($.b = "y") }',
    '{ ($.a = "x*y") }',
    '{ ($.a = "*x") }',
    '{ ($.a.b = "x") }',
    '{ $.a[0] = "x" }',
    '{ ($.a = "x" }',
    '[ip, status = 5*]',
  ])('cannot have the pattern %s', (pattern) => {
    expect(parseFilterPattern(pattern)).toBeUndefined()
  })

  test('counts the lines of its own group that match', () => {
    const store = new MetricStore()
    const groups = new LogGroups(store)
    const metric: Metric = { namespace: 'N', name: 'Lost', dimensions: {} }
    store.keep(metric, minuteMs)
    groups.addFilter('access', { matches: filter(lost), metric })
    for (const status of ['200', '429', '503']) groups.take('access', JSON.stringify({ status }), start)
    groups.take('access', 'no JSON', start)
    groups.take('other', '{"status":"500"}', start)
    const read = (one: Statistic) => store.read(metric, one, start, start + minuteMs)
    expect([read('Sum'), read('SampleCount')]).toEqual([2, 2])
  })
})
