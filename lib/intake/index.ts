import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib'
import { AccessLogField, AccessLogFormat } from 'aws-cdk-lib/aws-apigateway'
import { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import type { SourceSettings } from '../../settings/settings.ts'
import { sourceTypes } from '../../settings/source-types.ts'
import type { Delivery } from '../delivery/index.ts'
import type { Lake } from '../lake/index.ts'
import type { OpsBucket } from '../ops/ops-bucket.ts'
import type { Ticker } from '../ops/ticker.ts'
import { PolledSource } from './polled-source.ts'
import { WebhookSources } from './webhook-sources.ts'

export interface IntakeProps {
  readonly sources: readonly SourceSettings[]
  /** Hours for which a secret that was replaced still counts; 0 for not at all. */
  readonly previousSecretHours: number
  /** Calls the functions that fetch. */
  readonly ticker: Ticker
  /** Takes what the sources bring. */
  readonly delivery: Delivery
  /** What sweeps compare with the provider. */
  readonly lake: Lake
  /** Takes what the queue does not, and keeps the state of what is fetched. */
  readonly opsBucket: OpsBucket
}

/**
 * Requests a second that each route lets through. Far above what audit logs need, and low enough that strangers who
 * found a URL cannot run up a bill. Set as the default that every route begins with: settings for single routes outlive
 * their route, and every later deployment would fail on them (docs/decisions/0008-one-throttle-for-every-route.md).
 */
const THROTTLE = { rateLimit: 500, burstLimit: 1_000 }

/** Everything by which events come in: the HTTP API with the functions behind it, those that fetch, and all secrets. */
export class Intake extends Construct {
  readonly api: HttpApi
  /** One for each type of source in use that sends to us. */
  readonly webhooks: readonly WebhookSources[]
  /** One for each source that we fetch from. */
  readonly polled: readonly PolledSource[]

  constructor(scope: Construct, id: string, { sources, ...props }: IntakeProps) {
    super(scope, id)
    this.api = this.addApi()
    const byType = [...Map.groupBy(sources, ({ type }) => type)].map(([name, ofType]) => {
      const type = sourceTypes.get(name)
      if (type === undefined) throw new Error(`no connector declares the source type ${name}`)
      return { name, type, ofType }
    })
    this.webhooks = byType.flatMap(({ name, type, ofType }) =>
      type.mode === 'webhook'
        ? [new WebhookSources(this, name, { ...props, api: this.api, typeName: name, type, sources: ofType })]
        : [],
    )
    // A scope of their own, because the id of a source may be the name of a type.
    const polled = new Construct(this, 'Polled')
    this.polled = byType.flatMap(({ type, ofType }) =>
      type.mode === 'poll'
        ? ofType.map((source) => new PolledSource(polled, source.id, { ...props, type, source }))
        : [],
    )
  }

  private addApi(): HttpApi {
    const api = new HttpApi(this, 'Api', {
      apiName: Stack.of(this).stackName,
      description: 'Webhooks of AuditLake',
      createDefaultStage: false,
    })
    const accessLogs = new LogGroup(this, 'AccessLogs', {
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    })
    // The group's own ARN ends in a wildcard, which API Gateway takes off, so that the stack would differ from its template
    // for ever.
    const destinationArn = Stack.of(this).formatArn({
      service: 'logs',
      resource: 'log-group',
      resourceName: accessLogs.logGroupName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    })
    api.addStage('DefaultStage', {
      stageName: '$default',
      autoDeploy: true,
      throttle: THROTTLE,
      accessLogSettings: { destination: { bind: () => ({ destinationArn }) }, format: accessLogFormat },
    })
    return api
  }
}

/** No query string and no header: people put secrets there by mistake. */
const accessLogFormat = AccessLogFormat.custom(
  JSON.stringify({
    requestId: AccessLogField.contextRequestId(),
    time: AccessLogField.contextRequestTimeEpoch(),
    ip: AccessLogField.contextIdentitySourceIp(),
    route: '$context.routeKey',
    status: AccessLogField.contextStatus(),
    responseBytes: AccessLogField.contextResponseLength(),
    latencyMs: AccessLogField.contextResponseLatency(),
    functionStatus: AccessLogField.contextIntegrationStatus(),
  }),
)
