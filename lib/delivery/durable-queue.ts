import { Duration, RemovalPolicy } from 'aws-cdk-lib'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'

export interface DurableQueueProps {
  /** Timeout of the function that takes the messages. */
  readonly consumerTimeout: Duration
  /**
   * How long messages may wait to be received together, in seconds.
   * @default 0
   */
  readonly windowSeconds?: number
  /** Takes the messages that failed five times. @default none, for a dead-letter queue itself */
  readonly deadLetters?: Queue
}

/** Receives before a message becomes a dead letter. Throttled invocations count as well. */
const MAX_RECEIVES = 5

/**
 * The base of all queues: encrypted, TLS only, with SQS's longest retention, and kept when the stack is deleted,
 * because a message in it was acknowledged to its sender and exists nowhere else. A creation that fails takes it along.
 */
export class DurableQueue extends Queue {
  constructor(scope: Construct, id: string, { consumerTimeout, windowSeconds = 0, deadLetters }: DurableQueueProps) {
    super(scope, id, {
      ...(deadLetters && { deadLetterQueue: { queue: deadLetters, maxReceiveCount: MAX_RECEIVES } }),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
      // Six times the timeout plus the window, as AWS advises, so that throttled invocations do not use up a message's
      // receives.
      // https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
      visibilityTimeout: Duration.seconds(6 * consumerTimeout.toSeconds() + windowSeconds),
    })
  }
}
