import { Duration, Size } from 'aws-cdk-lib'
import { Construct } from 'constructs'
import type { PollSourceType } from '../../lambdas/connectors/manifest.ts'
import { isChosen } from '../../lambdas/connectors/manifest-streams.ts'
import { renewalEnv } from '../../lambdas/functions/poller/env.ts'
import { collectionRuns } from '../../schemas/generated/collection_runs.ts'
import { tableName } from '../../schemas/table-name.ts'
import { credentialText } from '../../settings/credential-text.ts'
import type { Config, SourceSettings } from '../../settings/settings.ts'
import { oauthClientOf } from '../../settings/source-names.ts'
import type { Delivery } from '../delivery/index.ts'
import type { Lake } from '../lake/index.ts'
import { NodeFunction } from '../node-function.ts'
import type { OpsBucket } from '../ops/ops-bucket.ts'
import type { Ticker } from '../ops/ticker.ts'
import { pollerEnvironment } from './poller-environment.ts'
import { Credential } from './source-secret.ts'

export interface PolledSourceProps {
  readonly ticker: Ticker
  /** Takes the function's messages. */
  readonly delivery: Delivery
  /** Sweeps compare it with the provider. */
  readonly lake: Lake
  /** Keeps the state of the source. */
  readonly opsBucket: OpsBucket
  /** The secrets that an earlier stack left. */
  readonly secretArns: Config['secretArns']
  readonly type: PollSourceType
  readonly source: SourceSettings
}

/**
 * A polled source with its own function and secret, so that no source can read another's credential or use up its time.
 */
export class PolledSource extends Construct {
  readonly function: NodeFunction
  readonly credential: Credential
  /** With the client secret of the operator's app; absent for a credential that is put in by hand. */
  readonly clientSecret: Credential | undefined

  constructor(scope: Construct, id: string, props: PolledSourceProps) {
    super(scope, id)
    const { ticker, delivery, lake, opsBucket, secretArns, type, source } = props
    this.credential = new Credential(this, 'Credential', {
      source,
      secretArns,
      credential: credentialText(type.setUp.credentials),
    })
    const clientId = oauthClientOf(source)
    this.clientSecret =
      clientId === undefined
        ? undefined
        : new Credential(this, 'ClientCredential', {
            source,
            secretArns,
            credential: 'the client secret of the app, as the provider shows it',
            name: 'ClientSecret',
            purpose: 'uses to turn a consent into a credential',
          })
    const renewal = type.oauth?.rotates && clientId !== undefined ? this.clientSecret : undefined
    this.function = new NodeFunction(this, 'Poller', {
      handler: 'poller',
      serviceName: source.type,
      description: `Fetches: ${type.description}`,
      // Shorter than the interval, so that runs do not overlap.
      timeout: Duration.seconds(58),
      memory: Size.mebibytes(512),
      environment: {
        ...pollerEnvironment({ ...props, secretArn: this.credential.arn }),
        ...(renewal && clientId && { [renewalEnv.clientId]: clientId, [renewalEnv.clientSecretId]: renewal.arn }),
      },
    })
    this.credential.grantRead(this.function)
    if (renewal) {
      renewal.grantRead(this.function)
      this.credential.grantReplace(this.function)
    }
    delivery.grantPublishAll(this.function)
    opsBucket.grantState(this.function, source.id)
    const streams = type.streams.filter(({ id: streamId }) => isChosen(source.options, streamId))
    const tables = new Set(streams.map(({ logType }) => tableName(logType)))
    // A lost state is restored from the rows of runs.
    lake.grantRead(this.function, [...tables, collectionRuns.table])
    ticker.call(this.function, `Source ${source.id} of AuditLake`, Duration.minutes(1))
  }
}
