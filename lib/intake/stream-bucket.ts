import { Aws, Validations } from 'aws-cdk-lib'
import { Grant } from 'aws-cdk-lib/aws-iam'
import { Construct } from 'constructs'
import type { S3StreamSourceType } from '../../lambdas/connectors/manifest.ts'
import { asciiLabel } from '../../settings/ascii.ts'
import type { SourceSettings } from '../../settings/settings.ts'
import { sourceName } from '../../settings/source-names.ts'
import type { NodeFunction } from '../node-function.ts'
import type { OpsBucket } from '../ops/ops-bucket.ts'
import { PrivateBucket } from '../ops/private-bucket.ts'
import { BucketWriter } from './bucket-writer.ts'
import type { IdentityProviders } from './identity-providers.ts'
import type { NotificationQueue } from './notification-queue.ts'
import { sourceOutput } from './source-secret.ts'

export interface StreamBucketProps {
  readonly source: SourceSettings
  readonly type: S3StreamSourceType
  /** Takes the messages about new objects. */
  readonly queue: NotificationQueue
  /** Takes the access logs of a bucket that is made. */
  readonly opsBucket: OpsBucket
  readonly identityProviders: IdentityProviders
}

/**
 * The bucket that a provider writes to: one of this stack, with an identity that can put objects there and do nothing
 * else, or an existing one, whose owner lets the reader in with one command.
 */
export class StreamBucket extends Construct {
  readonly bucketName: string

  private readonly props: StreamBucketProps
  private readonly bucketArn: string
  /** As cdk-nag names it. */
  private readonly nagName: string

  constructor(scope: Construct, id: string, props: StreamBucketProps) {
    super(scope, id)
    this.props = props
    const { source, queue } = props
    const { bucket: existing, bucketAccount = Aws.ACCOUNT_ID } = source.options
    if (typeof existing === 'string') {
      this.bucketName = existing
      this.bucketArn = `arn:${Aws.PARTITION}:s3:::${existing}`
      this.nagName = `arn:<AWS::Partition>:s3:::${existing}`
      queue.allowForeignBucket(existing, String(bucketAccount))
    } else {
      const made = this.addBucket()
      this.bucketName = made.bucketName
      this.bucketArn = made.bucketArn
      this.nagName = made.nagName
    }
    const description = `Bucket that the provider of ${asciiLabel(source)} writes to`
    sourceOutput(this, sourceName(source.id, 'StreamBucket'), this.bucketName, description)
  }

  /** Lets the reader read objects, and list the bucket, also to tell a deleted object from a forbidden one. */
  grantRead(reader: NodeFunction): void {
    const { bucket: existing, bucketKeyArn } = this.props.source.options
    const grant = (actions: string[], resource: string) =>
      Grant.addToPrincipal({ grantee: reader, actions, resourceArns: [resource] })
    grant(['s3:ListBucket'], this.bucketArn)
    grant(['s3:GetObject'], `${this.bucketArn}/*`)
    Validations.of(reader).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${this.nagName}/*]`,
      reason: 'The provider chooses the names of its objects, and the bucket is for nothing else.',
    })
    if (typeof bucketKeyArn === 'string') grant(['kms:Decrypt'], bucketKeyArn)
    if (typeof existing === 'string') this.addOwnerCommand(existing, reader)
  }

  private addBucket(): PrivateBucket {
    const { source, queue, opsBucket } = this.props
    const made = new PrivateBucket(this, 'Bucket', {
      plan: { writeOnce: [], expirations: [{ prefix: '', days: Number(source.options.keepObjectsDays) }] },
      accessLogs: opsBucket,
    })
    // Natively, because CDK's own way is a function of CDK's that may change every bucket's notifications. Every object
    // is announced, whatever its name, so that those that are not read can be counted.
    const { resource } = made
    if (resource === undefined) throw new Error(`the bucket of ${source.id} has no resource of its own`)
    resource.notificationConfiguration = {
      queueConfigurations: [{ event: 's3:ObjectCreated:*', queue: queue.queueArn }],
    }
    resource.node.addDependency(queue.allowOwnBucket())
    new BucketWriter(this, 'Writer', { ...this.props, bucket: made })
    return made
  }

  /** What the owner of an existing bucket runs, with credentials of the bucket's account. */
  private addOwnerCommand(bucket: string, { grantPrincipal: { roleArn } }: NodeFunction): void {
    const { source, queue } = this.props
    const command = `npm run open-bucket -- --bucket ${bucket} --queue ${queue.queueArn} --reader ${roleArn}`
    const description = `The owner of ${bucket} runs this with credentials of its account`
    sourceOutput(this, sourceName(source.id, 'OwnerCommand'), command, description)
  }
}
