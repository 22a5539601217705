import { TemplateError } from '../../template/template.ts'
import { jsonObject } from '../json-protocol.ts'
import { readBody } from '../read-body.ts'
import { type Answer, notImplemented, ServiceError } from '../store.ts'
import type { BucketFacts } from './bucket-facts.ts'
import { lifecycleElements, publicAccessElements } from './bucket-settings-xml.ts'
import { notificationElements, readNotifications } from './notification-xml.ts'
import type { Notifications } from './notifications.ts'
import type { ObjectCall } from './operations.ts'
import { parseXml } from './parse-xml.ts'
import { type Element, renderXml } from './xml.ts'

export interface BucketOperationsOptions {
  readonly notifications: Notifications
  factsOf(bucket: string): BucketFacts
  /** @throws {TemplateError} for a policy that cannot be judged here */
  setPolicy(bucket: string, policy: string): void
}

/** Limit of a bucket policy in bytes; notifications have a higher one, but are short. */
const longestDocument = 20 * 1024

/**
 * The operations on buckets with which their owner lets a stack read one, and looks at how the stack's own are set up.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
 */
export function bucketOperations({ notifications, factsOf, setPolicy }: BucketOperationsOptions) {
  return {
    async HeadBucket({ bucket }: ObjectCall): Promise<Answer> {
      return { status: 200, headers: { 'x-amz-bucket-region': factsOf(bucket).region } }
    },
    async GetBucketNotificationConfiguration({ bucket }: ObjectCall): Promise<Answer> {
      return xml('NotificationConfiguration', notificationElements(factsOf(bucket).notifications))
    },
    async PutBucketNotificationConfiguration(call: ObjectCall): Promise<Answer> {
      await notifications.configure(call.bucket, readNotifications(parseXml(await documentOf(call))))
      return { status: 200, headers: {} }
    },
    async GetBucketPolicy({ bucket }: ObjectCall): Promise<Answer> {
      const { policy } = factsOf(bucket)
      if (policy !== null) return { status: 200, headers: { 'content-type': 'application/json' }, body: policy }
      throw new ServiceError(404, 'NoSuchBucketPolicy', 'The bucket policy does not exist')
    },
    async PutBucketPolicy(call: ObjectCall): Promise<Answer> {
      if (factsOf(call.bucket).byTemplate) {
        throw notImplemented(`another policy of ${call.bucket}: it stands in the template`)
      }
      const policy = await documentOf(call)
      try {
        jsonObject(policy)
      } catch {
        throw new ServiceError(400, 'MalformedPolicy', 'Policies must be valid JSON and the first byte must be {')
      }
      try {
        setPolicy(call.bucket, policy)
      } catch (error) {
        throw error instanceof TemplateError ? notImplemented(`this policy: ${error.message}`) : error
      }
      return { status: 204, headers: {} }
    },
    async GetBucketLifecycleConfiguration({ bucket }: ObjectCall): Promise<Answer> {
      const { lifecycle } = factsOf(bucket)
      if (lifecycle.length > 0) return xml('LifecycleConfiguration', lifecycleElements(lifecycle))
      throw new ServiceError(404, 'NoSuchLifecycleConfiguration', 'The lifecycle configuration does not exist')
    },
    async GetBucketVersioning({ bucket }: ObjectCall): Promise<Answer> {
      return xml('VersioningConfiguration', factsOf(bucket).versioned ? [['Status', 'Enabled']] : [])
    },
    async GetPublicAccessBlock({ bucket }: ObjectCall): Promise<Answer> {
      const { publicAccessBlock } = factsOf(bucket)
      if (publicAccessBlock.length > 0) {
        return xml('PublicAccessBlockConfiguration', publicAccessElements(publicAccessBlock))
      }
      throw new ServiceError(
        404,
        'NoSuchPublicAccessBlockConfiguration',
        'The public access block configuration was not found',
      )
    },
    async GetBucketEncryption({ bucket }: ObjectCall): Promise<Answer> {
      const { kmsKeyArn } = factsOf(bucket)
      const byDefault: readonly Element[] =
        kmsKeyArn === null
          ? [['SSEAlgorithm', 'AES256']]
          : [
              ['SSEAlgorithm', 'aws:kms'],
              ['KMSMasterKeyID', kmsKeyArn],
            ]
      return xml('ServerSideEncryptionConfiguration', [['Rule', [['ApplyServerSideEncryptionByDefault', byDefault]]]])
    },
  }
}

function xml(name: string, content: readonly Element[]): Answer {
  return { status: 200, headers: { 'content-type': 'application/xml' }, body: renderXml(name, content) }
}

async function documentOf({ request }: ObjectCall): Promise<string> {
  const body = await readBody(request.body, longestDocument)
  if (body !== undefined) return body.toString()
  throw new ServiceError(400, 'EntityTooLarge', `The document exceeds ${longestDocument} bytes.`)
}
