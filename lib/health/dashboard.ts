import { Duration, Stack } from 'aws-cdk-lib'
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2'
import { Dashboard, GraphWidget, type IWidget, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch'
import type { Queue } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import type { SourceSettings } from '../../settings/settings.ts'
import type { NodeFunction } from '../node-function.ts'

export interface HealthDashboardProps {
  readonly sources: readonly SourceSettings[]
  readonly api: HttpApi
  /** By the names that people know. */
  readonly queues: ReadonlyMap<string, Queue>
  readonly functions: readonly NodeFunction[]
}

const period = Duration.minutes(5)

/** Of CloudWatch's 24 columns. */
const half = 12

/** A page of CloudWatch: what comes in, what is written and how late, what fails, and what costs. */
export class HealthDashboard extends Construct {
  constructor(scope: Construct, id: string, { sources, api, queues, functions }: HealthDashboardProps) {
    super(scope, id)
    const { stackName } = Stack.of(this)
    const ofApi = (metricName: string, statistic = 'Sum') =>
      new Metric({ namespace: 'AWS/ApiGateway', metricName, statistic, period, dimensionsMap: { ApiId: api.apiId } })
    const rows: readonly (readonly IWidget[])[] = [
      [graph('Events received', [ofSources('EventsReceived')]), graph('Rows written', [ofWriter('RowsWritten')])],
      [
        graph(
          'Hours since the last event',
          sources.map((one) => ofJanitor(one, 'HoursSinceLastEvent')),
        ),
        graph('Seconds behind the provider', [ofSources('SecondsBehind', 'Maximum')]),
      ],
      [
        graph(
          'Age of the oldest message',
          [...queues].map(([label, queue]) => ageOf(label, queue)),
        ),
        graph('Latency of webhooks', [ofApi('Latency', 'p50'), ofApi('Latency', 'p99')]),
      ],
      [
        graph('Failures and rejections', [
          ofSources('EventsFailed'),
          ofSources('EventsRejected'),
          ofWriter('FailuresWritten'),
        ]),
        graph(
          'Errors of functions',
          functions.map((one) => ofFunction(one, 'Errors')),
        ),
      ],
      [
        graph('Requests of webhooks', [ofApi('Count'), ofApi('4xx'), ofApi('5xx')]),
        graph(
          'Time of functions, in milliseconds',
          functions.map((one) => ofFunction(one, 'Duration')),
        ),
      ],
    ]
    new Dashboard(this, 'Page', {
      dashboardName: stackName,
      defaultInterval: Duration.days(1),
      widgets: rows.map((row) => [...row]),
    })
  }
}

const graph = (title: string, left: readonly (Metric | MathExpression)[]): GraphWidget =>
  new GraphWidget({ title, left: [...left], width: half, period })

/** A metric of every source, whichever function measured it. */
const ofSources = (metricName: string, statistic = 'Sum'): MathExpression =>
  new MathExpression({
    expression: `SEARCH('{AuditLake,service,source} MetricName="${metricName}"', '${statistic}', 300)`,
    label: metricName,
    usingMetrics: {},
    period,
  })

const ofWriter = (metricName: string): Metric =>
  new Metric({ namespace: 'AuditLake', metricName, statistic: 'Sum', period, dimensionsMap: { service: 'writer' } })

const ofJanitor = ({ id }: SourceSettings, metricName: string): Metric =>
  new Metric({
    namespace: 'AuditLake',
    metricName,
    statistic: 'Maximum',
    period,
    label: id,
    dimensionsMap: { service: 'janitor', source: id },
  })

const ofFunction = (called: NodeFunction, metricName: string): Metric =>
  called.function.metric(metricName, {
    statistic: 'Sum',
    period,
    label: called.node.path.split('/').slice(1).join(' '),
  })

const ageOf = (label: string, queue: Queue): Metric =>
  queue.metricApproximateAgeOfOldestMessage({ statistic: 'Maximum', period, label })
