import { SecretValue, Validations } from 'aws-cdk-lib'
import { AccessKey, Grant, type IGrantable, Role, User, WebIdentityPrincipal } from 'aws-cdk-lib/aws-iam'
import { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import { Construct, type IConstruct } from 'constructs'
import type { S3StreamSourceType } from '../../lambdas/connectors/manifest.ts'
import { asciiLabel } from '../../settings/ascii.ts'
import type { SourceSettings } from '../../settings/settings.ts'
import { sourceName } from '../../settings/source-names.ts'
import type { PrivateBucket } from '../ops/private-bucket.ts'
import type { IdentityProviders } from './identity-providers.ts'
import { sourceOutput } from './source-secret.ts'

export interface BucketWriterProps {
  readonly bucket: PrivateBucket
  readonly source: SourceSettings
  readonly type: S3StreamSourceType
  readonly identityProviders: IdentityProviders
}

/**
 * The identity with which a provider writes into the bucket of the stack. It can put objects there and do nothing else:
 * a role that only the provider can assume, and only for this customer, or a user whose access key is in a secret.
 */
export class BucketWriter extends Construct {
  constructor(scope: Construct, id: string, props: BucketWriterProps) {
    super(scope, id)
    if (props.source.options.access === 'user-key') this.addUser(props)
    else this.addRole(props)
  }

  private addRole({ bucket, source, type, identityProviders }: BucketWriterProps): void {
    const { issuer, audience, subjectPrefix, subjectOption } = type.writer
    const { oidcProviderArn } = source.options
    const provider = typeof oidcProviderArn === 'string' ? oidcProviderArn : identityProviders.arnOf(issuer, audience)
    const { host } = new URL(issuer)
    const subject = `${subjectPrefix}${source.options[subjectOption]}`
    const role = new Role(this, 'Role', {
      description: `Lets the provider of ${source.id} put objects into its bucket`,
      assumedBy: new WebIdentityPrincipal(provider, {
        StringEquals: { [`${host}:aud`]: audience, [`${host}:sub`]: subject },
      }),
    })
    grantPut(bucket, role)
    sourceOutput(
      this,
      sourceName(source.id, 'WriterRole'),
      role.roleArn,
      `ARN of the role to give to ${asciiLabel(source)}`,
    )
  }

  private addUser({ bucket, source }: BucketWriterProps): void {
    const user = new User(this, 'User')
    grantPut(bucket, user)
    const key = new AccessKey(this, 'Key', { user })
    const secret = new Secret(this, 'KeySecret', {
      description: `AuditLake: access key for the provider of source ${source.id}`,
      secretObjectValue: {
        accessKeyId: SecretValue.unsafePlainText(key.accessKeyId),
        secretAccessKey: key.secretAccessKey,
      },
    })
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason:
        'The provider holds the other copy and offers no way to change it by itself; people rotate both together.',
    })
    sourceOutput(
      this,
      sourceName(source.id, 'WriterKey'),
      secret.secretArn,
      `Secret with the access key to give to ${asciiLabel(source)}`,
    )
  }
}

function grantPut(bucket: PrivateBucket, writer: IGrantable & IConstruct): void {
  Grant.addToPrincipal({ grantee: writer, actions: ['s3:PutObject'], resourceArns: [bucket.arnForObjects('*')] })
  Validations.of(writer).acknowledge({
    id: `AwsSolutions-IAM5[Resource::${bucket.nagName}/*]`,
    reason: 'The provider chooses the names of its objects, and the bucket is for nothing else.',
  })
}
