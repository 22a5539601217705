import { Duration, Names, Size } from 'aws-cdk-lib'
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam'
import type { Queue } from 'aws-cdk-lib/aws-sqs'
import { Construct, type IConstruct } from 'constructs'
import { env as deadLettersEnv, ownQueuesVariable } from '../../lambdas/functions/dead-letters/env.ts'
import { env as writerEnv } from '../../lambdas/functions/writer/env.ts'
import { asciiJson } from '../../settings/ascii.ts'
import { opsPrefixes } from '../../settings/bucket-plan.ts'
import type { Lake } from '../lake/index.ts'
import { NodeFunction } from '../node-function.ts'
import type { OpsBucket } from '../ops/ops-bucket.ts'
import type { Ticker } from '../ops/ticker.ts'
import { consume, grantDefer, grantTake } from './consume.ts'
import { DurableQueue, visibilityForMapping } from './durable-queue.ts'

export interface DeliveryProps {
  /** Takes the rows. */
  readonly lake: Lake
  /** Takes long messages and dead letters. */
  readonly opsBucket: OpsBucket
  /** Retention in days, which bounds the age of partitions that rows go to. */
  readonly retentionDays: number
  /** How long messages may wait to be written together, 0 to 60 seconds. */
  readonly windowSeconds: number
  /** The log types of webhook sources, whose newest receipts the writer notes. */
  readonly webhookLogTypes: readonly string[]
  /** Calls the writer, if messages may wait for a minute. */
  readonly ticker: Ticker
}

/** Timeout of a function to which Lambda delivers messages. */
const TIMEOUT = Duration.seconds(60)

/** Timeout of a writer that empties the queues once a minute: two of them at once, as a rule. */
const DRAIN_TIMEOUT = Duration.seconds(115)

/** Longer than a writer works on a message that it took out of a queue. */
const DRAIN_VISIBILITY = Duration.seconds(180)

/** Longer than a merger works on a request: Lambda's longest timeout, and a minute. */
const MERGE_VISIBILITY = Duration.minutes(16)

/** Large files are cheap to query, so a batch is as large as the window allows; without a window Lambda allows ten. */
const BATCH_SIZE = 1_000
const BATCH_SIZE_WITHOUT_WINDOW = 10

/**
 * Messages in bulk hold up to 4 MB of rows each, of which the queue has the key alone: a batch is what the writer
 * manages in its time, or each message of a larger one would use up its receives for nothing.
 */
const BULK_BATCH_SIZE = 25

/** Failed writes are repeated for longer than half an hour, the first of them soon. */
const RECORD_RECEIVES = 8

const DEAD_LETTER_BATCH = { batchSize: 10, windowSeconds: 0 }

/**
 * Whether the writer takes the messages out of the queues itself, once a minute: Lambda reads each queue with five
 * pollers, each of which would make its own file.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
 */
const isDrained = ({ windowSeconds }: Pick<DeliveryProps, 'windowSeconds'>): boolean => windowSeconds === 60

/** The way from a published message to rows in the lake: queues, the writer, and the archive of dead letters. */
export class Delivery extends Construct {
  /** Live events. */
  readonly records: Queue
  /** Events fetched in bulk, in their own queue so that a week's burst cannot delay a webhook. */
  readonly recordsBulk: Queue
  readonly deadLetters: Queue
  /** Requests for merges of a table's day. */
  readonly merges: Queue

  private readonly opsBucket: OpsBucket
  readonly writer: NodeFunction
  private readonly archive: NodeFunction
  private readonly ownDeadLetters = new Map<string, Queue>()

  constructor(scope: Construct, id: string, props: DeliveryProps) {
    super(scope, id)
    this.opsBucket = props.opsBucket
    this.deadLetters = new DurableQueue(this, 'RecordsDlq', { visibilityTimeout: visibilityForMapping(TIMEOUT) })
    const { windowSeconds } = props
    const records = (queueId: string) =>
      new DurableQueue(this, queueId, {
        visibilityTimeout: isDrained(props) ? DRAIN_VISIBILITY : visibilityForMapping(TIMEOUT, windowSeconds),
        deadLetters: this.deadLetters,
        maxReceives: RECORD_RECEIVES,
      })
    this.records = records('Records')
    this.recordsBulk = records('RecordsBulk')
    this.merges = new DurableQueue(this, 'Merges', {
      visibilityTimeout: MERGE_VISIBILITY,
      deadLetters: this.deadLetters,
    })
    this.writer = this.addWriter(props)
    this.archive = this.addArchive()
  }

