import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { JsonObject } from '../../../local/json.ts'
import type { LocalRun } from '../../../local/run.ts'
import { readAlarm } from '../../../local/template/resources/alarm.ts'
import { Declared } from '../../../local/template/resources/declared.ts'
import { alarmResource, runServices } from '../../support/alarm-template.ts'

const hourMs = 3_600_000
/** After it no alarm looks back to what was before. */
const longMs = 10 * hourMs

const ringing = (run: LocalRun) => run.alarms.ringing().map(({ name }) => name)

const post = async ({ apiUrls: [url = ''] }: LocalRun, path: string, body?: object) =>
  (await fetch(url + path, { method: 'POST', ...(body && { body: JSON.stringify(body) }) })).status

const ofFunction = { FunctionName: { Ref: 'Function' } }

describe('in a run', () => {
  test('alarms of functions ring for their errors and throttles, and go quiet later', async () => {
    const of = (name: string) => alarmResource('AWS/Lambda', name, ofFunction, { AlarmName: name })
    const run = await runServices({
      Errors: of('Errors'),
      Throttles: of('Throttles'),
      Invocations: of('Invocations'),
    })
    const pool = run.functionNamed('behaviours')
    expect(ringing(run)).toEqual([])
    expect(await post(run, '/nothing')).toBe(200)
    expect(ringing(run)).toEqual(['Invocations'])
    expect(await post(run, '/throw')).toBe(500)
    expect(ringing(run)).toEqual(['Errors', 'Invocations'])
    pool.isThrottled = true
    expect(await post(run, '/nothing')).toBe(503)
    expect(ringing(run)).toEqual(['Errors', 'Invocations', 'Throttles'])
    run.shiftClock(longMs)
    expect(ringing(run)).toEqual([])
    pool.isThrottled = false
    expect(await post(run, '/exit')).toBe(500)
    expect(ringing(run)).toEqual(['Errors', 'Invocations'])
  })

  test('alarms of the API and of its access log ring for the answers of both', async () => {
    const lost = '{ ($.status = "413") || ($.status = "429") || ($.status = "5*") }'
    const ofApi = { ApiId: { Ref: 'Api' } }
    const run = await runServices({
      Count: alarmResource('AWS/ApiGateway', '5xx', ofApi, { Statistic: 'SampleCount', Threshold: 4 }),
      Failed: alarmResource('AWS/ApiGateway', '5xx', ofApi),
      Lost: alarmResource('AuditLake', 'RequestsLost'),
      Filter: {
        Type: 'AWS::Logs::MetricFilter',
        Properties: {
          LogGroupName: { Ref: 'AccessLogs' },
          FilterPattern: lost,
          MetricTransformations: [{ MetricNamespace: 'AuditLake', MetricName: 'RequestsLost', MetricValue: '1' }],
        },
      },
    })
    expect(await post(run, '/nothing')).toBe(200)
    expect(ringing(run)).toEqual([])
    expect(await post(run, '/none/such')).toBe(404)
    expect(ringing(run)).toEqual([])
    expect(await post(run, '/answer', { statusCode: 502 })).toBe(502)
    expect(ringing(run)).toEqual(['Failed', 'Lost'])
    await post(run, '/nothing')
    expect(ringing(run)).toEqual(['Count', 'Failed', 'Lost'])
  })

  test('alarms of what functions write ring by the clock of the function', async () => {
    const dimensions = { service: 'writer', source: 'hooks' }
    const run = await runServices({
      Stuck: alarmResource('AuditLake', 'Stuck', dimensions, {
        AlarmDescription: 'A source is stuck. Look at it.',
        AlarmActions: [{ Ref: 'Topic' }],
        OKActions: [{ 'Fn::GetAtt': ['Topic', 'TopicArn'] }],
        Statistic: 'Maximum',
        Threshold: 11,
      }),
      Written: alarmResource('AuditLake', 'Stuck', dimensions, {
        Threshold: 10,
        ComparisonOperator: 'LessThanOrEqualToThreshold',
      }),
    })
    const print = (value: number, Timestamp: number) => {
      const CloudWatchMetrics = [
        { Namespace: 'AuditLake', Dimensions: [['service', 'source']], Metrics: [{ Name: 'Stuck', Unit: 'Count' }] },
      ]
      const line = JSON.stringify({ _aws: { Timestamp, CloudWatchMetrics }, ...dimensions, Stuck: value })
      return run.functionNamed('behaviours').invoke({ do: 'print', lines: [line] })
    }
    await print(11, Date.now() + longMs)
    await print(10, Date.now())
    // A line may reach the host after the answer.
    await expect.poll(() => ringing(run)).toEqual(['Written'])
    run.shiftClock(longMs)
    expect(run.alarms.ringing()).toEqual([{ name: 'Stuck', description: 'A source is stuck. Look at it.' }])
  })

  test('alarms of queues ring for what waits, and for how long a dead letter has been one', async () => {
    const age = (queue: string) =>
      alarmResource(
        'AWS/SQS',
        'ApproximateAgeOfOldestMessage',
        { QueueName: { 'Fn::GetAtt': [queue, 'QueueName'] } },
        {
          AlarmName: `${queue}-age`,
          Period: 900,
          Statistic: 'Maximum',
          Threshold: 1_800,
        },
      )
    const run = await runServices({
      WorkAge: age('Work'),
      DeadAge: age('Dead'),
    })
    const { gateway, ready } = run
    const sqs = new SQSClient({ endpoint: gateway.url, region: ready.region, credentials: ready.credentials })
    onTestFinished(() => sqs.destroy())
    const QueueUrl = gateway.queues.queueUrl('work')
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }))
    expect(ringing(run)).toEqual([])
    run.shiftClock(hourMs)
    expect(ringing(run)).toEqual(['Work-age'])
    for (const _ of [1, 2]) await sqs.send(new ReceiveMessageCommand({ QueueUrl }))
    expect(gateway.queues.counts('dead').ready).toBe(1)
    expect(ringing(run)).toEqual(['Work-age'])
    run.shiftClock(2 * hourMs)
    expect(ringing(run)).toEqual(['Dead-age'])
  })

  test('a filter with another pattern ends the start', async () => {
    const Properties = { LogGroupName: { Ref: 'Logs' }, FilterPattern: 'ERROR', MetricTransformations: [] }
    const Filter = { Type: 'AWS::Logs::MetricFilter', Properties }
    await expect(runServices({ Filter })).rejects.toThrow('Filter (AWS::Logs::MetricFilter): FilterPattern should be')
  })
})

