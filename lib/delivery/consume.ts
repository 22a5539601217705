import { Duration } from 'aws-cdk-lib'
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam'
import type { Queue } from 'aws-cdk-lib/aws-sqs'
import type { NodeFunction } from '../node-function.ts'

export interface ConsumeProps {
  /** Messages of one invocation, at most 10,000; at most 10 without a window. */
  readonly batchSize: number
  /** How long messages may wait for others, 0 to 60 seconds. */
  readonly windowSeconds: number
}

/**
 * Delivers the messages of a queue to a function in batches. The function reports the messages that failed; only these
 * are delivered again.
 */
export function consume(consumer: NodeFunction, id: string, queue: Queue, props: ConsumeProps): void {
  // Lambda polls the queue with the function's role.
  // https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
  grantOn(queue, consumer, ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'])
  consumer.function.addEventSourceMapping(id, {
    eventSourceArn: queue.queueArn,
    batchSize: props.batchSize,
    maxBatchingWindow: Duration.seconds(props.windowSeconds),
    reportBatchItemFailures: true,
    // Lambda's minimum. Without a limit, a backlog uses up the account's concurrency (10 in a new account), and
    // webhooks are throttled.
    maxConcurrency: 2,
  })
}

/** Lets a function take messages out of a queue by itself. */
export function grantTake(queue: Queue, grantee: IGrantable): void {
  grantOn(queue, grantee, ['sqs:DeleteMessage', 'sqs:ReceiveMessage'])
}

/** Lets a function say when messages that failed come again. */
export function grantDefer(queue: Queue, grantee: IGrantable): void {
  grantOn(queue, grantee, ['sqs:ChangeMessageVisibility'])
}

function grantOn({ queueArn }: Queue, grantee: IGrantable, actions: string[]): void {
  Grant.addToPrincipal({ grantee, actions, resourceArns: [queueArn] })
}
