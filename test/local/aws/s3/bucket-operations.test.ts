import {
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketPolicyCommand,
} from '@aws-sdk/client-s3'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { notificationElements, readNotifications } from '../../../../local/aws/s3/notification-xml.ts'
import { parseXml } from '../../../../local/aws/s3/parse-xml.ts'
import { renderXml } from '../../../../local/aws/s3/xml.ts'
import { TemplateError } from '../../../../local/template/template.ts'
import { startStack, temporaryFolder } from '../../../support/clients.ts'

const Bucket = 'foreign'

async function startForeign(dataDir?: string) {
  const guardBucket = (_: string, { policy }: { policy: object }) => {
    if ('Unknown' in policy) throw new TemplateError('the local run does not know Unknown')
  }
  const access = { decide: () => true, guardBucket }
  const stack = await startStack({ access, dataDir: dataDir ?? (await temporaryFolder()) })
  stack.gateway.objects.ensureBucket(Bucket, { byTemplate: false })
  stack.gateway.queues.ensureQueue('created')
  return { ...stack, QueueArn: stack.gateway.queues.queueArn('created') }
}

test('notifications, policy and region of a bucket outlive the gateway', async () => {
  const dataDir = await temporaryFolder()
  const first = await startForeign(dataDir)
  const { s3, QueueArn } = first
  expect(await s3.send(new HeadBucketCommand({ Bucket }))).toMatchObject({ BucketRegion: 'us-east-1' })
  const none = await s3.send(new GetBucketNotificationConfigurationCommand({ Bucket }))
  expect(none.QueueConfigurations).toBeUndefined()
  await expect(s3.send(new GetBucketPolicyCommand({ Bucket }))).rejects.toMatchObject({
    name: 'NoSuchBucketPolicy',
    $metadata: { httpStatusCode: 404 },
  })
  const rule = {
    Id: 'mine',
    QueueArn,
    Events: ['s3:ObjectCreated:*' as const],
    Filter: { Key: { FilterRules: [{ Name: 'prefix' as const, Value: 'a & b/' }] } },
  }
  const NotificationConfiguration = { QueueConfigurations: [rule] }
  await s3.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }))
  const Policy = '{"Version":"2012-10-17","Statement":[]}'
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }))
  await first.stop()
  const second = await startForeign(dataDir)
  const kept = await second.s3.send(new GetBucketNotificationConfigurationCommand({ Bucket }))
  // S3 writes the names of filters in other letters than those it takes.
  const Filter = { Key: { FilterRules: [{ Name: 'Prefix', Value: 'a & b/' }] } }
  expect(kept.QueueConfigurations).toEqual([{ ...rule, Filter }])
  expect((await second.s3.send(new GetBucketPolicyCommand({ Bucket }))).Policy).toBe(Policy)
})

test('encryption is by keys of S3 unless the bucket has a key', async () => {
  const { s3, gateway } = await startForeign()
  const rule = async () =>
    (await s3.send(new GetBucketEncryptionCommand({ Bucket }))).ServerSideEncryptionConfiguration?.Rules?.[0]
  expect(await rule()).toEqual({ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } })
  gateway.objects.ensureBucket(Bucket, { kmsKeyArn: 'arn:key' })
  const byKey = { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'arn:key' }
  expect(await rule()).toEqual({ ApplyServerSideEncryptionByDefault: byKey })
})

