import { Duration, Size, Validations } from 'aws-cdk-lib'
import { type HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import { Grant } from 'aws-cdk-lib/aws-iam'
import { Construct } from 'constructs'
import type { WebhookSourceType } from '../../lambdas/connectors/manifest.ts'
import { env, room } from '../../lambdas/functions/webhook/env.ts'
import { asciiJson, asciiLabel } from '../../settings/ascii.ts'
import type { SourceSettings } from '../../settings/settings.ts'
import { sourceName, sourcesVariable } from '../../settings/source-names.ts'
import { NodeFunction } from '../node-function.ts'
import { SourceSecret, sourceOutput } from './source-secret.ts'
import type { Surroundings } from './surroundings.ts'

export interface WebhookSourcesProps extends Pick<Surroundings, 'delivery' | 'opsBucket' | 'secretArns'> {
  readonly api: HttpApi
  /** Base URL, without a slash at its end. */
  readonly publicUrl: string
  /** How long a replaced secret is still accepted, in hours; 0 for not at all. */
  readonly previousSecretHours: number
  /** The type's name in the settings. */
  readonly typeName: string
  readonly type: WebhookSourceType
  /** All sources of the type; at least one. */
  readonly sources: readonly SourceSettings[]
}

/** All webhook sources of one type: a shared route and function, and a secret for each. */
export class WebhookSources extends Construct {
  readonly function: NodeFunction
  /** By source. */
  readonly secretArns: ReadonlyMap<string, string>

  constructor(scope: Construct, id: string, props: WebhookSourcesProps) {
    super(scope, id)
    const { api, publicUrl, delivery, typeName, type, sources } = props
    const secretArns = new Map(sources.map(({ id: sourceId }) => [sourceId, this.addSecret(sourceId, props).arn]))
    this.secretArns = secretArns
    const secretArn = (sourceId: string) => secretArns.get(sourceId) ?? ''

    this.function = new NodeFunction(this, 'Receiver', {
      handler: 'webhook',
      serviceName: typeName,
      description: `Receives: ${type.description}`,
      timeout: Duration.seconds(room.seconds),
      memory: Size.mebibytes(room.memoryMb),
      environment: {
        [env.sourceType]: typeName,
        [env.recordsQueueUrl]: delivery.records.queueUrl,
        [env.opsBucket]: props.opsBucket.bucketName,
        [env.previousSecretHours]: String(props.previousSecretHours),
        [env.sources]: asciiJson(sourcesVariable(sources, secretArn)),
      },
    })
    delivery.grantPublish(this.function, delivery.records)
    props.opsBucket.grantRejections(
      this.function,
      sources.map(({ id: sourceId }) => sourceId),
    )
    Grant.addToPrincipal({
      grantee: this.function,
      actions: ['secretsmanager:GetSecretValue'],
      resourceArns: [...secretArns.values()],
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

    for (const source of sources) {
      const { id: sourceId } = source
      const label = asciiLabel(source)
      const url = `${publicUrl}/${type.path}/${sourceId}`
      sourceOutput(this, sourceName(sourceId, 'WebhookUrl'), url, `Give this URL to ${label}`)
      sourceOutput(this, sourceName(sourceId, 'SecretArn'), secretArn(sourceId), `Secret shared with ${label}`)
    }
  }

  private addSecret(sourceId: string, { secretArns }: WebhookSourcesProps): SourceSecret {
    return new SourceSecret(this, sourceId, {
      sourceId,
      secretArns,
      purpose: 'shares with its provider',
      // Must never change: CloudFormation would regenerate the secret of every source, and all webhooks would fail.
      generate: { passwordLength: 48, excludePunctuation: true },
      whyNotRotated:
        'The provider holds the other copy and offers no way to change it by itself; people rotate both together.',
    })
  }
}
