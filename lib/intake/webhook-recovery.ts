import { Duration, Size, Stack } from 'aws-cdk-lib'
import { Grant } from 'aws-cdk-lib/aws-iam'
import { Construct } from 'constructs'
import type { RecoveryFacts } from '../../lambdas/connectors/manifest.ts'
import { apiUrlVariable, env } from '../../lambdas/functions/poller/env.ts'
import type { OptionValues, SourceSettings } from '../../settings/settings.ts'
import { sourceName } from '../../settings/source-names.ts'
import type { Delivery } from '../delivery/index.ts'
import type { Lake } from '../lake/index.ts'
import { NodeFunction } from '../node-function.ts'
import type { OpsBucket } from '../ops/ops-bucket.ts'
import type { Ticker } from '../ops/ticker.ts'
import { SourceSecret, sourceOutput } from './source-secret.ts'

export interface WebhookRecoveryProps {
  readonly ticker: Ticker
  /** Takes the function's messages. */
  readonly delivery: Delivery
  readonly lake: Lake
  /** Keeps the state of the recovery. */
  readonly opsBucket: OpsBucket
  readonly facts: RecoveryFacts
  readonly source: SourceSettings
  readonly recovery: { readonly apiUrl: string | undefined; readonly options: OptionValues }
}

/**
 * Recovers the failed deliveries of one webhook source, with a function, role and secret of its own: the receiver, which
 * strangers can call, never holds a token that may change webhooks.
 */
export class WebhookRecovery extends Construct {
  constructor(scope: Construct, id: string, props: WebhookRecoveryProps) {
    super(scope, id)
    const { ticker, delivery, lake, opsBucket, facts, source, recovery } = props
    const secret = new SourceSecret(this, 'Credential', {
      sourceId: source.id,
      name: 'RecoverySecret',
      purpose: `uses to recover failed deliveries: ${facts.credential}`,
      whyNotRotated: 'The provider gives the credential out to people, who put it in; nothing here could renew it.',
    })
    const recoverer = new NodeFunction(this, 'Recoverer', {
      handler: 'poller',
      serviceName: `${source.type}-recovery`,
      description: `Recovers failed deliveries of ${source.id}`,
      // Shorter than the interval, so that runs do not overlap.
      timeout: Duration.seconds(58),
      // A body of 25 MB is read, parsed, hashed and packed, which takes about 600 MB (test/lambdas/connectors/github/large-body.test.ts).
      memory: Size.mebibytes(1024),
      environment: {
        [env.sourceType]: source.type,
        [env.recordsQueueUrl]: delivery.records.queueUrl,
        [env.recordsBulkQueueUrl]: delivery.recordsBulk.queueUrl,
        [env.opsBucket]: opsBucket.bucketName,
        [env.lakeBucket]: lake.bucket.bucketName,
        [env.source]: Stack.of(this).toJsonString({
          ...recovery.options,
          id: source.id,
          label: source.label,
          secretId: secret.arn,
        }),
        ...(recovery.apiUrl !== undefined && { [apiUrlVariable]: recovery.apiUrl }),
      },
    })
    Grant.addToPrincipal({
      grantee: recoverer,
      actions: ['secretsmanager:GetSecretValue'],
      resourceArns: [secret.arn],
    })
    delivery.grantPublishAll(recoverer)
    opsBucket.grantRecoveryState(recoverer, source.id)
    ticker.call(recoverer, `Recovery of source ${source.id} of AuditLake`, Duration.minutes(1))
    sourceOutput(
      this,
      sourceName(source.id, 'RecoverySecretArn'),
      secret.arn,
      `Put here, to recover failed deliveries of ${source.label}: ${facts.credential}`,
    )
  }
}
