import { Duration, RemovalPolicy } from 'aws-cdk-lib'
import { type DeadLetterQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'

export interface DurableQueueProps {
  /** Timeout of the function that takes the messages. */
  readonly consumerTimeout: Duration
  /**
   * Seconds that messages may wait to be taken together.
   * @default 0
   */
  readonly windowSeconds?: number
  /** @default none, for a queue that is the last stop itself */
  readonly deadLetterQueue?: DeadLetterQueue
}

/**
 * A queue as all of ours are: encrypted, TLS only, as patient as SQS can be, and kept when the stack goes, because a
 * message in it was acknowledged to its sender and exists nowhere else.
 */
export class DurableQueue extends Queue {
  constructor(scope: Construct, id: string, { consumerTimeout, windowSeconds = 0, ...props }: DurableQueueProps) {
    super(scope, id, {
      ...props,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      removalPolicy: RemovalPolicy.RETAIN,
      // Six times and the window, as AWS advises, so that throttled invocations do not use up the receives of a good
      // message.
      // https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
      visibilityTimeout: Duration.seconds(6 * consumerTimeout.toSeconds() + windowSeconds),
    })
  }
}
