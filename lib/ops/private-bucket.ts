import { CfnElement, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib'
import { AnyPrincipal, Effect, Grant, type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { BlockPublicAccess, Bucket, BucketEncryption, type BucketProps, ObjectOwnership } from 'aws-cdk-lib/aws-s3'
import type { Construct, IConstruct } from 'constructs'

/** The properties in which the buckets of a deployment differ. */
export interface PrivateBucketProps
  extends Pick<BucketProps, 'lifecycleRules' | 'serverAccessLogsBucket' | 'serverAccessLogsPrefix'> {
  /** Prefixes below which objects are never replaced, each with a slash at its end. @default none */
  readonly writeOnce?: readonly string[]
}

type ObjectAction = 's3:GetObject' | 's3:PutObject' | 's3:DeleteObject'

/** How long replaced and deleted objects can be restored. */
const UNDELETE_TIME = Duration.days(7)

/**
 * The base of all buckets: closed to the public, encrypted, TLS only, versioned, and kept when the stack is deleted, but
 * not when its creation fails.
 * CloudFormation chooses the name, so that several deployments fit into one account.
 */
export class PrivateBucket extends Bucket {
  constructor(scope: Construct, id: string, { writeOnce = [], ...props }: PrivateBucketProps) {
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
    if (writeOnce.length > 0) this.denyReplacing(writeOnce)
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
   * Allows listing the whole bucket. Readers of single objects need it too: S3 answers 404 for a missing object only to
   * those who may list, and 403 to others. No condition on the prefix can limit it, because such a read has none. The
   * function can thus list the names of all objects, which are ids of sources, days and hashes, and read none of them.
   * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
   */
  grantListing(grantee: IGrantable): void {
    Grant.addToPrincipal({ grantee, actions: ['s3:ListBucket'], resourceArns: [this.bucketArn] })
  }

  /**
   * Denies every put without `If-None-Match: *`, which fails when the object exists. The exception for multipart uploads
   * that AWS's page makes is left out, so that none can begin here either. After a deletion the key is free again.
   * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
   */
  private denyReplacing(prefixes: readonly string[]): void {
    this.addToResourcePolicy(
      new PolicyStatement({
        sid: 'WriteOnce',
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: ['s3:PutObject'],
        resources: prefixes.map((prefix) => this.arnForObjects(`${prefix}*`)),
        conditions: { Null: { 's3:if-none-match': 'true' } },
      }),
    )
  }

  /** The bucket's logical id, after which cdk-nag names its findings. */
  get logicalId(): string {
    const resource = this.node.defaultChild
    if (!CfnElement.isCfnElement(resource)) throw new Error(`${this.node.path} has no resource of its own`)
    return Stack.of(this).getLogicalId(resource)
  }
}