  /** Lets a function publish events to queues, without reading them. */
  grantPublish(grantee: IGrantable & IConstruct, ...queues: Queue[]): void {
    this.grantSend(grantee, ...queues)
    this.opsBucket.grantPutAside(grantee)
  }

  /**
   * Lets a function send what needs no place beside the queues: messages that are stored already, requests for merges.
   */
  grantSend(grantee: IGrantable, ...queues: Queue[]): void {
    const resourceArns = queues.map(({ queueArn }) => queueArn)
    Grant.addToPrincipal({ grantee, actions: ['sqs:SendMessage'], resourceArns })
  }

  /**
   * The dead-letter queue of one source's own queue, which is archived as that of the records is. The archive learns
   * the queue's name, because messages of other services do not say to which source they belong. The names fit into its
   * variables: the settings allow for more of each source.
   */
  deadLettersOf(scope: Construct, id: string, sourceId: string): Queue {
    const queue = new DurableQueue(scope, id, { visibilityTimeout: visibilityForMapping(TIMEOUT) })
    consume(this.archive, Names.nodeUniqueId(queue.node), queue, DEAD_LETTER_BATCH)
    this.ownDeadLetters.set(sourceId, queue)
    const names = [...this.ownDeadLetters].map(([source, { queueName }]) => [source, queueName])
    this.archive.function.addEnvironment(ownQueuesVariable, asciiJson(Object.fromEntries(names)))
    return queue
  }

  /** The dead-letter queues that belong to one source, by its id. */
  get deadLettersOfSources(): ReadonlyMap<string, Queue> {
    return this.ownDeadLetters
  }

  private addWriter(props: DeliveryProps): NodeFunction {
    const { lake, opsBucket, retentionDays, windowSeconds } = props
    const writer = new NodeFunction(this, 'Writer', {
      handler: 'writer',
      description: 'Writes published rows into the lake',
      timeout: isDrained(props) ? DRAIN_TIMEOUT : TIMEOUT,
      memory: Size.mebibytes(1024),
      environment: {
        [writerEnv.lakeBucket]: lake.bucket.bucketName,
        [writerEnv.opsBucket]: opsBucket.bucketName,
        [writerEnv.retentionDays]: String(retentionDays),
        [writerEnv.recordsQueueUrl]: this.records.queueUrl,
        [writerEnv.recordsBulkQueueUrl]: this.recordsBulk.queueUrl,
        [writerEnv.webhookLogTypes]: asciiJson(props.webhookLogTypes),
      },
    })
    lake.grantWrite(writer)
    opsBucket.grantReadClaims(writer)
    // It archives at once what it refuses for good.
    opsBucket.grantBelow(writer, opsPrefixes.deadLetters, ['s3:PutObject'])
    for (const queue of [this.records, this.recordsBulk]) grantDefer(queue, writer)
    opsBucket.grantReceiptNotes(writer)
    if (isDrained(props)) {
      for (const queue of [this.records, this.recordsBulk]) grantTake(queue, writer)
      props.ticker.call(writer, 'Writer of AuditLake', Duration.minutes(1))
    } else {
      const batch = (size: number) => ({
        windowSeconds,
        batchSize: windowSeconds === 0 ? BATCH_SIZE_WITHOUT_WINDOW : size,
      })
      consume(writer, 'Records', this.records, batch(BATCH_SIZE))
      consume(writer, 'RecordsBulk', this.recordsBulk, batch(BULK_BATCH_SIZE))
    }
    return writer
  }

  private addArchive(): NodeFunction {
    const archive = new NodeFunction(this, 'DeadLetters', {
      handler: 'dead-letters',
      description: 'Archives messages that could not be written',
      timeout: TIMEOUT,
      // The largest message is 72 MB, which is copied into its letter.
      memory: Size.mebibytes(1024),
      environment: {
        [deadLettersEnv.opsBucket]: this.opsBucket.bucketName,
        [deadLettersEnv.recordsQueue]: this.records.queueName,
        [deadLettersEnv.recordsBulkQueue]: this.recordsBulk.queueName,
        [deadLettersEnv.mergesQueue]: this.merges.queueName,
      },
    })
    this.opsBucket.grantBelow(archive, opsPrefixes.deadLetters, ['s3:PutObject'])
    this.opsBucket.grantReadClaims(archive)
    consume(archive, 'RecordsDlq', this.deadLetters, DEAD_LETTER_BATCH)
    return archive
  }
}
