import { Duration, Size, Stack } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { env } from '../../lambdas/functions/janitor/env.ts'
import type { StackFacts } from '../../settings/stack-facts.ts'
import type { Delivery } from '../delivery/index.ts'
import { NodeFunction } from '../node-function.ts'
import type { OpsBucket } from './ops-bucket.ts'
import type { Ticker } from './ticker.ts'

export interface JanitorProps {
  /** Calls it. */
  readonly ticker: Ticker
  readonly opsBucket: OpsBucket
  /** Takes again what it did not take before. */
  readonly delivery: Delivery
  /** What the commands are told of the stack. */
  readonly facts: StackFacts
}

/** What has to be done now and then: send what no queue took, and tell the commands about the stack. */
export class Janitor extends NodeFunction {
  constructor(scope: Construct, id: string, { ticker, opsBucket, delivery, facts }: JanitorProps) {
    super(scope, id, {
      handler: 'janitor',
      description: 'Sends messages that were put aside',
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
    ticker.call(this, 'Janitor of AuditLake', Duration.minutes(1))
    delivery.grantResend(this)
    opsBucket.grantUpkeep(this)
  }
}
