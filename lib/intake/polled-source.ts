import { Duration, Size } from 'aws-cdk-lib'
import { Construct } from 'constructs'
import type { PollSourceType } from '../../lambdas/connectors/manifest.ts'
import { isChosen } from '../../lambdas/connectors/manifest-streams.ts'
import { renewalEnv } from '../../lambdas/functions/poller/env.ts'
import { collectionRuns } from '../../schemas/generated/collection_runs.ts'
import { tableName } from '../../schemas/table-name.ts'
import { credentialText } from '../../settings/credential-text.ts'
import type { SourceSettings } from '../../settings/settings.ts'
import { oauthClientOf } from '../../settings/source-names.ts'
import { NodeFunction } from '../node-function.ts'
import { pollerEnvironment } from './poller-environment.ts'
import { Credential } from './source-secret.ts'
import type { Surroundings } from './surroundings.ts'

export interface PolledSourceProps extends Surroundings {
  readonly type: PollSourceType
  readonly source: SourceSettings
}

/**
 * A polled source with its own function and secret, so that no source can read another's credential or use up its time.
 */
export class PolledSource extends Construct {
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
    const poller = new NodeFunction(this, 'Poller', {
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
    this.credential.grantRead(poller)
    if (renewal) {
      renewal.grantRead(poller)
      this.credential.grantReplace(poller)
    }
    delivery.grantPublish(poller, delivery.records, delivery.recordsBulk)
    opsBucket.grantState(poller, source.id)
    const streams = type.streams.filter(({ id: streamId }) => isChosen(source.options, streamId))
    const tables = new Set(streams.map(({ logType }) => tableName(logType)))
    // A lost state is restored from the rows of runs.
    lake.grantRead(poller, [...tables, collectionRuns.table])
    ticker.call(poller, `Source ${source.id} of AuditLake`, Duration.minutes(1))
  }
}
