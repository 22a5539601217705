import { Duration, RemovalPolicy } from 'aws-cdk-lib'
import { BlockPublicAccess, Bucket, BucketEncryption, type BucketProps, ObjectOwnership } from 'aws-cdk-lib/aws-s3'
import type { Construct } from 'constructs'

/** What may differ between the buckets of a deployment. */
export type PrivateBucketProps = Pick<
  BucketProps,
  'lifecycleRules' | 'serverAccessLogsBucket' | 'serverAccessLogsPrefix'
>

/** Replaced and deleted objects can be brought back for this long. */
const UNDELETE_TIME = Duration.days(7)

/**
 * A bucket as all of ours are: closed to the public, encrypted, TLS only, versioned, and kept when the stack goes.
 * CloudFormation chooses the name, so that several deployments fit into one account.
 */
export class PrivateBucket extends Bucket {
  constructor(scope: Construct, id: string, props: PrivateBucketProps) {
    super(scope, id, {
      ...props,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      versioned: true,
      removalPolicy: RemovalPolicy.RETAIN,
      lifecycleRules: [
        { abortIncompleteMultipartUploadAfter: Duration.days(1), noncurrentVersionExpiration: UNDELETE_TIME },
        ...(props.lifecycleRules ?? []),
      ],
    })
  }
}
