import { Stack } from 'aws-cdk-lib'
import { CfnWorkGroup } from 'aws-cdk-lib/aws-athena'
import type { Bucket } from 'aws-cdk-lib/aws-s3'
import type { Construct } from 'constructs'
import { opsPrefixes } from '../ops/ops-bucket.ts'

/** The Athena workgroup for the lake. Clients cannot send results elsewhere or leave them unencrypted. */
export function athenaWorkgroup(scope: Construct, id: string, opsBucket: Bucket): CfnWorkGroup {
  const stack = Stack.of(scope)
  return new CfnWorkGroup(scope, id, {
    name: stack.stackName,
    description: 'Queries over the audit logs collected by AuditLake',
    // Without this the stack could not be deleted after the first query.
    recursiveDeleteOption: true,
    workGroupConfiguration: {
      enforceWorkGroupConfiguration: true,
      publishCloudWatchMetricsEnabled: true,
      engineVersion: { selectedEngineVersion: 'Athena engine version 3' },
      resultConfiguration: {
        outputLocation: opsBucket.s3UrlForObject(opsPrefixes.athenaResults),
        expectedBucketOwner: stack.account,
        encryptionConfiguration: { encryptionOption: 'SSE_S3' },
      },
    },
  })
}
