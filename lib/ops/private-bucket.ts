import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib'
import { Grant, type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  BucketPolicy,
  CfnBucket,
  type IBucket,
  type LifecycleRule,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3'
import type { Construct, IConstruct } from 'constructs'
import {
  allowAccessLogs,
  type BucketPlan,
  type BucketStatement,
  denyPlainHttp,
  denyReplacing,
  type Expiration,
  housekeepingDays,
  opsPrefixes,
} from '../../settings/bucket-plan.ts'

export interface PrivateBucketProps {
  /** Name of a bucket that an earlier stack left, which is taken over. @default a bucket is made */
  readonly existing?: string | undefined
  readonly plan: BucketPlan
  /** Takes the access logs. @default there are none */
  readonly accessLogs?: PrivateBucket
}

type ObjectAction = 's3:GetObject' | 's3:PutObject' | 's3:DeleteObject'

/**
 * A bucket of the deployment: closed to the public, encrypted, TLS only, versioned, and kept when the stack is deleted,
 * but not when its creation fails. CloudFormation chooses the name, so that several deployments fit into one account.
 *
 * One that an earlier stack left is taken over instead. CloudFormation can change nothing of it but its policy, which
 * the earlier stack took with it and this one makes anew; access logs, lifecycle rules and everything else are as they
 * were left.
 */
export class PrivateBucket {
  readonly bucketName: string
  readonly bucketArn: string
  /** The bucket in the template; absent for one that is taken over. */
  readonly resource: CfnBucket | undefined

  private readonly bucket: Bucket | undefined
  private readonly policy: Pick<IBucket, 'addToResourcePolicy'>

  constructor(scope: Construct, id: string, { existing, plan, accessLogs }: PrivateBucketProps) {
    const bucket = existing === undefined ? makeBucket(scope, id, plan) : takeOver(scope, id, existing)
    this.policy = bucket
    this.bucketName = bucket.bucketName
    this.bucketArn = bucket.bucketArn
    this.bucket = bucket instanceof Bucket ? bucket : undefined
    const resource = this.bucket?.node.defaultChild
    this.resource = resource instanceof CfnBucket ? resource : undefined
    this.addStatement(denyPlainHttp(this.bucketArn))
    if (plan.writeOnce.length > 0) this.addStatement(denyReplacing(this.bucketArn, plan.writeOnce))
    if (accessLogs) this.logTo(accessLogs, Stack.of(scope).account)
  }

  arnForObjects(pattern: string): string {
    return `${this.bucketArn}/${pattern}`
  }

  /** Allows actions on the objects below a prefix. */
  grantBelow(grantee: IGrantable & IConstruct, prefix: string, actions: ObjectAction[]): void {
    const pattern = `${prefix}*`
    Grant.addToPrincipal({ grantee, actions, resourceArns: [this.arnForObjects(pattern)] })
    Validations.of(grantee).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${this.nagName}/${pattern}]`,
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

  /** Lets S3 delete objects by their age, in a bucket that is made. */
  protected addExpiration(expiration: Expiration): void {
    this.bucket?.addLifecycleRule(lifecycleRule(expiration))
  }

  /** The bucket's ARN, as cdk-nag writes it in its findings. */
  get nagName(): string {
    if (this.resource === undefined) return `arn:<AWS::Partition>:s3:::${this.bucketName}`
    return `<${Stack.of(this.resource).getLogicalId(this.resource)}.Arn>`
  }

  private addStatement(statement: BucketStatement): void {
    this.policy.addToResourcePolicy(PolicyStatement.fromJson(statement))
  }

  private logTo(target: PrivateBucket, account: string): void {
    target.addStatement(allowAccessLogs(target.bucketArn, this.bucketArn, account))
    if (this.resource === undefined) return
    this.resource.loggingConfiguration = {
      destinationBucketName: target.bucketName,
      logFilePrefix: opsPrefixes.accessLogs,
    }
  }
}

function makeBucket(scope: Construct, id: string, { expirations }: BucketPlan): Bucket {
  return new Bucket(scope, id, {
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    encryption: BucketEncryption.S3_MANAGED,
    versioned: true,
    removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    lifecycleRules: [
      {
        abortIncompleteMultipartUploadAfter: Duration.days(housekeepingDays.abortUploads),
        noncurrentVersionExpiration: Duration.days(housekeepingDays.undelete),
        // Delete markers without versions, which would slow down every listing for good.
        expiredObjectDeleteMarker: true,
      },
      ...expirations.map(lifecycleRule),
    ],
  })
}

/** CDK adds no policy to a bucket that it did not make, unless it gets one. */
function takeOver(scope: Construct, id: string, name: string): IBucket {
  const bucket = Bucket.fromBucketName(scope, id, name)
  bucket.policy = new BucketPolicy(bucket, 'Policy', { bucket })
  return bucket
}

function lifecycleRule({ prefix, days, versions }: Expiration): LifecycleRule {
  return {
    ...(prefix !== '' && { prefix }),
    expiration: Duration.days(days),
    ...(versions && {
      noncurrentVersionExpiration: Duration.days(versions.days),
      noncurrentVersionsToRetain: versions.newest,
    }),
  }
}
