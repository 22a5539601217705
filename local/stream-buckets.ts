import type { Permissions } from './aws/iam/permissions.ts'
import { isObject, type JsonObject } from './json.ts'
import { type StreamSource, streamSources } from './sources.ts'
import type { Site } from './template/resources/site.ts'

/** Name of the statement and of the notification that let the stack read a foreign bucket. */
const ours = 'AuditLake'

/**
 * Makes the buckets of streams that the template names without making them. They belong to the account that the
 * settings name, and what a person put into their policy and notifications is kept.
 *
 * @param opened whether their owner has let the stack read them and notifies its queues
 * @throws {ServiceError} when a queue's policy does not let S3 send messages of the bucket to it
 */
export async function provideStreamBuckets(
  site: Pick<Site, 'gateway' | 'functions' | 'permissions' | 'eventSources'>,
  opened: boolean,
): Promise<void> {
  for (const source of streamSources(site)) {
    if (!isForeign(site, source)) continue
    const { objects } = site.gateway
    const { bucketAccount: owner = site.gateway.accountId } = source.options
    objects.ensureBucket(source.bucket, { owner: String(owner), byTemplate: false })
    if (!opened) continue
    const { policy, notifications } = objects.factsOf(source.bucket)
    const statement = readerStatement(site.permissions, source)
    objects.ensureBucket(source.bucket, { policy: JSON.stringify(withStatement(policy ?? '{}', statement)) })
    const queueArn = site.eventSources.find(({ target }) => target === source.function)?.queueArn
    if (queueArn === undefined) throw new Error(`the reader of ${source.id} has no queue`)
    const rule = { id: ours, queueArn, events: ['s3:ObjectCreated:*'], prefix: '', suffix: '' }
    await objects.notifications.configure(source.bucket, [...notifications.filter(({ id }) => id !== ours), rule])
  }
}

/** Whether the template names the bucket without making it. */
export function isForeign({ gateway }: Pick<Site, 'gateway'>, { bucket }: Pick<StreamSource, 'bucket'>): boolean {
  return !gateway.objects.has(bucket) || !gateway.objects.factsOf(bucket).byTemplate
}

function readerStatement(permissions: Permissions, { bucket, functionName }: StreamSource): JsonObject {
  return {
    Sid: ours,
    Effect: 'Allow',
    Principal: { AWS: permissions.arnOf(functionName) ?? '' },
    Action: ['s3:GetObject', 's3:ListBucket'],
    Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
  }
}

function withStatement(policy: string, statement: JsonObject): JsonObject {
  const document: unknown = JSON.parse(policy)
  const { Statement: statements = [] } = isObject(document) ? document : {}
  const others = [statements].flat().filter((one) => isObject(one) && one.Sid !== ours)
  return { Version: '2012-10-17', Statement: [...others, statement] }
}
