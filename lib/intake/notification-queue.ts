import { Aws } from 'aws-cdk-lib'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { IDependable } from 'constructs'
import { DurableQueue } from '../delivery/durable-queue.ts'

/** The queue of the messages with which S3 announces the objects of one bucket. */
export class NotificationQueue extends DurableQueue {
  /**
   * Lets the bucket of this stack send. By account, not by the bucket's name: the bucket must come after this policy,
   * or S3 refuses its notifications, so the policy cannot refer to the bucket. The reader checks the name in each
   * message.
   * https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html
   */
  allowOwnBucket(): IDependable {
    return this.allow({ StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } })
  }

  /** Lets exactly one bucket of one account send, which this stack does not make. */
  allowForeignBucket(bucketName: string, account: string): void {
    const arn = `arn:${Aws.PARTITION}:s3:::${bucketName}`
    this.allow({ ArnEquals: { 'aws:SourceArn': arn }, StringEquals: { 'aws:SourceAccount': account } })
  }

  /** @returns the policy */
  private allow(conditions: Record<string, Record<string, string>>): IDependable {
    const { policyDependable } = this.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('s3.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [this.queueArn],
        conditions,
      }),
    )
    if (!policyDependable) throw new Error(`${this.node.path} takes no policy`)
    return policyDependable
  }
}
