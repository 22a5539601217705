import { RemovalPolicy, Stack } from 'aws-cdk-lib'
import { AccessLogField, AccessLogFormat } from 'aws-cdk-lib/aws-apigateway'
import { HttpApi, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import type { Delivery } from '../delivery/index.ts'
import type { SourceSettings } from '../settings-schema.ts'
import { sourceTypes } from '../source-types.ts'
import { WebhookSources } from './webhook-sources.ts'

export interface IntakeProps {
  readonly sources: readonly SourceSettings[]
  /** Takes what the sources bring. */
  readonly delivery: Delivery
}

/**
 * Requests a second that all routes together let through. Far above what audit logs need, and low enough that strangers
 * who found a URL cannot use up the account's functions or run up a bill.
 */
const THROTTLE = { rateLimit: 500, burstLimit: 1_000 }

/** Everything by which events come in: the HTTP API and, behind it, the functions and secrets of the sources. */
export class Intake extends Construct {
  readonly api: HttpApi
  /** One for each source type in use. */
  readonly webhooks: readonly WebhookSources[]

  constructor(scope: Construct, id: string, props: IntakeProps) {
    super(scope, id)
    this.api = this.addApi()
    this.webhooks = [...Map.groupBy(props.sources, ({ type }) => type)].map(([name, sources]) => {
      const type = sourceTypes.get(name)
      if (type === undefined) throw new Error(`no connector declares the source type ${name}`)
      return new WebhookSources(this, name, { api: this.api, delivery: props.delivery, type, sources })
    })
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
    api.addStage('DefaultStage', {
      stageName: '$default',
      autoDeploy: true,
      throttle: THROTTLE,
      accessLogSettings: { destination: new LogGroupLogDestination(accessLogs), format: accessLogFormat },
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
