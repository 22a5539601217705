import { Stack } from 'aws-cdk-lib'
import { CfnWorkGroup } from 'aws-cdk-lib/aws-athena'
import type { Construct } from 'constructs'
import { opsPrefixes } from '../../settings/bucket-plan.ts'
import type { OpsBucket } from '../ops/ops-bucket.ts'

export interface AthenaWorkgroupProps {
  /** Takes query results. */
  readonly opsBucket: OpsBucket
  /** How much data one query may read, in gigabytes; 0 for any amount. */
  readonly queryLimitGB: number
}

const GIGABYTE = 1_000_000_000

/**
 * The Athena workgroup for the lake. Clients cannot send results elsewhere, leave them unencrypted, or read more in one
 * query than the settings allow.
 */
export function athenaWorkgroup(
  scope: Construct,
  id: string,
  { opsBucket, queryLimitGB }: AthenaWorkgroupProps,
): CfnWorkGroup {
  const stack = Stack.of(scope)
  return new CfnWorkGroup(scope, id, {
    name: stack.stackName,
    description: 'Queries over the audit logs collected by AuditLake',
    // Without this the stack could not be deleted after the first query.
    recursiveDeleteOption: true,
    workGroupConfiguration: {
      enforceWorkGroupConfiguration: true,
      publishCloudWatchMetricsEnabled: true,
      ...(queryLimitGB > 0 && { bytesScannedCutoffPerQuery: Math.round(queryLimitGB * GIGABYTE) }),
      engineVersion: { selectedEngineVersion: 'Athena engine version 3' },
      resultConfiguration: {
        outputLocation: `s3://${opsBucket.bucketName}/${opsPrefixes.athenaResults}`,
        expectedBucketOwner: stack.account,
        encryptionConfiguration: { encryptionOption: 'SSE_S3' },
      },
    },
  })
}
