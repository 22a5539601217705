import { Duration, Size } from 'aws-cdk-lib'
import { Construct } from 'constructs'
import { apiUrlOption, type RecoveryFacts } from '../../lambdas/connectors/manifest.ts'
import { asciiLabel } from '../../settings/ascii.ts'
import { credentialText } from '../../settings/credential-text.ts'
import type { OptionValues, SourceSettings } from '../../settings/settings.ts'
import { NodeFunction } from '../node-function.ts'
import { pollerEnvironment } from './poller-environment.ts'
import { Credential } from './source-secret.ts'
import type { Surroundings } from './surroundings.ts'

export interface WebhookRecoveryProps extends Surroundings {
  readonly facts: RecoveryFacts
  readonly source: SourceSettings
  readonly recovery: { readonly apiUrl: string | undefined; readonly options: OptionValues }
}

/**
 * Recovers the failed deliveries of one webhook source, with a function, role and secret of its own: the receiver,
 * which strangers can call, never holds a token that may change webhooks.
 */
export class WebhookRecovery extends Construct {
  constructor(scope: Construct, id: string, props: WebhookRecoveryProps) {
    super(scope, id)
    const { ticker, delivery, opsBucket, facts, source, recovery } = props
    const secret = new Credential(this, 'Credential', {
      source,
      secretArns: props.secretArns,
      credential: credentialText(facts.setUp.credentials),
      name: 'RecoverySecret',
      purpose: 'uses to recover failed deliveries',
      beneficiary: `to recover failed deliveries of ${asciiLabel(source)}`,
    })
    const recoverer = new NodeFunction(this, 'Recoverer', {
      handler: 'poller',
      serviceName: `${source.type}-recovery`,
      description: `Recovers failed deliveries of ${source.id}`,
      // Shorter than the interval, so that runs do not overlap.
      timeout: Duration.seconds(58),
      // A body of 25 MB is read, parsed, hashed and packed, which takes about 600 MB
      // (test/lambdas/connectors/github/large-body.test.ts).
      memory: Size.mebibytes(1024),
      environment: pollerEnvironment({
        ...props,
        source: { ...source, options: { ...recovery.options, [apiUrlOption]: recovery.apiUrl } },
        secretArn: secret.arn,
      }),
    })
    secret.grantRead(recoverer)
    delivery.grantPublish(recoverer, delivery.records, delivery.recordsBulk)
    opsBucket.grantRecoveryState(recoverer, source.id)
    opsBucket.grantResolve(recoverer)
    ticker.call(recoverer, `Recovery of source ${source.id} of AuditLake`, Duration.minutes(1))
  }
}
