import { Duration, Size } from 'aws-cdk-lib'
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam'
import type { Queue } from 'aws-cdk-lib/aws-sqs'
import { Construct, type IConstruct } from 'constructs'
import { env as deadLettersEnv } from '../../lambdas/functions/dead-letters/env.ts'
import { env as writerEnv } from '../../lambdas/functions/writer/env.ts'
import type { Lake } from '../lake/index.ts'
import { NodeFunction } from '../node-function.ts'
import { type OpsBucket, opsPrefixes } from '../ops/ops-bucket.ts'
import { consume } from './consume.ts'
import { DurableQueue } from './durable-queue.ts'

export interface DeliveryProps {
  /** Takes the rows. */
  readonly lake: Lake
  /** Takes what does not fit into a message, and what could not be written. */
  readonly opsBucket: OpsBucket
  /** Days that rows are kept; bounds how old a partition a row may be put into. */
  readonly retentionDays: number
  /** Seconds that messages may wait to be written together, 0 to 60. */
  readonly windowSeconds: number
}

/** Of the writer, and of the function that archives what the writer could not write. */
const TIMEOUT = Duration.seconds(60)

/** Large files are cheap to query, so a batch is as large as the window allows; without a window SQS allows ten. */
const BATCH_SIZE = 1_000
const BATCH_SIZE_WITHOUT_WINDOW = 10

/** After so many failed attempts a message counts as dead. Throttled invocations are attempts as well. */
const MAX_RECEIVES = 5

/** The way from a published message to rows in the lake: queues, the writer, and an archive for what cannot be written. */
export class Delivery extends Construct {
  /** What happens now. */
  readonly records: Queue
  /** What is fetched in bulk, in a queue of its own so that a week's burst cannot delay a webhook. */
  readonly recordsBulk: Queue
  readonly deadLetters: Queue
  readonly writer: NodeFunction

  private readonly opsBucket: OpsBucket

  constructor(scope: Construct, id: string, props: DeliveryProps) {
    super(scope, id)
    this.opsBucket = props.opsBucket
    this.deadLetters = new DurableQueue(this, 'RecordsDlq', { consumerTimeout: TIMEOUT })
    const records = (queueId: string) =>
      new DurableQueue(this, queueId, {
        consumerTimeout: TIMEOUT,
        windowSeconds: props.windowSeconds,
        deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: MAX_RECEIVES },
      })
    this.records = records('Records')
    this.recordsBulk = records('RecordsBulk')
    this.writer = this.addWriter(props)
    this.addArchive()
  }

  /** Lets a function publish what happens now, and neither read nor list what others published. */
  grantPublish(grantee: IGrantable & IConstruct): void {
    this.grantSend(grantee, this.records)
    this.opsBucket.grantPutAside(grantee)
  }

  /** Lets a function publish what happens now, and what it fetches in bulk. */
  grantPublishAll(grantee: IGrantable & IConstruct): void {
    this.grantSend(grantee, this.records, this.recordsBulk)
    this.opsBucket.grantPutAside(grantee)
  }

  /** Lets a function send messages that were put aside to the queues that they were meant for. */
  grantResend(grantee: IGrantable): void {
    this.grantSend(grantee, this.records, this.recordsBulk)
  }

  private grantSend(grantee: IGrantable, ...queues: Queue[]): void {
    const resourceArns = queues.map(({ queueArn }) => queueArn)
    Grant.addToPrincipal({ grantee, actions: ['sqs:SendMessage'], resourceArns })
  }

  private addWriter({ lake, opsBucket, retentionDays, windowSeconds }: DeliveryProps): NodeFunction {
    const writer = new NodeFunction(this, 'Writer', {
      handler: 'writer',
      description: 'Writes published rows into the lake',
      timeout: TIMEOUT,
      memory: Size.mebibytes(1024),
      environment: {
        [writerEnv.lakeBucket]: lake.bucket.bucketName,
        [writerEnv.opsBucket]: opsBucket.bucketName,
        [writerEnv.retentionDays]: String(retentionDays),
      },
    })
    lake.grantWrite(writer)
    opsBucket.grantReadClaims(writer)
    const batch = { windowSeconds, batchSize: windowSeconds === 0 ? BATCH_SIZE_WITHOUT_WINDOW : BATCH_SIZE }
    consume(writer, 'Records', this.records, batch)
    consume(writer, 'RecordsBulk', this.recordsBulk, batch)
    return writer
  }

  private addArchive(): void {
    const archive = new NodeFunction(this, 'DeadLetters', {
      handler: 'dead-letters',
      description: 'Archives messages that could not be written',
      timeout: TIMEOUT,
      memory: Size.mebibytes(512),
      environment: { [deadLettersEnv.opsBucket]: this.opsBucket.bucketName },
    })
    this.opsBucket.grantBelow(archive, opsPrefixes.deadLetters, ['s3:PutObject'])
    this.opsBucket.grantReadClaims(archive)
    consume(archive, 'RecordsDlq', this.deadLetters, { batchSize: 10, windowSeconds: 0 })
  }
}
