import { Duration, Size } from 'aws-cdk-lib'
import type { Queue } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { apiUrlOption, type S3StreamSourceType } from '../../lambdas/connectors/manifest.ts'
import { apiUrlVariable, env, nodeFlags } from '../../lambdas/functions/stream-reader/env.ts'
import { asciiAddress, asciiJson } from '../../settings/ascii.ts'
import { credentialText } from '../../settings/credential-text.ts'
import type { SourceSettings } from '../../settings/settings.ts'
import { secretsOf } from '../../settings/source-secrets.ts'
import { consume } from '../delivery/consume.ts'
import { visibilityForMapping } from '../delivery/durable-queue.ts'
import { NodeFunction } from '../node-function.ts'
import type { IdentityProviders } from './identity-providers.ts'
import { NotificationQueue } from './notification-queue.ts'
import { Credential } from './source-secret.ts'
import { StreamBucket } from './stream-bucket.ts'
import type { Surroundings } from './surroundings.ts'

export interface StreamSourceProps extends Omit<Surroundings, 'lake'> {
  readonly identityProviders: IdentityProviders
  readonly type: S3StreamSourceType
  readonly source: SourceSettings
}

/**
 * Timeout of the reader. SQS hides a message for six times as long, so the object of a killed reader is read again
 * within ten minutes.
 */
const TIMEOUT = Duration.seconds(90)

/**
 * A source whose provider writes objects into a bucket: queue, dead-letter queue, function and role of its own, so that
 * no source can read another's bucket, and no burst of one holds up another.
 */
export class StreamSource extends Construct {
  /** The queue of the messages about its objects. */
  readonly queue: Queue

  constructor(scope: Construct, id: string, props: StreamSourceProps) {
    super(scope, id)
    const { ticker, delivery, opsBucket, secretArns, type, source } = props
    const { [apiUrlOption]: apiUrl, ...options } = source.options
    const queue = new NotificationQueue(this, 'Notifications', {
      visibilityTimeout: visibilityForMapping(TIMEOUT),
      deadLetters: delivery.deadLettersOf(this, 'DeadLetters', source.id),
    })
    this.queue = queue
    const bucket = new StreamBucket(this, 'Bucket', { ...props, queue })
    const secret =
      secretsOf(source).length > 0
        ? new Credential(this, 'Credential', { source, secretArns, credential: credentialText(type.setUp.credentials) })
        : undefined
    const reader = new NodeFunction(this, 'Reader', {
      handler: 'stream-reader',
      serviceName: source.type,
      description: `Reads: ${type.description}`,
      timeout: TIMEOUT,
      // Most of a core: the work is decompression, parsing and packing.
      memory: Size.mebibytes(1536),
      environment: {
        NODE_OPTIONS: nodeFlags,
        [env.sourceType]: source.type,
        [env.streamBucket]: bucket.bucketName,
        [env.recordsBulkQueueUrl]: delivery.recordsBulk.queueUrl,
        [env.opsBucket]: opsBucket.bucketName,
        [env.source]: asciiJson({
          ...options,
          id: source.id,
          label: source.label,
          ...(secret && { secretId: secret.arn }),
        }),
        ...(typeof apiUrl === 'string' && { [apiUrlVariable]: asciiAddress(apiUrl) }),
      },
    })
    bucket.grantRead(reader)
    secret?.grantRead(reader)
    delivery.grantPublish(reader, delivery.recordsBulk)
    opsBucket.grantStreamState(reader, source.id)
    consume(reader, 'Notifications', queue, { batchSize: 10, windowSeconds: 0 })
    ticker.call(reader, `Stream ${source.id} of AuditLake`, Duration.minutes(1))
  }
}
