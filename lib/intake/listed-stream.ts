import { Duration, Size } from 'aws-cdk-lib'
import { Construct } from 'constructs'
import type { GcsStreamSourceType } from '../../lambdas/connectors/manifest.ts'
import { asciiLabel } from '../../settings/ascii.ts'
import { credentialText } from '../../settings/credential-text.ts'
import type { SourceSettings } from '../../settings/settings.ts'
import { sourceName } from '../../settings/source-names.ts'
import { secretsOf } from '../../settings/source-secrets.ts'
import { NodeFunction } from '../node-function.ts'
import { pollerEnvironment } from './poller-environment.ts'
import { Credential, sourceOutput } from './source-secret.ts'
import type { Surroundings } from './surroundings.ts'

export interface ListedStreamProps extends Surroundings {
  readonly type: GcsStreamSourceType
  readonly source: SourceSettings
}

/**
 * A stream into a bucket of another cloud, with a function and role of its own. It has a secret unless the other cloud
 * trusts the role itself.
 */
export class ListedStream extends Construct {
  constructor(scope: Construct, id: string, props: ListedStreamProps) {
    super(scope, id)
    const { ticker, delivery, opsBucket, secretArns, type, source } = props
    const secret =
      secretsOf(source).length > 0
        ? new Credential(this, 'Credential', { source, secretArns, credential: credentialText(type.setUp.credentials) })
        : undefined
    const poller = new NodeFunction(this, 'Poller', {
      handler: 'poller',
      serviceName: source.type,
      description: `Reads: ${type.description}`,
      // Shorter than the interval, so that runs do not overlap.
      timeout: Duration.seconds(58),
      // Most of a core: the work is decompression, parsing and packing.
      memory: Size.mebibytes(1536),
      environment: pollerEnvironment({ ...props, secretArn: secret?.arn }),
    })
    if (secret) secret.grantRead(poller)
    else {
      sourceOutput(
        this,
        sourceName(source.id, 'ReaderRole'),
        poller.grantPrincipal.roleArn,
        `ARN of the role that the pool of workload identities must trust for ${asciiLabel(source)}`,
      )
    }
    delivery.grantPublish(poller, delivery.records, delivery.recordsBulk)
    opsBucket.grantStreamState(poller, source.id)
    ticker.call(poller, `Stream ${source.id} of AuditLake`, Duration.minutes(1))
  }
}
