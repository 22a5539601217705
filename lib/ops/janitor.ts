import { Duration, Size } from 'aws-cdk-lib'
import type { Queue } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import { env } from '../../lambdas/functions/janitor/env.ts'
import { asciiJson } from '../../settings/ascii.ts'
import type { StackFacts } from '../../settings/stack-facts.ts'
import type { Delivery } from '../delivery/index.ts'
import type { Lake } from '../lake/index.ts'
import { NodeFunction } from '../node-function.ts'
import type { OpsBucket } from './ops-bucket.ts'
import { grantRedrive } from './redrive.ts'
import type { Ticker } from './ticker.ts'

export interface JanitorProps {
  readonly ticker: Ticker
  readonly opsBucket: OpsBucket
  /** Loses the days that are past the retention. */
  readonly lake: Lake
  /** Retention in days. */
  readonly retentionDays: number
  /** Takes the resent messages, and the requests for merges. */
  readonly delivery: Delivery
  /** Hours in which a new source may have no event, because it is being set up. */
  readonly setUpGraceHours: number
  /** Seconds between two plans of merges. */
  readonly mergeEverySeconds: number
  /** The queues of messages about objects, by the ids of their sources. */
  readonly streamQueues: ReadonlyMap<string, Queue>
  /** The stack's facts, published for the commands. */
  readonly facts: StackFacts
}

/**
 * The function for upkeep, every minute: it resends messages that no queue accepted, publishes the stack's facts,
 * requests merges, deletes replaced files and the days of the lake that are past the retention, and works on the jobs
 * of `npm run redrive`.
 */
export class Janitor extends NodeFunction {
  constructor(scope: Construct, id: string, props: JanitorProps) {
    const { ticker, opsBucket, lake, delivery } = props
    super(scope, id, {
      handler: 'janitor',
      description: 'Sends messages that were put aside, requests merges, and deletes what is past its time',
      // Shorter than the interval, so that runs do not overlap.
      timeout: Duration.seconds(55),
      // A dead letter can hold a message of 72 MB.
      memory: Size.mebibytes(1024),
      environment: {
        [env.opsBucket]: opsBucket.bucketName,
        [env.retentionDays]: String(props.retentionDays),
        [env.mergeEverySeconds]: String(props.mergeEverySeconds),
        [env.setUpGraceHours]: String(props.setUpGraceHours),
        [env.stack]: asciiJson(props.facts),
      },
    })
    ticker.call(this, 'Janitor of AuditLake', Duration.minutes(1))
    delivery.grantSend(this, delivery.records, delivery.recordsBulk)
    opsBucket.grantUpkeep(this)
    lake.grantExpiry(this)
    lake.grantReadLists(this)
    delivery.grantSend(this, delivery.merges)
    grantRedrive(this, props)
  }
}