test('a bucket says how it was set up, across restarts', async () => {
  const dataDir = await temporaryFolder()
  const first = await startForeign(dataDir)
  await expect(first.s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }))).rejects.toMatchObject({
    name: 'NoSuchLifecycleConfiguration',
  })
  await expect(first.s3.send(new GetPublicAccessBlockCommand({ Bucket }))).rejects.toMatchObject({
    name: 'NoSuchPublicAccessBlockConfiguration',
  })
  expect((await first.s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBeUndefined()
  const none = {
    expirationDays: null,
    expiresMarkers: false,
    noncurrentDays: null,
    noncurrentKept: null,
    abortUploadDays: null,
  }
  first.gateway.objects.ensureBucket(Bucket, {
    lifecycle: [
      {
        ...none,
        prefix: '',
        enabled: true,
        expiresMarkers: true,
        noncurrentDays: 7,
        noncurrentKept: 2,
        abortUploadDays: 1,
      },
      { ...none, prefix: 'a & b/', enabled: false, expirationDays: 60 },
    ],
    versioned: true,
    publicAccessBlock: ['BlockPublicAcls'],
  })
  await first.stop()
  const { s3 } = await startForeign(dataDir)
  expect((await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }))).Rules).toEqual([
    {
      ID: 'rule-0',
      Filter: { Prefix: '' },
      Status: 'Enabled',
      Expiration: { ExpiredObjectDeleteMarker: true },
      NoncurrentVersionExpiration: { NoncurrentDays: 7, NewerNoncurrentVersions: 2 },
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
    },
    { ID: 'rule-1', Filter: { Prefix: 'a & b/' }, Status: 'Disabled', Expiration: { Days: 60 } },
  ])
  expect((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBe('Enabled')
  const { PublicAccessBlockConfiguration } = await s3.send(new GetPublicAccessBlockCommand({ Bucket }))
  expect(PublicAccessBlockConfiguration).toEqual({
    BlockPublicAcls: true,
    IgnorePublicAcls: false,
    BlockPublicPolicy: false,
    RestrictPublicBuckets: false,
  })
})

test('what cannot be kept is refused and changes nothing', async () => {
  const { s3, gateway, QueueArn } = await startForeign()
  const before = gateway.objects.factsOf(Bucket)
  const policy = (Policy: string) => s3.send(new PutBucketPolicyCommand({ Bucket, Policy }))
  await expect(policy('no JSON')).rejects.toMatchObject({ name: 'MalformedPolicy' })
  await expect(policy('{"Unknown":1}')).rejects.toThrow('does not implement this policy: the local run does not know')
  await expect(policy(`{"Id":"${'x'.repeat(20_480)}"}`)).rejects.toMatchObject({ name: 'EntityTooLarge' })
  const Events = ['s3:ObjectCreated:*' as const]
  const notify = (NotificationConfiguration: object) =>
    s3.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }))
  await expect(notify({ TopicConfigurations: [{ TopicArn: 'arn:topic', Events }] })).rejects.toThrow(
    'TopicConfiguration: buckets notify queues only',
  )
  await expect(notify({ QueueConfigurations: [{ QueueArn: `${QueueArn}-2`, Events }] })).rejects.toThrow(
    'Unable to validate the following destination configurations',
  )
  expect(gateway.objects.factsOf(Bucket)).toEqual(before)
  gateway.objects.ensureBucket('own')
  await expect(s3.send(new PutBucketPolicyCommand({ Bucket: 'own', Policy: '{}' }))).rejects.toThrow(
    'another policy of own: it stands in the template',
  )
})

test('any notifications come back from their XML', () => {
  const text = fc.string({ unit: 'grapheme' })
  const rule = fc.record({
    id: text,
    queueArn: text,
    events: fc.array(text),
    prefix: text,
    suffix: text,
  })
  fc.assert(
    fc.property(fc.array(rule), (rules) => {
      const xml = renderXml('NotificationConfiguration', notificationElements(rules))
      expect(readNotifications(parseXml(xml))).toEqual(rules)
    }),
  )
})

test.each([
  '',
  'text',
  '<a>',
  '<a></b>',
  '</a>',
  '<a/><b/>',
  '<!DOCTYPE a><a/>',
  '<a><!-- --></a>',
  '<a>&#x110000;</a>',
])('the XML %j is refused', (xml) => {
  expect(() => parseXml(xml)).toThrow('not well-formed')
})
