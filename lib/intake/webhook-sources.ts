import { CfnOutput, Duration, RemovalPolicy, Size, Stack, Validations } from 'aws-cdk-lib'
import { type HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import { Grant } from 'aws-cdk-lib/aws-iam'
import { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import { Construct } from 'constructs'
import { type WebhookSourceType, webhookEnv } from '../../lambdas/connectors/manifest.ts'
import type { Delivery } from '../delivery/index.ts'
import { NodeFunction } from '../node-function.ts'
import type { SourceSettings } from '../settings-schema.ts'

export interface WebhookSourcesProps {
  readonly api: HttpApi
  /** Takes what the function publishes. */
  readonly delivery: Delivery
  readonly type: WebhookSourceType
  /** All sources of the type; at least one. */
  readonly sources: readonly SourceSettings[]
}

/** All webhook sources of one type: one route and one function for all of them, a secret for each. */
export class WebhookSources extends Construct {
  readonly function: NodeFunction

  constructor(scope: Construct, id: string, props: WebhookSourcesProps) {
    super(scope, id)
    const { api, delivery, type } = props
    const sources = props.sources.map((settings) => ({ settings, secret: this.addSecret(settings) }))

    this.function = new NodeFunction(this, 'Receiver', {
      handler: type.handler,
      description: `Receives: ${type.description}`,
      timeout: Duration.seconds(10),
      memory: Size.mebibytes(512),
      environment: {
        [webhookEnv.recordsQueueUrl]: delivery.records.queueUrl,
        [webhookEnv.sources]: Stack.of(this).toJsonString(
          Object.fromEntries(
            sources.map(({ settings, secret }) => [
              settings.id,
              { ...settings.options, label: settings.label, secretId: secret.secretArn },
            ]),
          ),
        ),
      },
    })
    delivery.grantPublish(this.function)
    Grant.addToPrincipal({
      grantee: this.function,
      actions: ['secretsmanager:GetSecretValue'],
      resourceArns: sources.map(({ secret }) => secret.secretArn),
    })

    const [route] = api.addRoutes({
      path: `/${type.path}/{sourceId}`,
      methods: [HttpMethod.POST],
      integration: new HttpLambdaIntegration('Integration', this.function.function),
    })
    if (route === undefined) throw new Error(`no route was made for /${type.path}`)
    Validations.of(route).acknowledge({
      id: 'AwsSolutions-APIG4',
      reason:
        'Providers cannot sign with AWS credentials or tokens of ours. The function itself verifies every request against the secret of its source, over the raw bytes, which an authorizer never sees.',
    })

    for (const { settings, secret } of sources) {
      const name = settings.id.split('-').map(capitalize).join('')
      this.addOutput(
        `${name}WebhookUrl`,
        `${api.apiEndpoint}/${type.path}/${settings.id}`,
        `Give this URL to ${settings.label}`,
      )
      this.addOutput(`${name}SecretArn`, secret.secretArn, `Secret shared with ${settings.label}`)
    }
  }

  private addSecret(settings: SourceSettings): Secret {
    const secret = new Secret(new Construct(this, settings.id), 'Secret', {
      description: `AuditLake: secret that source ${settings.id} shares with its provider`,
      generateSecretString: { passwordLength: 48, excludePunctuation: true },
      removalPolicy: RemovalPolicy.RETAIN,
    })
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason:
        'The provider holds the other copy and offers no way to change it by itself; people rotate both together.',
    })
    return secret
  }

  private addOutput(id: string, value: string, description: string): void {
    new CfnOutput(this, id, { value, description }).overrideLogicalId(id)
  }
}

function capitalize(word: string): string {
  return `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`
}
