import { writeFile } from 'node:fs/promises'
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { DeleteMessageCommand, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AccessRequest } from '../../../../local/aws/iam/policy.ts'
import { formEncoded } from '../../../../local/aws/s3/notification-message.ts'
import { ObjectFiles } from '../../../../local/aws/s3/object-files.ts'
import { AnswerLost } from '../../../../local/aws/store.ts'
import { startStack, temporaryFolder } from '../../../support/clients.ts'

const Bucket = 'stream'
const queueArn = (name: string) => `arn:aws:sqs:us-east-1:000000000000:${name}`
const rule = (name: string, more: { events?: string[]; prefix?: string; suffix?: string } = {}) => ({
  id: name,
  queueArn: queueArn(name),
  events: ['s3:ObjectCreated:*'],
  prefix: '',
  suffix: '',
  ...more,
})

/** A bucket that notifies the queue `created`, past the test message. */
async function startNotified(allowed: (request: AccessRequest) => boolean = () => true) {
  const faults: unknown[] = []
  const asked: AccessRequest[] = []
  const decide = (request: AccessRequest) => {
    asked.push(request)
    return allowed(request)
  }
  const access = { decide, guardBucket: () => {} }
  const stack = await startStack({ access, onFault: (error) => faults.push(error) })
  const { objects, queues } = stack.gateway
  objects.ensureBucket(Bucket)
  for (const name of ['created', 'other']) queues.ensureQueue(name)
  const configure = (...rules: ReturnType<typeof rule>[]) => objects.notifications.configure(Bucket, rules)
  const take = (name = 'created') => receive(stack.sqs, queues.queueUrl(name))
  return { ...stack, faults, asked, configure, take, notifications: objects.notifications.faults }
}

async function receive(sqs: SQSClient, QueueUrl: string): Promise<unknown[]> {
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }))
  for (const { ReceiptHandle } of Messages) await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
  return Messages.map(({ Body = '' }) => JSON.parse(Body))
}

const put = (s3: S3Client, Key: string, Body = 'content') => s3.send(new PutObjectCommand({ Bucket, Key, Body }))
const keysIn = (messages: unknown[]) => messages.map((message) => Object(message).Records[0].s3.object.key)

test('a configured queue gets a test message, and a message of S3’s form about each object', async () => {
  const { configure, take, s3, asked } = await startNotified()
  await configure(rule('created'))
  expect(await take()).toEqual([
    {
      Service: 'Amazon S3',
      Event: 's3:TestEvent',
      Time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      Bucket,
      RequestId: expect.any(String),
      HostId: expect.any(String),
    },
  ])
  const { ETag } = await put(s3, '2026/11/28/a b+c%d.json.log.gz')
  const [message] = await take()
  expect(message).toEqual({
    Records: [
      {
        eventVersion: '2.1',
        eventSource: 'aws:s3',
        awsRegion: 'us-east-1',
        eventTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        eventName: 'ObjectCreated:Put',
        userIdentity: { principalId: expect.any(String) },
        requestParameters: { sourceIPAddress: '127.0.0.1' },
        responseElements: { 'x-amz-request-id': expect.any(String), 'x-amz-id-2': expect.any(String) },
        s3: {
          s3SchemaVersion: '1.0',
          configurationId: 'created',
          bucket: { name: Bucket, ownerIdentity: { principalId: expect.any(String) }, arn: 'arn:aws:s3:::stream' },
          object: {
            key: '2026/11/28/a+b%2Bc%25d.json.log.gz',
            size: 7,
            eTag: ETag?.replaceAll('"', ''),
            sequencer: expect.stringMatching(/^[\dA-F]{18}$/),
          },
        },
      },
    ],
  })
  const keys = { 'aws:sourcearn': 'arn:aws:s3:::stream', 'aws:sourceaccount': '000000000000' }
  const resource = queueArn('created')
  expect(asked.at(-1)).toEqual({ caller: 's3.amazonaws.com', action: 'sqs:SendMessage', resource, keys })
})

test('any key comes back from its encoded form, as from a form field', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (key) => {
      const encoded = formEncoded(key)
      expect(decodeURIComponent(encoded.replaceAll('+', ' '))).toBe(key)
      expect(encoded).toMatch(/^[\w.*+%/-]*$/)
    }),
  )
})

test('an unchanged configuration sends no second test message', async () => {
  const { configure, take } = await startNotified()
  await configure(rule('created'))
  await configure(rule('created'))
  expect(await take()).toHaveLength(1)
  await configure()
  await configure(rule('created'))
  expect(await take()).toHaveLength(1)
})

