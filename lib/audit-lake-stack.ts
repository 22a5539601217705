import { CfnOutput, CfnResource, Stack, type StackProps } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import type { LogSchema } from '../schemas/definition.ts'
import type { Config } from '../settings/settings.ts'
import { secondStack } from '../settings/source-room.ts'
import { sourceTypes } from '../settings/source-types.ts'
import { beforeSecretName, sourceFacts } from '../settings/stack-facts.ts'
import { Delivery } from './delivery/index.ts'
import { AlarmTopic } from './health/alarm-topic.ts'
import { Health } from './health/index.ts'
import { Intake } from './intake/index.ts'
import { Lake } from './lake/index.ts'
import { Merger } from './lake/merger.ts'
import { Janitor } from './ops/janitor.ts'
import { OpsBucket } from './ops/ops-bucket.ts'
import { Ticker } from './ops/ticker.ts'

export interface AuditLakeStackProps extends StackProps {
  readonly config: Config
  /** Log types that get a table. */
  readonly schemas: readonly LogSchema[]
}

/** The whole pipeline: intake publishes to delivery, delivery writes into the lake, the janitor looks after both. */
export class AuditLakeStack extends Stack {
  constructor(scope: Construct, id: string, { config, schemas, ...props }: AuditLakeStackProps) {
    super(scope, id, props)
    const {
      retentionDays,
      queryLimitGB,
      previousSecretHours,
      mergeEverySeconds,
      throttle,
      alarms,
      customDomain,
      secretArns,
      sources,
    } = config
    const opsBucket = new OpsBucket(this, 'OpsBucket', config.opsBucketName)
    const lake = new Lake(this, 'Lake', {
      schemas,
      retentionDays,
      queryLimitGB,
      opsBucket,
      existingBucket: config.lakeBucketName,
    })
    const ticker = new Ticker(this, 'Ticker')
    const ofWebhooks = sources.flatMap(({ type: name }) => {
      const type = sourceTypes.get(name)
      return type?.mode === 'webhook' ? [type.logType] : []
    })
    const delivery = new Delivery(this, 'Delivery', {
      lake,
      opsBucket,
      retentionDays,
      ticker,
      webhookLogTypes: [...new Set(ofWebhooks)].sort(),
      ...config.delivery,
    })
    const intake = new Intake(this, 'Intake', {
      sources,
      previousSecretHours,
      throttle,
      customDomain,
      secretArns,
      ticker,
      delivery,
      lake,
      opsBucket,
    })
    new Merger(this, 'Merger', { lake, opsBucket, delivery, ticker })
    const topic = new AlarmTopic(this, 'AlarmTopic', alarms.emails)
    const janitor = new Janitor(this, 'Janitor', {
      ticker,
      opsBucket,
      lake,
      retentionDays,
      delivery,
      mergeEverySeconds,
      setUpGraceHours: alarms.setUpGraceHours,
      streamQueues: intake.streamQueues,
      facts: {
        region: this.region,
        buckets: { lake: lake.bucket.bucketName, ops: opsBucket.bucketName },
        queues: {
          records: delivery.records.queueUrl,
          recordsBulk: delivery.recordsBulk.queueUrl,
          deadLetters: delivery.deadLetters.queueUrl,
          merges: delivery.merges.queueUrl,
        },
        alarmTopic: topic.topicArn,
        database: lake.database,
        workgroup: lake.workgroup,
        webhooks: {
          url: intake.publicUrl,
          secrets: `arn:${this.partition}:secretsmanager:${this.region}:${this.account}${beforeSecretName}`,
        },
        namesRecoveries: true,
        sources: sourceFacts(sources, (sourceId, what) => intake.secretName(sourceId, what)),
        ...(intake.oauthKeySecretArn !== undefined && { oauthKeySecretId: intake.oauthKeySecretArn }),
      },
    })
    new Health(this, 'Health', {
      topic,
      alarms,
      sources,
      api: intake.api,
      queues: new Map([
        ['live events', delivery.records],
        ['events in bulk', delivery.recordsBulk],
        ...[...intake.streamQueues].map(([source, queue]) => [`stream ${source}`, queue] as const),
      ]),
      deadLetters: new Map([
        ['dead letters', delivery.deadLetters],
        ...[...delivery.deadLettersOfSources].map(([source, queue]) => [`dead letters of ${source}`, queue] as const),
      ]),
      janitor,
      urgent: [...intake.receivers, delivery.writer],
    })
    new CfnOutput(this, 'OpsBucketName', { value: opsBucket.bucketName })
    this.node.addValidation({ validate: () => tooManyResources(this) })
  }
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const MAX_RESOURCES = 500

function tooManyResources(stack: Stack): string[] {
  const count = stack.node.findAll().filter(CfnResource.isCfnResource).length
  if (count <= MAX_RESOURCES) return []
  return [
    `These sources need ${count} resources, and CloudFormation takes ${MAX_RESOURCES} in a stack: deploy some of them ${secondStack}.`,
  ]
}
