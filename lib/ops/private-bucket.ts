import { CfnElement, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib'
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam'
import { BlockPublicAccess, Bucket, BucketEncryption, type BucketProps, ObjectOwnership } from 'aws-cdk-lib/aws-s3'
import type { Construct, IConstruct } from 'constructs'

/** The properties in which the buckets of a deployment differ. */
export type PrivateBucketProps = Pick<
  BucketProps,
  'lifecycleRules' | 'serverAccessLogsBucket' | 'serverAccessLogsPrefix'
>

type ObjectAction = 's3:GetObject' | 's3:PutObject' | 's3:DeleteObject'

/** How long replaced and deleted objects can be restored. */
const UNDELETE_TIME = Duration.days(7)

/**
 * The base of all buckets: closed to the public, encrypted, TLS only, versioned, and kept when the stack is deleted, but
 * not when its creation fails.
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
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
      lifecycleRules: [
        {
          abortIncompleteMultipartUploadAfter: Duration.days(1),
          noncurrentVersionExpiration: UNDELETE_TIME,
          // Delete markers without versions, which would slow down every listing for good.
          expiredObjectDeleteMarker: true,
        },
        ...(props.lifecycleRules ?? []),
      ],
    })
  }

  /** Allows actions on the objects below a prefix. */
  grantBelow(grantee: IGrantable & IConstruct, prefix: string, actions: ObjectAction[]): void {
    const pattern = `${prefix}*`
    Grant.addToPrincipal({ grantee, actions, resourceArns: [this.arnForObjects(pattern)] })
    Validations.of(grantee).acknowledge({
      id: `AwsSolutions-IAM5[Resource::<${this.logicalId}.Arn>/${pattern}]`,
      reason: 'Names of objects are made as events come, so the function needs every name below this one prefix.',
    })
  }

  /**
   * Allows listing the objects whose keys match a pattern. Readers of single objects need it too, because S3 answers
   * 403 instead of 404 for a missing object that they may not list. Such a request has no prefix, hence "if exists".
   * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
   */
  grantListing(grantee: IGrantable, ...patterns: string[]): void {
    Grant.addToPrincipal({
      grantee,
      actions: ['s3:ListBucket'],
      resourceArns: [this.bucketArn],
      conditions: { StringLikeIfExists: { 's3:prefix': patterns } },
    })
  }

  /** The bucket's logical id, after which cdk-nag names its findings. */
  get logicalId(): string {
    const resource = this.node.defaultChild
    if (!CfnElement.isCfnElement(resource)) throw new Error(`${this.node.path} has no resource of its own`)
    return Stack.of(this).getLogicalId(resource)
  }
}
