import { Duration, Validations } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { PrivateBucket } from './private-bucket.ts'

/** Where things lie in the bucket, each under a prefix of its own with its own time to live. */
export const opsPrefixes = {
  accessLogs: 'access-logs/',
  athenaResults: 'athena-results/',
} as const

/** Everything that the pipeline keeps beside the lake itself. */
export class OpsBucket extends PrivateBucket {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      lifecycleRules: [
        { prefix: opsPrefixes.accessLogs, expiration: Duration.days(90) },
        { prefix: opsPrefixes.athenaResults, expiration: Duration.days(7) },
      ],
    })
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-S1',
      reason: 'This bucket takes the access logs; logging its own accesses into itself would never come to an end.',
    })
  }
}
