import { randomBytes } from 'node:crypto'
import * as sdk from '@aws-sdk/client-s3'
import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { s3Store } from '../../lambdas/core/aws/s3-store.ts'
import { createPublisher } from '../../lambdas/core/publish/publish.ts'
import { hookSender } from '../support/hooks.ts'
import { eventually, type Pipeline, startPipeline, webhookSettings } from '../support/pipeline.ts'

let pipeline: Pipeline
let ops: string
let lake: string
beforeAll(async () => {
  pipeline = await startPipeline(webhookSettings, { expectRefusals: true })
  ops = pipeline.run.ready.buckets.ops ?? ''
  lake = pipeline.run.ready.buckets.lake ?? ''
  await putAside()
})
afterAll(() => pipeline.stop())

const storeFor = (principal: string, bucket: string) =>
  s3Store(async () => ({ sdk, client: new sdk.S3Client(as(principal)) }), bucket)

/** A claim, an unsent message, a data file and a dead letter. */
async function putAside(): Promise<void> {
  const { run } = pipeline
  // It would send the unsent message and delete it.
  run.faults.add({ principal: 'janitor', kind: 'fail' })
  const publisher = createPublisher({
    queue: { send: async (bodies) => bodies.map((body) => ({ body, cause: new Error('refused') })) },
    queueName: 'records',
    ops: storeFor('github-webhook', ops),
    opsBucket: ops,
  })
  const rows = [{ text: randomBytes(300_000).toString('base64') }]
  await publisher.publish([{ logType: 'GitHub.Webhook', sourceId: 'hooks', receivedAt: Date.now(), rows }])
  await hookSender(pipeline).postMany(1, 'written')
  const sqs = new SQSClient({ ...as('operator'), endpoint: run.ready.endpoints.sqs })
  const QueueName = run.queueNames.find((name) => /recordsdlq/i.test(name))
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }))
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'dead' }))
  sqs.destroy()
}

/** A client's set-up with the keys of a function. */
function as(principal: string) {
  const { endpoints, region } = pipeline.run.ready
  const { accessKeyId, secretAccessKey } = pipeline.run.gateway.principals.create(principal)
  return { credentials: { accessKeyId, secretAccessKey }, endpoint: endpoints.s3, region, maxAttempts: 1 }
}

async function firstBelow(bucket: string, prefix: string): Promise<string> {
  const [object] = await eventually(
    () => storeFor('operator', bucket).list(prefix, 1),
    (found) => found.length > 0,
  )
  if (object === undefined) throw new Error(`nothing below ${prefix}`)
  return object.key
}

const refused = { name: 'AccessDenied' }

describe.each([
  ['a claim', 'github-webhook', () => ops, 'claims/'],
  ['an unsent message', 'github-webhook', () => ops, 'unsent/'],
  ['a dead letter', 'dead-letters', () => ops, 'dead/'],
  ['a data file', 'writer', () => lake, 'data/'],
])('with the keys of the function that wrote it, %s', (_, principal, bucket, prefix) => {
  test('can be neither replaced nor deleted, and a put of it again succeeds', async () => {
    const client = new sdk.S3Client(as(principal))
    const operator = storeFor('operator', bucket())
    const key = await firstBelow(bucket(), prefix)
    const before = await operator.get(key)
    const object = { Bucket: bucket(), Key: key }
    const put = { ...object, Body: 'forged' }
    await expect(client.send(new sdk.PutObjectCommand(put))).rejects.toMatchObject(refused)
    await expect(client.send(new sdk.PutObjectCommand({ ...put, IfMatch: before?.etag }))).rejects.toMatchObject(
      refused,
    )
    await expect(client.send(new sdk.PutObjectCommand({ ...put, IfNoneMatch: '*' }))).rejects.toMatchObject({
      name: 'PreconditionFailed',
    })
    await expect(client.send(new sdk.DeleteObjectCommand(object))).rejects.toMatchObject(refused)
    await s3Store(async () => ({ sdk, client }), bucket()).putOnce(key, before?.body ?? new Uint8Array())
    expect(await operator.get(key)).toEqual(before)
    client.destroy()
  })
})

test('each put without the condition is refused by a statement of the bucket, and nothing else is refused', () => {
  const { refused: decisions } = pipeline.run.permissions
  const puts = decisions.filter(({ statement }) => statement !== null)
  expect(new Set(puts.map(({ action }) => action))).toEqual(new Set(['s3:PutObject']))
  expect(new Set(puts.map(({ statement }) => statement?.replace(/[0-9A-F]{8}\[\d+\]$/, '')))).toEqual(
    new Set(['OpsBucketPolicy', 'LakeBucketPolicy']),
  )
  expect(puts).toHaveLength(8)
  expect(new Set(decisions.filter(({ statement }) => statement === null).map(({ action }) => action))).toEqual(
    new Set(['s3:DeleteObject']),
  )
})

test('a function that only publishes can neither write dead letters nor data files', async () => {
  const client = new sdk.S3Client(as('github-webhook'))
  for (const [Bucket, Key] of [
    [ops, 'dead/dt=2026-01-01/new.json'],
    [lake, 'data/github_webhook/dt=2026-01-01/new.parquet'],
  ]) {
    const put = new sdk.PutObjectCommand({ Bucket, Key, Body: 'forged', IfNoneMatch: '*' })
    await expect(client.send(put)).rejects.toMatchObject(refused)
  }
  client.destroy()
})
