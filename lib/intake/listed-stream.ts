import { Duration, Size } from 'aws-cdk-lib'
import { Construct } from 'constructs'
import type { GcsStreamSourceType } from '../../lambdas/connectors/manifest.ts'
import { asciiLabel } from '../../settings/ascii.ts'
import { credentialText } from '../../settings/credential-text.ts'
import type { Config, SourceSettings } from '../../settings/settings.ts'
import { sourceName } from '../../settings/source-names.ts'
import { secretsOf } from '../../settings/source-secrets.ts'
import type { Delivery } from '../delivery/index.ts'
import type { Lake } from '../lake/index.ts'
import { NodeFunction } from '../node-function.ts'
import type { OpsBucket } from '../ops/ops-bucket.ts'
import type { Ticker } from '../ops/ticker.ts'
import { pollerEnvironment } from './poller-environment.ts'
import { Credential, sourceOutput } from './source-secret.ts'

export interface ListedStreamProps {
  readonly ticker: Ticker
  /** Takes the function's messages. */
  readonly delivery: Delivery
  /** Named to every function that fetches; this one does not read it. */
  readonly lake: Lake
  /** Keeps the state of the source. */
  readonly opsBucket: OpsBucket
  /** The secrets that an earlier stack left. */
  readonly secretArns: Config['secretArns']
  readonly type: GcsStreamSourceType
  readonly source: SourceSettings
}

/**
 * A stream into a bucket of another cloud, with a function and role of its own. It has a secret unless the other cloud
 * trusts the role itself.
 */
export class ListedStream extends Construct {
  readonly function: NodeFunction

  constructor(scope: Construct, id: string, props: ListedStreamProps) {
    super(scope, id)
    const { ticker, delivery, opsBucket, secretArns, type, source } = props
    const secret =
      secretsOf(source).length > 0
        ? new Credential(this, 'Credential', { source, secretArns, credential: credentialText(type.setUp.credentials) })
        : undefined
    this.function = new NodeFunction(this, 'Poller', {
      handler: 'poller',
      serviceName: source.type,
      description: `Reads: ${type.description}`,
      // Shorter than the interval, so that runs do not overlap.
      timeout: Duration.seconds(58),
      // Most of a core: the work is decompression, parsing and packing.
      memory: Size.mebibytes(1536),
      environment: pollerEnvironment({ ...props, secretArn: secret?.arn }),
    })
    if (secret) secret.grantRead(this.function)
    else {
      sourceOutput(
        this,
        sourceName(source.id, 'ReaderRole'),
        this.function.grantPrincipal.roleArn,
        `ARN of the role that the pool of workload identities must trust for ${asciiLabel(source)}`,
      )
    }
    delivery.grantPublishAll(this.function)
    opsBucket.grantStreamState(this.function, source.id)
    ticker.call(this.function, `Stream ${source.id} of AuditLake`, Duration.minutes(1))
  }
}
