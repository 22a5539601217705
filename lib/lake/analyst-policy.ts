import { Aws, Stack, Validations } from 'aws-cdk-lib'
import type { CfnDatabase } from 'aws-cdk-lib/aws-glue'
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { Construct } from 'constructs'
import { lakePrefixes, opsPrefixes } from '../../settings/bucket-plan.ts'
import type { OpsBucket } from '../ops/ops-bucket.ts'
import type { PrivateBucket } from '../ops/private-bucket.ts'

export interface AnalystPolicyProps {
  readonly lake: PrivateBucket
  /** Takes query results. */
  readonly opsBucket: OpsBucket
  readonly database: CfnDatabase
  /** Name of the Athena workgroup. */
  readonly workgroup: string
}

const readFiles = ['s3:GetObject']
/** https://docs.aws.amazon.com/athena/latest/ug/example-policies-workgroup.html */
const runQueries = [
  'athena:BatchGetNamedQuery',
  'athena:BatchGetQueryExecution',
  'athena:GetNamedQuery',
  'athena:GetPreparedStatement',
  'athena:GetQueryExecution',
  'athena:GetQueryResults',
  'athena:GetQueryResultsStream',
  'athena:GetQueryRuntimeStatistics',
  'athena:GetWorkGroup',
  'athena:ListNamedQueries',
  'athena:ListPreparedStatements',
  'athena:ListQueryExecutions',
  'athena:StartQueryExecution',
  'athena:StopQueryExecution',
]
const browseCatalog = [
  'athena:GetDataCatalog',
  'athena:GetDatabase',
  'athena:GetTableMetadata',
  'athena:ListDatabases',
  'athena:ListTableMetadata',
]
/** The console's query editor needs these actions, which cannot be limited to resources. */
const openEditor = ['athena:ListDataCatalogs', 'athena:ListEngineVersions', 'athena:ListWorkGroups']
const readTables = [
  'glue:BatchGetPartition',
  'glue:GetCatalog',
  'glue:GetCatalogs',
  'glue:GetDatabase',
  'glue:GetDatabases',
  'glue:GetPartition',
  'glue:GetPartitions',
  'glue:GetTable',
  'glue:GetTables',
]
/** https://docs.aws.amazon.com/athena/latest/ug/security-iam-athena-policies.html */
const keepResults = ['s3:AbortMultipartUpload', 's3:GetObject', 's3:ListMultipartUploadParts', 's3:PutObject']
const locateBuckets = ['s3:GetBucketLocation']
const findUploads = ['s3:ListBucketMultipartUploads']

/**
 * The permissions of analysts who query the lake with Athena, to be attached to their role or permission set: reading
 * rows, and using this workgroup, its results and this database. They include neither the pipeline's own objects nor
 * any change of rows.
 */
export class AnalystPolicy extends Construct {
  readonly managedPolicyArn: string

  constructor(scope: Construct, id: string, props: AnalystPolicyProps) {
    super(scope, id)
    const { lake, opsBucket, database, workgroup } = props
    const results = opsPrefixes.athenaResults
    const policy = new ManagedPolicy(this, 'Policy', {
      // Permission sets name the policy, and IAM's names hold for all regions of an account. Neither name nor
      // description may ever change: the policy would be replaced, and its holders would lose it.
      managedPolicyName: `${Stack.of(this).stackName}-Analysts-${Aws.REGION}`,
      description: 'Queries over the audit logs collected by AuditLake',
      statements: [
        allow(runQueries, this.arn('athena', `workgroup/${workgroup}`)),
        allow(browseCatalog, this.arn('athena', 'datacatalog/AwsDataCatalog')),
        allow(openEditor, '*'),
        allow(
          readTables,
          this.arn('glue', 'catalog'),
          this.arn('glue', `database/${database.ref}`),
          this.arn('glue', `table/${database.ref}/*`),
        ),
        // Athena reads it for every query that does not name a database.
        allow(['glue:GetDatabase'], this.arn('glue', 'database/default')),
        allow(readFiles, ...Object.values(lakePrefixes).map((prefix) => lake.arnForObjects(`${prefix}*`))),
        allowListing(lake, Object.values(lakePrefixes)),
        allow(keepResults, opsBucket.arnForObjects(`${results}*`)),
        allowListing(opsBucket, [results]),
        allow(locateBuckets, lake.bucketArn, opsBucket.bucketArn),
        allow(findUploads, opsBucket.bucketArn),
      ],
    })
    this.managedPolicyArn = policy.managedPolicyArn
    this.explainWildcards(props)
  }

  private arn(service: string, resource: string): string {
    return `arn:${Aws.PARTITION}:${service}:${Aws.REGION}:${Aws.ACCOUNT_ID}:${resource}`
  }

  private explainWildcards({ lake, opsBucket, database }: AnalystPolicyProps): void {
    const below = (bucket: PrivateBucket, prefix: string) => `${bucket.nagName}/${prefix}*`
    const files = [
      ...Object.values(lakePrefixes).map((prefix) => below(lake, prefix)),
      below(opsBucket, opsPrefixes.athenaResults),
    ]
    const tables = `table/<${Stack.of(this).getLogicalId(database)}>/*`
    const acknowledge = (resource: string, reason: string) =>
      Validations.of(this).acknowledge({ id: `AwsSolutions-IAM5[Resource::${resource}]`, reason })
    for (const file of files)
      acknowledge(file, 'Files come and go; what lies below this one prefix is meant as a whole.')
    acknowledge(
      `arn:<AWS::Partition>:glue:<AWS::Region>:<AWS::AccountId>:${tables}`,
      'All tables of this one database, of which each new version may add some.',
    )
    acknowledge('*', 'Three lists by which the console opens its editor; AWS offers no smaller resource for them.')
  }
}

function allow(actions: string[], ...resources: string[]): PolicyStatement {
  return new PolicyStatement({ actions, resources })
}

function allowListing(bucket: PrivateBucket, prefixes: string[]): PolicyStatement {
  return new PolicyStatement({
    actions: ['s3:ListBucket'],
    resources: [bucket.bucketArn],
    conditions: { StringLike: { 's3:prefix': prefixes.map((prefix) => `${prefix}*`) } },
  })
}
