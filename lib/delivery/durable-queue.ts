import { Duration, RemovalPolicy } from 'aws-cdk-lib'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'

export interface DurableQueueProps {
  /** How long a message that was received stays hidden, unless it is deleted. */
  readonly visibilityTimeout: Duration
  /** Takes the messages that failed too often. @default none, for a dead-letter queue itself */
  readonly deadLetters?: Queue
  /**
   * Receives before a message becomes a dead letter. Throttled invocations of a mapping count as well.
   * @default 5
   */
  readonly maxReceives?: number
}

/**
 * Six times the timeout of the function to which Lambda delivers, plus the time for which it gathers messages, as AWS
 * advises, so that throttled invocations do not use up a message's receives.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
export const visibilityForMapping = (timeout: Duration, windowSeconds = 0): Duration =>
  Duration.seconds(6 * timeout.toSeconds() + windowSeconds)

/**
 * The base of all queues: encrypted, TLS only, with SQS's longest retention, and kept when the stack is deleted,
 * because a message in it was acknowledged to its sender and exists nowhere else. A creation that fails takes it along.
 */
export class DurableQueue extends Queue {
  constructor(scope: Construct, id: string, props: DurableQueueProps) {
    const { visibilityTimeout, deadLetters: queue, maxReceives: maxReceiveCount = 5 } = props
    super(scope, id, {
      ...(queue && { deadLetterQueue: { queue, maxReceiveCount } }),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
      visibilityTimeout,
    })
  }
}
