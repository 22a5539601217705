import { Duration } from 'aws-cdk-lib'
import { Grant } from 'aws-cdk-lib/aws-iam'
import type { Queue } from 'aws-cdk-lib/aws-sqs'
import type { NodeFunction } from '../node-function.ts'

export interface ConsumeProps {
  /** Messages of one invocation, at most 10,000; at most 10 without a window. */
  readonly batchSize: number
  /** Seconds that messages may wait for others, 0 to 60. */
  readonly windowSeconds: number
}

/** What Lambda does with a queue in the name of the function. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
const consumeActions = ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage']

/**
 * Hands the messages of a queue to a function, in batches. The function names the messages that failed; only they come
 * again.
 */
export function consume(consumer: NodeFunction, id: string, queue: Queue, props: ConsumeProps): void {
  Grant.addToPrincipal({ grantee: consumer, actions: consumeActions, resourceArns: [queue.queueArn] })
  consumer.function.addEventSourceMapping(id, {
    eventSourceArn: queue.queueArn,
    batchSize: props.batchSize,
    maxBatchingWindow: Duration.seconds(props.windowSeconds),
    reportBatchItemFailures: true,
    // The fewest that Lambda allows. Without it a backlog takes every function that the account may run at once, ten in
    // a new account, and webhooks would find none.
    maxConcurrency: 2,
  })
}