test('prefix, suffix and event decide which queue gets a message', async () => {
  const { configure, take, s3 } = await startNotified()
  await configure(
    rule('created', { events: ['s3:ObjectCreated:Put'], prefix: 'a/', suffix: '.gz' }),
    rule('other', { events: ['s3:ObjectTagging:*'] }),
  )
  await take()
  await take('other')
  for (const key of ['a/1.gz', 'a/1.txt', 'b/1.gz']) await put(s3, key)
  expect(keysIn(await take())).toEqual(['a/1.gz'])
  expect(await take('other')).toEqual([])
})

test.each([
  ['a queue that is missing', [rule('nowhere')], 'Unable to validate the following destination configurations'],
  [
    'a queue of another region',
    [{ ...rule('created'), queueArn: 'arn:aws:sqs:eu-west-1:000000000000:created' }],
    'Unable to validate the following destination configurations',
  ],
  ['two rules for the same objects', [rule('created'), rule('other')], 'Configuration is ambiguously defined'],
  [
    'rules whose prefixes overlap',
    [rule('created', { prefix: 'a/' }), rule('other', { prefix: 'a/b/', events: ['s3:ObjectCreated:Put'] })],
    'Configuration is ambiguously defined',
  ],
  ['one id twice', [rule('created', { prefix: 'a' }), rule('created', { prefix: 'b' })], 'Same ID used'],
  ['an event that is not reported here', [rule('created', { events: ['s3:ObjectRemoved:*'] })], 's3:ObjectRemoved:*'],
])('%s is refused and changes nothing', async (_, rules, message) => {
  const { configure, take, gateway } = await startNotified()
  await expect(configure(...rules)).rejects.toThrow(message)
  expect(gateway.objects.factsOf(Bucket).notifications).toEqual([])
  expect(await take()).toEqual([])
})

test('a queue whose policy does not allow it is refused; a message refused later is reported, and the put succeeds', async () => {
  let allowed = false
  const { configure, take, s3, faults } = await startNotified(() => allowed)
  await expect(configure(rule('created'))).rejects.toThrow('S3 may not send messages of the bucket stream')
  allowed = true
  await configure(rule('created'))
  await take()
  allowed = false
  await put(s3, 'k')
  expect(await take()).toEqual([])
  expect(faults.map(String)).toEqual([expect.stringContaining('S3 may not send messages of the bucket stream')])
})

test('messages can be lost, sent twice, and held until they are released', async () => {
  const { configure, take, s3, notifications } = await startNotified()
  await configure(rule('created'))
  await take()
  notifications.loseNext(2)
  for (const key of ['lost-1', 'lost-2', 'kept']) await put(s3, key)
  expect(keysIn(await take())).toEqual(['kept'])
  notifications.repeatNext()
  for (const key of ['twice', 'once']) await put(s3, key)
  expect(keysIn(await take())).toEqual(['twice', 'twice', 'once'])
  notifications.hold()
  for (const key of ['late-1', 'late-2']) await put(s3, key)
  expect(await take()).toEqual([])
  expect(notifications.held).toBe(2)
  await notifications.release()
  await put(s3, 'after')
  expect(keysIn(await take())).toEqual(['late-1', 'late-2', 'after'])
})

test('an object is there at once, but its put is not answered before its message is kept', async () => {
  const kept = Promise.withResolvers<void>()
  const files = new ObjectFiles({ dir: await temporaryFolder(), onObjectCreated: () => kept.promise })
  files.ensureBucket(Bucket)
  const temporary = files.temporaryFile()
  await writeFile(temporary, 'content')
  let answered = false
  const publishing = files.publish(temporary, Bucket, 'k', {}, 'etag').then(() => {
    answered = true
  })
  await expect.poll(() => files.info(Bucket, 'k')).toMatchObject({ size: 7 })
  expect(answered).toBe(false)
  kept.resolve()
  await publishing
})

test('after the stores have closed, an object that cannot be reported is not acknowledged', async () => {
  const { configure, gateway } = await startNotified()
  await configure(rule('created'))
  const { notifications } = gateway.objects
  await notifications.close()
  const event = { bucket: Bucket, key: 'k', size: 1, etag: 'e', lastModified: new Date() }
  expect(() => notifications.objectCreated(event)).toThrow(AnswerLost)
  expect(notifications.objectCreated({ ...event, bucket: 'silent' })).toBeUndefined()
})

test('a put of one key follows the other in the sequencer', async () => {
  const { configure, take, s3 } = await startNotified()
  await configure(rule('created'))
  await take()
  for (const body of ['1', '2', '3']) await put(s3, 'k', body)
  const sequencers = (await take()).map((message) => Object(message).Records[0].s3.object.sequencer)
  expect(sequencers).toHaveLength(3)
  expect(sequencers.toSorted()).toEqual(sequencers)
  expect(new Set(sequencers).size).toBe(3)
})
