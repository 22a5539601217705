import { Aws, type Duration } from 'aws-cdk-lib'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { CfnQueuePolicy, type Queue, QueuePolicy } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import { DurableQueue } from '../delivery/durable-queue.ts'

export interface NotificationQueueProps {
  readonly consumerTimeout: Duration
  readonly deadLetters: Queue
}

/** Receives before a message becomes a dead letter. Throttled invocations count as well. */
const MAX_RECEIVES = 5

/** The queue of the messages with which S3 announces the objects of one bucket. */
export class NotificationQueue extends DurableQueue {
  constructor(scope: Construct, id: string, { consumerTimeout, deadLetters }: NotificationQueueProps) {
    super(scope, id, { consumerTimeout, deadLetterQueue: { queue: deadLetters, maxReceiveCount: MAX_RECEIVES } })
  }

  /**
   * Lets the bucket of this stack send. By account, not by the bucket's name: the bucket must come after this policy, or
   * S3 refuses its notifications, so the policy cannot refer to the bucket. The reader checks the name in each message.
   * https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html
   */
  allowOwnBucket(): CfnQueuePolicy {
    return this.allow({ StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } })
  }

  /** Lets exactly one bucket of one account send, which this stack does not make. */
  allowForeignBucket(bucketName: string, account: string): CfnQueuePolicy {
    const arn = `arn:${Aws.PARTITION}:s3:::${bucketName}`
    return this.allow({ ArnEquals: { 'aws:SourceArn': arn }, StringEquals: { 'aws:SourceAccount': account } })
  }

  private allow(conditions: Record<string, Record<string, string>>): CfnQueuePolicy {
    this.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('s3.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [this.queueArn],
        conditions,
      }),
    )
    const policy = this.node.findAll().find((child) => child instanceof QueuePolicy)?.node.defaultChild
    if (!(policy instanceof CfnQueuePolicy)) throw new Error(`${this.node.path} has no policy`)
    return policy
  }
}
