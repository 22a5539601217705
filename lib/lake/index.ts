import { CfnOutput, Stack } from 'aws-cdk-lib'
import { CfnDatabase, CfnTable } from 'aws-cdk-lib/aws-glue'
import type { IGrantable } from 'aws-cdk-lib/aws-iam'
import { Construct, type IConstruct } from 'constructs'
import type { LogSchema } from '../../schemas/definition.ts'
import { viewsOf } from '../../schemas/views.ts'
import { lakePlan, lakePrefixes } from '../../settings/bucket-plan.ts'
import type { OpsBucket } from '../ops/ops-bucket.ts'
import { PrivateBucket } from '../ops/private-bucket.ts'
import { AnalystPolicy } from './analyst-policy.ts'
import { athenaWorkgroup } from './athena-workgroup.ts'
import { tableInput } from './glue-table.ts'
import { viewInput } from './glue-view.ts'
import { addSavedQueries } from './saved-queries.ts'

export interface LakeProps {
  /** Each gets a table. */
  readonly schemas: readonly LogSchema[]
  /** Retention in days. */
  readonly retentionDays: number
  /** How much data one query may read, in gigabytes; 0 for any amount. */
  readonly queryLimitGB: number
  /** Takes access logs and query results. */
  readonly opsBucket: OpsBucket
  /** Name of a bucket that an earlier stack left, with its rows. @default a bucket is made */
  readonly existingBucket?: string | undefined
}

const databaseName = 'auditlake'

/** The store of rows: the bucket with data files and their lists, Glue tables, and an Athena workgroup. */
export class Lake extends Construct {
  readonly bucket: PrivateBucket
  /** Name of the Glue database. */
  readonly database: string
  /** Name of the Athena workgroup. */
  readonly workgroup: string

  constructor(scope: Construct, id: string, props: LakeProps) {
    super(scope, id)
    this.bucket = new PrivateBucket(this, 'Bucket', {
      existing: props.existingBucket,
      plan: lakePlan(props.retentionDays),
      accessLogs: props.opsBucket,
    })
    const database = this.addDatabase(props)
    this.database = database.ref
    this.workgroup = athenaWorkgroup(this, 'Workgroup', props).ref
    addSavedQueries(new Construct(this, 'Queries'), { database: this.database, workgroup: this.workgroup })
    const analysts = new AnalystPolicy(this, 'Analysts', {
      lake: this.bucket,
      opsBucket: props.opsBucket,
      database,
      workgroup: this.workgroup,
    })

    const output = (name: string, value: string) => new CfnOutput(this, name, { value }).overrideLogicalId(name)
    output('LakeBucketName', this.bucket.bucketName)
    output('DatabaseName', this.database)
    output('WorkgroupName', this.workgroup)
    output('AnalystPolicyArn', analysts.managedPolicyArn)
  }

  /** Lets a function add data files and change lists, without reading rows or deleting objects. */
  grantWrite(grantee: IGrantable & IConstruct): void {
    this.bucket.grantBelow(grantee, lakePrefixes.data, ['s3:PutObject'])
    // A conditional replacement requires permission to read the object.
    this.bucket.grantBelow(grantee, lakePrefixes.lists, ['s3:GetObject', 's3:PutObject'])
    this.bucket.grantListing(grantee)
  }

  /** Lets a function read data files, add others, and swap them in the lists, without deleting objects. */
  grantMerge(grantee: IGrantable & IConstruct): void {
    for (const prefix of Object.values(lakePrefixes)) {
      this.bucket.grantBelow(grantee, prefix, ['s3:GetObject', 's3:PutObject'])
    }
    this.bucket.grantListing(grantee)
  }

  /** Lets a function read the lists, which name the files of every day. */
  grantReadLists(grantee: IGrantable & IConstruct): void {
    this.bucket.grantBelow(grantee, lakePrefixes.lists, ['s3:GetObject'])
    this.bucket.grantListing(grantee)
  }

  /** Lets a function find and delete the days that are past the retention, without reading rows. */
  grantExpiry(grantee: IGrantable & IConstruct): void {
    const prefixes = Object.values(lakePrefixes)
    for (const prefix of prefixes) this.bucket.grantBelow(grantee, prefix, ['s3:DeleteObject'])
    this.bucket.grantListing(grantee)
  }

  /** Lets a function read these tables. */
  grantRead(grantee: IGrantable & IConstruct, tables: readonly string[]): void {
    for (const table of tables) {
      this.bucket.grantBelow(grantee, `${lakePrefixes.data}${table}/`, ['s3:GetObject'])
      this.bucket.grantBelow(grantee, `${lakePrefixes.lists}${table}/`, ['s3:GetObject'])
    }
    this.bucket.grantListing(grantee)
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
    for (const view of viewsOf(schemas)) {
      new CfnTable(this, view.name, {
        catalogId: account,
        databaseName: database.ref,
        tableInput: viewInput(view, databaseName),
      })
    }
    return database
  }
}
