import { CfnElement, CfnOutput, Duration, Stack, Validations } from 'aws-cdk-lib'
import { CfnDatabase, CfnTable } from 'aws-cdk-lib/aws-glue'
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam'
import type { Bucket, IBucket } from 'aws-cdk-lib/aws-s3'
import { Construct, type IConstruct } from 'constructs'
import type { LogSchema } from '../../schemas/definition.ts'
import { opsPrefixes } from '../ops-bucket.ts'
import { PrivateBucket } from '../private-bucket.ts'
import { athenaWorkgroup } from './athena-workgroup.ts'
import { lakePrefixes, tableInput } from './glue-table.ts'
import { viewInput } from './glue-view.ts'
import { views } from './views.ts'

export interface LakeProps {
  /** One table is made for each. */
  readonly schemas: readonly LogSchema[]
  /** Days that rows are kept. */
  readonly retentionDays: number
  /** Takes access logs and query results. */
  readonly opsBucket: Bucket
}

/**
 * Days from the one on which a row leaves every query to the one on which its file is deleted. A file can be older than
 * the day of its partition, and no query may meet a list whose files are gone.
 */
const DELETION_DELAY_DAYS = 7

const databaseName = 'auditlake'

/** Where rows stay and are queried: the bucket with data files and their lists, Glue tables over it, Athena. */
export class Lake extends Construct {
  readonly bucket: Bucket

  constructor(scope: Construct, id: string, props: LakeProps) {
    super(scope, id)
    const expiration = Duration.days(props.retentionDays + DELETION_DELAY_DAYS)
    this.bucket = new PrivateBucket(this, 'Bucket', {
      // CDK's class and its interface differ in one optional member that exactOptionalPropertyTypes looks at.
      serverAccessLogsBucket: props.opsBucket as IBucket,
      serverAccessLogsPrefix: opsPrefixes.accessLogs,
      lifecycleRules: Object.values(lakePrefixes).map((prefix) => ({ prefix, expiration })),
    })
    const database = this.addDatabase(props)
    const workgroup = athenaWorkgroup(this, 'Workgroup', props.opsBucket)

    new CfnOutput(this, 'BucketName', { value: this.bucket.bucketName }).overrideLogicalId('LakeBucketName')
    new CfnOutput(this, 'DatabaseName', { value: database.ref }).overrideLogicalId('DatabaseName')
    new CfnOutput(this, 'WorkgroupName', { value: workgroup.ref }).overrideLogicalId('WorkgroupName')
  }

  /**
   * Lets a function add data files and change lists, and neither read rows nor delete anything. Listing lists is granted
   * because S3 answers 403 instead of 404 for a missing object to those who may not list it. That question comes without
   * a prefix, hence "if exists". https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
   */
  grantWrite(grantee: IGrantable & IConstruct): void {
    const files = `${lakePrefixes.data}*`
    const lists = `${lakePrefixes.lists}*`
    const grant = (actions: string[], resourceArns: string[], conditions = {}) =>
      Grant.addToPrincipal({ grantee, actions, resourceArns, conditions })
    grant(['s3:PutObject'], [this.bucket.arnForObjects(files)])
    // Replacing an object only if it is still the one that was read counts as reading it.
    grant(['s3:GetObject', 's3:PutObject'], [this.bucket.arnForObjects(lists)])
    grant(['s3:ListBucket'], [this.bucket.bucketArn], { StringLikeIfExists: { 's3:prefix': lists } })
    Validations.of(grantee).acknowledge(
      ...[files, lists].map((pattern) => ({
        id: `AwsSolutions-IAM5[Resource::<${this.bucketLogicalId()}.Arn>/${pattern}]`,
        reason:
          'Names of files and lists are made as rows come, so the function needs every name below this one prefix.',
      })),
    )
  }

  private addDatabase({ schemas, retentionDays }: LakeProps): CfnDatabase {
    const { account } = Stack.of(this)
    const database = new CfnDatabase(this, 'Database', {
      catalogId: account,
      databaseInput: { name: databaseName, description: 'Audit logs collected by AuditLake' },
    })
    for (const schema of schemas) {
      new CfnTable(this, schema.logType, {
        catalogId: account,
        databaseName: database.ref,
        tableInput: tableInput({ schema, bucketName: this.bucket.bucketName, retentionDays }),
      })
    }
    for (const view of views) {
      const schema = schemas.find(({ table }) => table === view.table)
      // A stack may be made for some tables only.
      if (schema === undefined) continue
      new CfnTable(this, view.name, {
        catalogId: account,
        databaseName: database.ref,
        tableInput: viewInput({ view, schema, database: databaseName }),
      })
    }
    return database
  }

  private bucketLogicalId(): unknown {
    const resource = this.bucket.node.defaultChild
    if (!CfnElement.isCfnElement(resource)) throw new Error('the lake bucket has no resource of its own')
    return Stack.of(this).resolve(resource.logicalId)
  }
}
