import type { QueueNotification } from '../../aws/s3/bucket-facts.ts'
import { isObject } from '../../json.ts'
import type { ResourceValues } from '../intrinsics.ts'
import { bucketSettings } from './bucket-settings.ts'
import { Declared } from './declared.ts'
import { resourcePolicy } from './role.ts'
import type { Site } from './site.ts'

export function bucketValues(declared: Declared): ResourceValues {
  const name = declared.physicalName('BucketName')
  return { ref: name, attributes: { Arn: `arn:aws:s3:::${name}`, DomainName: `${name}.s3.amazonaws.com` } }
}

export async function bucket(declared: Declared, { gateway }: Site): Promise<ResourceValues> {
  const { objects, accountId: owner } = gateway
  const values = bucketValues(declared)
  const rules = notifications(declared.object('NotificationConfiguration'))
  // An earlier template may have named it without making it.
  const isForeign = !objects.factsOf(values.ref).byTemplate
  objects.ensureBucket(values.ref, {
    ...(isForeign && { owner, byTemplate: true, policy: null }),
    ...bucketSettings(declared),
  })
  await objects.notifications.configure(values.ref, rules).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`${declared.id} (${declared.type}): ${reason}`, { cause })
  })
  return values
}

/** The policy of a bucket that the template makes, or that an earlier one made. */
export function bucketPolicy(declared: Declared, site: Site): ResourceValues {
  const name = declared.text('Bucket')
  const { objects } = site.gateway
  if (!objects.has(name) || !objects.factsOf(name).byTemplate) {
    declared.invalid(
      'Bucket',
      `a bucket of the template, or one that an earlier run left here, and there is no ${name}`,
    )
  }
  objects.ensureBucket(name, { policy: JSON.stringify(declared.object('PolicyDocument').properties) })
  return resourcePolicy(declared, site)
}

function notifications(declared: Declared): QueueNotification[] {
  for (const other of ['TopicConfigurations', 'LambdaConfigurations', 'EventBridgeConfiguration']) {
    declared.refuse(other, 'buckets notify queues only')
  }
  return declared.list('QueueConfigurations').map((rule, index) => {
    const one = new Declared(`${declared.id}.QueueConfigurations[${index}]`, declared.type, isObject(rule) ? rule : {})
    one.refuse('Filter', 'a queue gets messages about all objects')
    // CloudFormation makes up an id; here it stays the same.
    const id = `${declared.id}-${index}`
    return { id, queueArn: one.text('Queue'), events: [one.text('Event')], prefix: '', suffix: '' }
  })
}
