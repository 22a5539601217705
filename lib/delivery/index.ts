import { Duration, RemovalPolicy, Size } from 'aws-cdk-lib'
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam'
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources'
import { Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { env } from '../../lambdas/handlers/writer/env.ts'
import type { Lake } from '../lake/index.ts'
import { NodeFunction } from '../node-function.ts'

export interface DeliveryProps {
  /** Takes the rows. */
  readonly lake: Lake
  /** Days that rows are kept; bounds how old a partition a row may be put into. */
  readonly retentionDays: number
  /** Seconds that messages may wait to be written together, 0 to 60. */
  readonly windowSeconds: number
}

const WRITER_TIMEOUT = Duration.seconds(60)

/** Large files are cheap to query, so a batch is as large as the window allows; without a window SQS allows ten. */
const BATCH_SIZE = 1_000
const BATCH_SIZE_WITHOUT_WINDOW = 10

/**
 * What every queue here is: encrypted, TLS only, as patient as SQS can be, and kept when the stack goes, because a
 * message in it was acknowledged to its sender and exists nowhere else.
 */
const durable = {
  encryption: QueueEncryption.SQS_MANAGED,
  enforceSSL: true,
  retentionPeriod: Duration.days(14),
  removalPolicy: RemovalPolicy.RETAIN,
} as const satisfies QueueProps

/** The way from a published message to rows in the lake: a queue, its dead-letter queue and the writer. */
export class Delivery extends Construct {
  readonly records: Queue
  readonly deadLetters: Queue
  readonly writer: NodeFunction

  constructor(scope: Construct, id: string, props: DeliveryProps) {
    super(scope, id)
    this.deadLetters = new Queue(this, 'RecordsDlq', durable)
    this.records = new Queue(this, 'Records', {
      ...durable,
      // Six times, as AWS advises, so that throttled invocations do not use up the receives of a good message.
      // https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
      visibilityTimeout: Duration.seconds(6 * WRITER_TIMEOUT.toSeconds()),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: 5 },
    })
    this.writer = new NodeFunction(this, 'Writer', {
      handler: 'writer',
      description: 'Writes published rows into the lake',
      timeout: WRITER_TIMEOUT,
      memory: Size.mebibytes(1024),
      environment: {
        [env.lakeBucket]: props.lake.bucket.bucketName,
        [env.retentionDays]: String(props.retentionDays),
      },
    })
    props.lake.grantWrite(this.writer)
    this.writer.function.addEventSource(
      new SqsEventSource(this.records, {
        batchSize: props.windowSeconds === 0 ? BATCH_SIZE_WITHOUT_WINDOW : BATCH_SIZE,
        maxBatchingWindow: Duration.seconds(props.windowSeconds),
        reportBatchItemFailures: true,
        // Keeps the lists from being fought over and leaves room in accounts that may run only ten functions at once.
        maxConcurrency: 2,
      }),
    )
  }

  /** Lets a function publish messages to the queue, and neither read nor list them. */
  grantPublish(grantee: IGrantable): void {
    Grant.addToPrincipal({ grantee, actions: ['sqs:SendMessage'], resourceArns: [this.records.queueArn] })
  }
}
