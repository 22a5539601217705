import { Duration, Size, Stack } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { env } from '../lambdas/handlers/janitor/env.ts'
import type { Delivery } from './delivery/index.ts'
import type { OpsBucket } from './ops-bucket.ts'
import { ScheduledFunction } from './scheduled-function.ts'
import type { StackFacts } from './stack-facts.ts'

export interface JanitorProps {
  readonly opsBucket: OpsBucket
  /** Takes again what it did not take before. */
  readonly delivery: Delivery
  /** What the commands are told of the stack. */
  readonly facts: StackFacts
}

/** What has to be done now and then: send what no queue took, and tell the commands about the stack. */
export class Janitor extends ScheduledFunction {
  constructor(scope: Construct, id: string, { opsBucket, delivery, facts }: JanitorProps) {
    super(scope, id, {
      handler: 'janitor',
      description: 'Sends messages that were put aside',
      every: Duration.minutes(1),
      // Shorter than the interval, so that two runs do not get into each other's way.
      timeout: Duration.seconds(55),
      memory: Size.mebibytes(512),
      environment: {
        [env.recordsQueueUrl]: delivery.records.queueUrl,
        [env.recordsBulkQueueUrl]: delivery.recordsBulk.queueUrl,
        [env.opsBucket]: opsBucket.bucketName,
        [env.stack]: Stack.of(scope).toJsonString(facts),
      },
    })
    delivery.grantResend(this)
    opsBucket.grantUpkeep(this)
  }
}
