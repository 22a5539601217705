import { ArnFormat, Fn, RemovalPolicy, Stack } from 'aws-cdk-lib'
import { AccessLogField, AccessLogFormat } from 'aws-cdk-lib/aws-apigateway'
import { HttpApi, type IHttpStage } from 'aws-cdk-lib/aws-apigatewayv2'
import { FilterPattern, LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import type { Queue } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import type { CustomDomain, SourceSettings, Throttle } from '../../settings/settings.ts'
import { recoveryOf, sourceName } from '../../settings/source-names.ts'
import { sourceTypes } from '../../settings/source-types.ts'
import { beforeSecretName } from '../../settings/stack-facts.ts'
import type { NodeFunction } from '../node-function.ts'
import { ApiDomain } from './custom-domain.ts'
import { IdentityProviders } from './identity-providers.ts'
import { ListedStream } from './listed-stream.ts'
import { OAuthConsent, type SourceByConsent } from './oauth-consent.ts'
import { PolledSource } from './polled-source.ts'
import { StreamSource } from './stream-source.ts'
import type { Surroundings } from './surroundings.ts'
import { WebhookRecovery } from './webhook-recovery.ts'
import { WebhookSources } from './webhook-sources.ts'

export interface IntakeProps extends Surroundings {
  readonly sources: readonly SourceSettings[]
  /** How long a replaced secret is still accepted, in hours; 0 for not at all. */
  readonly previousSecretHours: number
  readonly throttle: Throttle
  readonly customDomain: CustomDomain | undefined
}

/**
 * Everything that receives events: the HTTP API with its functions, the functions that fetch or read, and all secrets.
 */
export class Intake extends Construct {
  /** Base URL of webhooks and consents, without a slash at its end. */
  readonly publicUrl: string
  readonly api: HttpApi
  /** The functions that receive webhooks. */
  readonly receivers: NodeFunction[] = []
  /** ARNs by `sourceName`. */
  private readonly secrets = new Map<string, string>()
  /** The queues of messages about objects, by the ids of their sources. */
  readonly streamQueues = new Map<string, Queue>()
  /** The secret that signs start links; `undefined` when no credential is given by consent. */
  readonly oauthKeySecretArn: string | undefined

  constructor(scope: Construct, id: string, { sources, throttle, customDomain, ...props }: IntakeProps) {
    super(scope, id)
    const { api, stage } = this.addApi(throttle)
    const domain = customDomain && new ApiDomain(this, 'Domain', { api, stage, domain: customDomain })
    const publicUrl = domain?.url ?? api.apiEndpoint
    this.publicUrl = publicUrl
    this.api = api
    // In their own scope, because the id of a source may equal the name of a type.
    const polled = new Construct(this, 'Polled')
    const streams = new Construct(this, 'Streams')
    const identityProviders = new IdentityProviders(this, 'IdentityProviders')
    const recovered = new Construct(this, 'Recovered')
    const byConsent: SourceByConsent[] = []
    for (const [typeName, ofType] of Map.groupBy(sources, ({ type }) => type)) {
      const type = sourceTypes.get(typeName)
      if (type?.mode === 'webhook') {
        const webhooks = new WebhookSources(this, typeName, {
          ...props,
          api,
          publicUrl,
          typeName,
          type,
          sources: ofType,
        })
        this.receivers.push(webhooks.function)
        for (const [sourceId, arn] of webhooks.secretArns) this.secrets.set(sourceName(sourceId, 'Secret'), arn)
        const { recovery: facts } = type
        for (const source of ofType) {
          const recovery = recoveryOf(source)
          if (facts && recovery) new WebhookRecovery(recovered, source.id, { ...props, facts, source, recovery })
        }
      }
      if (type?.mode === 'poll') {
        for (const source of ofType) {
          const { credential, clientSecret } = new PolledSource(polled, source.id, { ...props, type, source })
          if (!clientSecret) continue
          byConsent.push({ source, credential, clientSecret })
          this.secrets.set(sourceName(source.id, 'ClientSecret'), clientSecret.arn)
        }
      }
      if (type?.mode === 'stream' && type.store === 's3') {
        for (const source of ofType) {
          const { queue } = new StreamSource(streams, source.id, { ...props, identityProviders, type, source })
          this.streamQueues.set(source.id, queue)
        }
      }
      if (type?.mode === 'stream' && type.store === 'gcs') {
        for (const source of ofType) new ListedStream(streams, source.id, { ...props, type, source })
      }
    }
    if (byConsent.length === 0) return
    const consent = new OAuthConsent(this, 'OAuth', { ...props, api, publicUrl, sources: byConsent })
    this.oauthKeySecretArn = consent.keySecretArn
  }

  /** The end of the ARN of a webhook's secret, or of the client secret of a source. */
  secretName(sourceId: string, what: 'Secret' | 'ClientSecret'): string {
    return Fn.select(1, Fn.split(beforeSecretName, this.secrets.get(sourceName(sourceId, what)) ?? ''))
  }

  private addApi({ requestsPerSecond, burst }: Throttle): { readonly api: HttpApi; readonly stage: IHttpStage } {
    const stack = Stack.of(this)
    const api = new HttpApi(this, 'Api', {
      apiName: stack.stackName,
      description: 'Webhooks of AuditLake',
      createDefaultStage: false,
    })
    // Groups of other names fill a policy of the account, whose length is limited, and the stage then cannot be made.
    // The stack's own id leaves aside a group that API Gateway made again by a late entry after its deletion.
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html
    const ownId = Fn.select(2, Fn.split('/', stack.stackId))
    const accessLogs = new LogGroup(this, 'AccessLogs', {
      logGroupName: `/aws/vendedlogs/${stack.stackName}/${ownId}`,
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    })
    accessLogs.addMetricFilter('RequestsLost', {
      metricNamespace: 'AuditLake',
      metricName: 'RequestsLost',
      metricValue: '1',
      filterPattern: FilterPattern.any(
        ...lostStatuses.map((status) => FilterPattern.stringValue('$.status', '=', status)),
      ),
    })
    // The group's own ARN ends in a wildcard, which API Gateway removes, so that the stack would always show drift.
    const destinationArn = stack.formatArn({
      service: 'logs',
      resource: 'log-group',
      resourceName: accessLogs.logGroupName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    })
    const stage = api.addStage('DefaultStage', {
      stageName: '$default',
      autoDeploy: true,
      // As the default of all routes, because settings for single routes outlive their route and make every later
      // deployment fail (docs/decisions/0008-one-throttle-for-every-route.md).
      throttle: { rateLimit: requestsPerSecond, burstLimit: burst },
      accessLogSettings: { destination: { bind: () => ({ destinationArn }) }, format: accessLogFormat },
    })
    return { api, stage }
  }
}

/** Answers after which a provider that does not send again has lost an event for us: too large, too many, failed. */
const lostStatuses = ['413', '429', '5*']

/** Without query string and headers, where people put secrets by mistake. */
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
