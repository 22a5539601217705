import {
  GetBucketEncryptionCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketPolicyCommand,
  HeadBucketCommand,
  type NotificationConfiguration,
  PutBucketNotificationConfigurationCommand,
  PutBucketPolicyCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { statusOf } from '../../lambdas/core/aws/s3-errors.ts'
import { reasonOf } from '../installation.ts'

/** The default encryption of a bucket. */
export type Encryption =
  | { readonly kind: 'own-keys-of-s3' }
  /** Without a name it is the key that AWS manages for S3 in the owner's account. */
  | { readonly kind: 'kms'; readonly key: string | undefined }
  | { readonly kind: 'unknown'; readonly reason: string }

/**
 * A bucket as its owner sees and changes it.
 * @param region where the bucket is expected; requests follow it to another
 */
export function ownedBucket(Bucket: string, region: string) {
  const client = new S3Client({ region, followRegionRedirects: true })
  const failed = (what: string) => (cause: unknown) => {
    throw new Error(`The bucket ${Bucket}: ${what}: ${reasonOf(cause)}`, { cause })
  }
  return {
    /** @throws when there is no such bucket, or the credentials may not see it */
    async region(): Promise<string> {
      const head = await client.send(new HeadBucketCommand({ Bucket })).catch((cause: unknown) => {
        const status = statusOf(cause)
        if (status === 404) throw new Error(`There is no bucket ${Bucket}.`, { cause })
        if (status !== 403) return failed('it cannot be reached')(cause)
        throw new Error(`The credentials may not see the bucket ${Bucket}: use those of its owner.`, { cause })
      })
      return head.BucketRegion ?? region
    },
    async notifications(): Promise<NotificationConfiguration> {
      const answer = await client
        .send(new GetBucketNotificationConfigurationCommand({ Bucket }))
        .catch(failed('its notifications cannot be read'))
      const { $metadata: _, ...configuration } = answer
      return configuration
    },
    /** Undefined when it has none. */
    async policy(): Promise<string | undefined> {
      const answer = await client.send(new GetBucketPolicyCommand({ Bucket })).catch((cause: unknown) => {
        if (cause instanceof Error && cause.name === 'NoSuchBucketPolicy') return { Policy: undefined }
        return failed('its policy cannot be read')(cause)
      })
      return answer.Policy
    },
    encryption: (): Promise<Encryption> =>
      client.send(new GetBucketEncryptionCommand({ Bucket })).then(
        ({ ServerSideEncryptionConfiguration: { Rules = [] } = { Rules: [] } }) => {
          const byDefault = Rules[0]?.ApplyServerSideEncryptionByDefault
          const usesKms = byDefault?.SSEAlgorithm?.startsWith('aws:kms')
          return usesKms ? { kind: 'kms', key: byDefault?.KMSMasterKeyID } : { kind: 'own-keys-of-s3' }
        },
        (cause: unknown) => ({ kind: 'unknown', reason: reasonOf(cause) }),
      ),
    async putNotifications(NotificationConfiguration: NotificationConfiguration): Promise<void> {
      await client
        .send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }))
        .catch((cause: unknown) => {
          const isRefused = reasonOf(cause).includes('Unable to validate the following destination configurations')
          return failed(isRefused ? refusedQueue : 'its notifications cannot be changed')(cause)
        })
    },
    async putPolicy(Policy: string): Promise<void> {
      await client.send(new PutBucketPolicyCommand({ Bucket, Policy })).catch(failed('its policy cannot be changed'))
    },
    close: () => client.destroy(),
  }
}

const refusedQueue =
  'the queue does not accept messages about it. Deploy the stack first, with this bucket and its account in the settings of the source (bucket, bucketAccount), then run this command again. S3 says'
