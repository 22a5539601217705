import { CfnElement, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib'
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam'
import { BlockPublicAccess, Bucket, BucketEncryption, type BucketProps, ObjectOwnership } from 'aws-cdk-lib/aws-s3'
import type { Construct, IConstruct } from 'constructs'

/** What may differ between the buckets of a deployment. */
export type PrivateBucketProps = Pick<
  BucketProps,
  'lifecycleRules' | 'serverAccessLogsBucket' | 'serverAccessLogsPrefix'
>

type ObjectAction = 's3:GetObject' | 's3:PutObject' | 's3:DeleteObject'

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
        {
          abortIncompleteMultipartUploadAfter: Duration.days(1),
          noncurrentVersionExpiration: UNDELETE_TIME,
          // What a deleted object leaves once its versions are gone: it would slow every listing down, for good.
          expiredObjectDeleteMarker: true,
        },
        ...(props.lifecycleRules ?? []),
      ],
    })
  }

  /** Lets a function do this with the objects below a prefix, and with no others. */
  grantBelow(grantee: IGrantable & IConstruct, prefix: string, actions: ObjectAction[]): void {
    const pattern = `${prefix}*`
    Grant.addToPrincipal({ grantee, actions, resourceArns: [this.arnForObjects(pattern)] })
    Validations.of(grantee).acknowledge({
      id: `AwsSolutions-IAM5[Resource::<${this.logicalId}.Arn>/${pattern}]`,
      reason: 'Names of objects are made as events come, so the function needs every name below this one prefix.',
    })
  }

  /**
   * Lets a function see which objects there are whose keys are like one of the patterns. Whoever reads single objects
   * needs it, too: S3 answers 403 instead of 404 for a missing object to those who may not list it. That question comes
   * without a prefix, hence "if exists". https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
   */
  grantListing(grantee: IGrantable, ...patterns: string[]): void {
    Grant.addToPrincipal({
      grantee,
      actions: ['s3:ListBucket'],
      resourceArns: [this.bucketArn],
      conditions: { StringLikeIfExists: { 's3:prefix': patterns } },
    })
  }

  /** What the template calls the bucket; findings of cdk-nag are named after it. */
  get logicalId(): string {
    const resource = this.node.defaultChild
    if (!CfnElement.isCfnElement(resource)) throw new Error(`${this.node.path} has no resource of its own`)
    return Stack.of(this).getLogicalId(resource)
  }
}
