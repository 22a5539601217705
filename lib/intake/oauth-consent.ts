import { Duration, RemovalPolicy, Size, Validations } from 'aws-cdk-lib'
import { type HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import { Grant } from 'aws-cdk-lib/aws-iam'
import { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import { Construct } from 'constructs'
import { env } from '../../lambdas/functions/oauth/env.ts'
import { asciiJson, asciiLabel } from '../../settings/ascii.ts'
import type { SourceSettings } from '../../settings/settings.ts'
import { oauthVariable, sourceName } from '../../settings/source-names.ts'
import { NodeFunction } from '../node-function.ts'
import type { OpsBucket } from '../ops/ops-bucket.ts'
import { type Credential, sourceOutput } from './source-secret.ts'

/** A source whose credential is given by consent. */
export interface SourceByConsent {
  readonly source: SourceSettings
  /** The secret that takes the token. */
  readonly credential: Credential
  /** The secret with the client secret of the operator's app. */
  readonly clientSecret: Credential
}

export interface OAuthConsentProps {
  readonly api: HttpApi
  /** Base URL, without a slash at its end. */
  readonly publicUrl: string
  /** Keeps the attempts. */
  readonly opsBucket: OpsBucket
  /** At least one. */
  readonly sources: readonly SourceByConsent[]
}

/**
 * Gives sources their credentials by consent: two routes, a function, and the key of its links. The function can be
 * called by strangers, so it reads no token, and what it may write are tokens alone.
 */
export class OAuthConsent extends Construct {
  /** The secret with which links are signed. */
  readonly keySecretArn: string

  constructor(scope: Construct, id: string, { api, publicUrl, opsBucket, sources }: OAuthConsentProps) {
    super(scope, id)
    const key = this.addKey()
    this.keySecretArn = key.secretArn
    const clientSecrets = new Map(sources.map(({ source, clientSecret }) => [source.id, clientSecret.arn]))
    const tokens = new Map(sources.map(({ source, credential }) => [source.id, credential]))
    const variable = oauthVariable(
      sources.map(({ source }) => source),
      (sourceId) => ({
        clientSecretId: clientSecrets.get(sourceId) ?? '',
        secretId: tokens.get(sourceId)?.arn ?? '',
      }),
    )
    const consent = new NodeFunction(this, 'Consent', {
      handler: 'oauth',
      description: 'Takes credentials that people give by consent',
      // API Gateway waits half a minute.
      timeout: Duration.seconds(29),
      memory: Size.mebibytes(512),
      environment: {
        [env.sources]: asciiJson(variable),
        [env.publicUrl]: publicUrl,
        [env.keySecretId]: key.secretArn,
        [env.opsBucket]: opsBucket.bucketName,
      },
    })
    Grant.addToPrincipal({
      grantee: consent,
      actions: ['secretsmanager:GetSecretValue'],
      resourceArns: [key.secretArn, ...clientSecrets.values()],
    })
    for (const credential of tokens.values()) credential.grantReplace(consent)
    opsBucket.grantAttempts(consent)
    this.addRoutes(api, consent)
    for (const { source } of sources) {
      const url = `${publicUrl}/oauth/${source.id}/callback`
      sourceOutput(
        this,
        sourceName(source.id, 'OAuthCallbackUrl'),
        url,
        `Callback URL of the app for ${asciiLabel(source)}`,
      )
    }
  }

  private addKey(): Secret {
    const key = new Secret(this, 'Key', {
      description: 'AuditLake: key that signs the links by which people give credentials',
      generateSecretString: { passwordLength: 48, excludePunctuation: true },
      removalPolicy: RemovalPolicy.DESTROY,
    })
    Validations.of(key).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'It signs links that are valid for ten minutes. An operator can put another value in at any time.',
    })
    return key
  }

  private addRoutes(api: HttpApi, consent: NodeFunction): void {
    const integration = new HttpLambdaIntegration('Integration', consent.function)
    for (const step of ['start', 'callback']) {
      const [route] = api.addRoutes({ path: `/oauth/{sourceId}/${step}`, methods: [HttpMethod.GET], integration })
      if (route === undefined) throw new Error(`no route was made for ${step}`)
      Validations.of(route).acknowledge({
        id: 'AwsSolutions-APIG4',
        reason:
          "A person's browser comes here, from a terminal or from the provider, and has no AWS credentials. The function refuses every request without a text that the operator's key signed, and takes each of them once.",
      })
    }
  }
}