describe('an alarm of the template', () => {
  const properties = (more: JsonObject = {}): JsonObject => {
    const { Properties } = alarmResource('N', 'M', { a: 'b' }, more)
    return Object(Properties)
  }

  test('needs no name, and may have numbers as texts', () => {
    const texts = properties({ EvaluationPeriods: '1', Threshold: '2.5' })
    expect(readAlarm(new Declared('Alarm', 'AWS::CloudWatch::Alarm', texts))).toEqual({
      name: 'Alarm',
      description: '',
      metric: { namespace: 'N', name: 'M', dimensions: { a: 'b' } },
      statistic: 'Sum',
      periodSeconds: 3_600,
      threshold: 2.5,
      comparison: 'GreaterThanOrEqualToThreshold',
      ringsWithoutData: false,
    })
  })

  test.each<[string, JsonObject, string]>([
    ['a percentile', { ExtendedStatistic: 'p99' }, 'does not support ExtendedStatistic'],
    ['anomaly detection', { ThresholdMetricId: 'band' }, 'does not support ThresholdMetricId'],
    ['a unit', { Unit: 'Count' }, 'does not support Unit'],
    ['a window', { EvaluationWindow: {} }, 'does not support EvaluationWindow'],
    ['seconds', { Period: 10 }, 'Period should be whole minutes'],
    ['several periods', { EvaluationPeriods: 3 }, 'EvaluationPeriods should be 1'],
    ['M of N', { DatapointsToAlarm: 2 }, 'does not support DatapointsToAlarm'],
    ['another comparison', { ComparisonOperator: 'GreaterThanThreshold' }, 'ComparisonOperator should be one of'],
    ['another treatment', { TreatMissingData: 'ignore' }, 'TreatMissingData should be one of breaching, notBreaching'],
    ['another metric of a service', { Namespace: 'AWS/SQS' }, 'MetricName should be one that is measured here'],
    ['metric math', { Metrics: [] }, 'does not support Metrics'],
  ])('cannot have %s', (_, more, message) => {
    expect(() => readAlarm(new Declared('Alarm', 'AWS::CloudWatch::Alarm', properties(more)))).toThrow(message)
  })
})
