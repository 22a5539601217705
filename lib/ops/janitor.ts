import { Duration, Size } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { env } from '../../lambdas/functions/janitor/env.ts'
import { asciiJson } from '../../settings/ascii.ts'
import type { StackFacts } from '../../settings/stack-facts.ts'
import type { Delivery } from '../delivery/index.ts'
import { NodeFunction } from '../node-function.ts'
import type { OpsBucket } from './ops-bucket.ts'
import type { Ticker } from './ticker.ts'

export interface JanitorProps {
  readonly ticker: Ticker
  readonly opsBucket: OpsBucket
  /** Takes the resent messages. */
  readonly delivery: Delivery
  /** The stack's facts, published for the commands. */
  readonly facts: StackFacts
}

/**
 * The function for upkeep, every minute: it resends messages that no queue accepted, and publishes the stack's facts.
 */
export class Janitor extends NodeFunction {
  constructor(scope: Construct, id: string, { ticker, opsBucket, delivery, facts }: JanitorProps) {
    super(scope, id, {
      handler: 'janitor',
      description: 'Sends messages that were put aside',
      // Shorter than the interval, so that runs do not overlap.
      timeout: Duration.seconds(55),
      memory: Size.mebibytes(512),
      environment: {
        [env.recordsQueueUrl]: delivery.records.queueUrl,
        [env.recordsBulkQueueUrl]: delivery.recordsBulk.queueUrl,
        [env.opsBucket]: opsBucket.bucketName,
        [env.stack]: asciiJson(facts),
      },
    })
    ticker.call(this, 'Janitor of AuditLake', Duration.minutes(1))
    delivery.grantResend(this)
    opsBucket.grantUpkeep(this)
  }
}
