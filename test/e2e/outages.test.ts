import { randomBytes } from 'node:crypto'
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { GetQueueUrlCommand, ListQueuesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { JsonObject } from '../../lambdas/core/json/json.ts'
import { compileNormalizer } from '../../lambdas/core/normalize/normalizer.ts'
import { claimKey } from '../../lambdas/core/publish/claims.ts'
import { encodeMessages, pointerTo } from '../../lambdas/core/publish/message.ts'
import { githubWebhook } from '../../schemas/generated/github_webhook.ts'
import { type HookSender, hookSender, signatureOf } from '../support/hooks.ts'
import { allLogs, eventually, type Pipeline, startPipeline, webhookSettings } from '../support/pipeline.ts'

const hour = 3_600_000

let pipeline: Pipeline
let hooks: HookSender
beforeAll(async () => {
  pipeline = await startPipeline(webhookSettings)
  hooks = hookSender(pipeline)
})
afterEach(() => pipeline.run.faults.clear())
afterAll(() => pipeline.stop())

const operator = () => {
  const { credentials, endpoints, region } = pipeline.run.ready
  return { credentials, endpoint: endpoints.s3, region }
}
const statuses = (replies: readonly { status: number }[]) =>
  Object.fromEntries(
    Map.groupBy(replies, ({ status }) => status)
      .entries()
      .map(([status, all]) => [status, all.length]),
  )

const numbersOf = async (mark: string): Promise<string[]> => {
  const rows = await pipeline.query(`select distinct number from github_webhook where action = '${mark}'`)
  return rows.map(({ number }) => String(number))
}
const arrived = (mark: string, count: number) =>
  eventually(
    () => numbersOf(mark),
    (found) => found.length >= count,
  )

async function opsKeys(prefix: string): Promise<string[]> {
  const s3 = new S3Client(operator())
  const { Contents = [] } = await s3.send(
    new ListObjectsV2Command({ Bucket: pipeline.run.ready.buckets.ops, Prefix: prefix }),
  )
  s3.destroy()
  return Contents.map(({ Key = '' }) => Key)
}

const recordsQueue = () => queueNamed(/^deliveryrecords(?!.*(?:bulk|dlq))/i)

async function queueNamed(form: RegExp): Promise<string> {
  const sqs = new SQSClient({ ...operator(), endpoint: pipeline.run.ready.endpoints.sqs })
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}))
  sqs.destroy()
  const [name, ...more] = QueueUrls.map((url) => url.split('/').at(-1) ?? '').filter((url) => form.test(url))
  if (name === undefined || more.length > 0) throw new Error(`which of ${QueueUrls.join(', ')} is it?`)
  return name
}

/** A message with one event. */
function bulkMessage(event: JsonObject): string {
  const receivedAt = Date.now()
  const context = { sourceId: 'hooks', sourceLabel: 'Test hooks', receivedAt }
  const rows = [compileNormalizer(githubWebhook).normalize(event, context)]
  const [message = ''] = encodeMessages({ logType: 'GitHub.Webhook', sourceId: 'hooks', receivedAt, rows })
  return message
}

/** @returns the message's id */
async function sendToQueue(name: string, body: string): Promise<string> {
  const sqs = new SQSClient({ ...operator(), endpoint: pipeline.run.ready.endpoints.sqs })
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: name }))
  const { MessageId = '' } = await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: body }))
  sqs.destroy()
  return MessageId
}

describe('stores in an outage', () => {
  test('while SQS fails for ten minutes, 1,000 webhooks are answered 200, and all become rows later', async () => {
    const { run } = pipeline
    run.faults.add({ service: 'sqs', action: 'sqs:SendMessage', kind: 'fail' })
    expect(statuses(await hooks.postMany(1_000, 'sqs down'))).toEqual({ 200: 1_000 })
    expect(await opsKeys('unsent/records/')).toHaveLength(1_000)
    await run.schedules.get('janitor')?.tick()
    expect(await numbersOf('sqs down')).toEqual([])
    run.shiftClock(10 * 60_000)
    run.faults.clear()
    await run.schedules.get('janitor')?.tick()
    expect(await arrived('sqs down', 1_000)).toHaveLength(1_000)
    expect(
      await eventually(
        () => opsKeys('unsent/'),
        (keys) => keys.length === 0,
      ),
    ).toEqual([])
    run.shiftClock(0)
  })

  test('messages put aside from polling go to the bulk queue, long ones included', async () => {
    const message = bulkMessage({ action: 'in bulk', number: 0, comment: randomBytes(300_000).toString('base64') })
    const s3 = new S3Client(operator())
    const Bucket = pipeline.run.ready.buckets.ops ?? ''
    await s3.send(
      new PutObjectCommand({ Bucket, Key: 'unsent/records-bulk/one.json', Body: message, IfNoneMatch: '*' }),
    )
    s3.destroy()
    await pipeline.run.schedules.get('janitor')?.tick()
    expect(await arrived('in bulk', 1)).toEqual(['0'])
  })

  test('with the ops bucket down, short and long events still reach the queue', async () => {
    pipeline.run.faults.add({ service: 's3', principal: 'github-webhook', kind: 'fail' })
    expect(statuses(await hooks.postMany(10, 's3 down'))).toEqual({ 200: 10 })
    const long = JSON.stringify({ action: 's3 down', number: 10, comment: randomBytes(300_000).toString('base64') })
    expect(await hooks.post(long)).toMatchObject({ status: 200 })
    expect(await arrived('s3 down', 11)).toHaveLength(11)
  })

  test('with both down the answer is 503 and nothing is acknowledged', async () => {
    pipeline.run.faults.add({ service: 's3', principal: 'github-webhook', kind: 'fail' })
    pipeline.run.faults.add({ service: 'sqs', principal: 'github-webhook', kind: 'fail' })
    expect(statuses(await hooks.postMany(5, 'both down'))).toEqual({ 503: 5 })
    pipeline.run.faults.clear()
    expect(statuses(await hooks.postMany(5, 'both down'))).toEqual({ 200: 5 })
    expect(await arrived('both down', 5)).toHaveLength(5)
  })

  test('losing SQS’s answer to an accepted event loses no event', async () => {
    pipeline.run.faults.add({ service: 'sqs', action: 'sqs:SendMessage', kind: 'lose-answer', count: 3 })
    expect(statuses(await hooks.postMany(10, 'answer lost'))).toEqual({ 200: 10 })
    expect((await arrived('answer lost', 10)).sort()).toEqual(Array.from({ length: 10 }, (_, i) => String(i)).sort())
    const ids = await pipeline.query(`select distinct p_row_id from github_webhook where action = 'answer lost'`)
    expect(ids).toHaveLength(10)
  })

  test('a list names its file once although the answer was lost', async () => {
    pipeline.run.faults.add({
      service: 's3',
      principal: 'writer',
      resource: '*/tables/*',
      action: 's3:PutObject',
      kind: 'lose-answer',
      count: 1,
    })
    expect(statuses(await hooks.postMany(20, 'list answer lost'))).toEqual({ 200: 20 })
    expect(await arrived('list answer lost', 20)).toHaveLength(20)
    const rows = await pipeline.query(`select count(*) as n from github_webhook where action = 'list answer lost'`)
    expect(rows).toEqual([{ n: 20 }])
  })
})

describe('long events', () => {
  test('an event beyond 256 KiB travels as a pointer and becomes one row', async () => {
    const comment = randomBytes(400_000).toString('base64')
    expect(await hooks.post(JSON.stringify({ action: 'claim check', number: 0, comment }))).toMatchObject({
      status: 200,
    })
    await arrived('claim check', 1)
    const [row] = await pipeline.query(`select comment from github_webhook where action = 'claim check'`)
    expect(row?.comment).toBe(comment)
    expect((await opsKeys('claims/')).length).toBeGreaterThan(0)
  })

  const text = (length: number) => `{"action":"large","comment":"${'x'.repeat(length - 31)}"}`
  test.each([
    ['text just within the limit', 5_500_000, {}, 200],
    ['text just beyond', 5_500_001, {}, 413],
    ['base64 within what Lambda takes', 4_500_000, { 'content-encoding': 'identity' }, 200],
    ['base64 beyond it', 4_800_000, { 'content-encoding': 'identity' }, 413],
  ])('%s', async (_what, length, headers, status) => {
    const body = text(length)
    expect(body).toHaveLength(length)
    expect(await hooks.post(body, headers)).toMatchObject({ status })
  })

  test.each([
    ['beyond what Lambda takes', 6_300_000],
    ['beyond what API Gateway takes', 10_485_761],
  ])('a body %s is answered 413 by the gateway', async (_what, length) => {
    expect((await hooks.post(text(length))).status).toBe(413)
  })

  test('a content type that GitHub never sends decides nothing', async () => {
    expect(await hooks.post('<a/>', { 'content-type': 'text/xml' })).toMatchObject({ status: 400 })
    expect(await hooks.post('{"action":"as xml"}', { 'content-type': 'text/xml' })).toMatchObject({ status: 200 })
  })
})

describe('messages that cannot be written', () => {
  test('what could not be written is there soon after the lake is', async () => {
    const { faults } = pipeline.run
    const failures = async () =>
      (await allLogs(pipeline.data)).split('\n').filter((line) => line.includes('message not written'))
    const before = (await failures()).length
    faults.add({ service: 's3', principal: 'writer', action: 's3:PutObject', kind: 'fail' })
    expect(statuses(await hooks.postMany(5, 'lake down'))).toEqual({ 200: 5 })
    const id = await sendToQueue(
      await queueNamed(/^deliveryrecords.*bulk/i),
      bulkMessage({ action: 'lake down', number: 5 }),
    )
    await eventually(failures, (lines) => lines.length > before + 5 && lines.some((line) => line.includes(id)))
    faults.clear()
    // The queues themselves would deliver them only after three minutes.
    expect(await arrived('lake down', 6)).toHaveLength(6)
  })

  test('a message that comes too often in vain is archived with its content and does not affect its neighbours', async () => {
    const { queues } = pipeline.run.gateway
    const records = await recordsQueue()
    const deadLetters = await queueNamed(/dlq/i)
    const redrive = (maxReceiveCount: number) =>
      JSON.stringify({ deadLetterTargetArn: queues.queueArn(deadLetters), maxReceiveCount })
    queues.ensureQueue(records, { VisibilityTimeout: '1', RedrivePolicy: redrive(2) })
    onTestFinished(() => void queues.ensureQueue(records, { RedrivePolicy: redrive(8) }))
    queues.ensureQueue(deadLetters, { VisibilityTimeout: '1' })
    // Messages that nobody defers come again when the queue says so.
    pipeline.run.faults.add({ action: 'sqs:ChangeMessageVisibility', kind: 'fail' })
    // The archive is down for a while, too.
    pipeline.run.faults.add({ service: 's3', principal: 'dead-letters', kind: 'fail', count: 12 })
    const batch = { logType: 'Of.Tomorrow', sourceId: 'hooks', receivedAt: Date.now(), rows: [{ text: 'new' }] }
    const [message = ''] = encodeMessages(batch)
    const ids: string[] = []
    const s3 = new S3Client(operator())
    const Bucket = pipeline.run.ready.buckets.ops ?? ''
    for (const prefix of ['claims/', 'resolutions/']) {
      const key = claimKey(prefix, message, Date.now())
      await s3.send(new PutObjectCommand({ Bucket, Key: key, Body: message, IfNoneMatch: '*' }))
      ids.push(await sendToQueue(records, pointerTo(message, { bucket: Bucket, key })))
    }
    // A content that is not there, which the archive has to tell from one that it may not read.
    const gone = pointerTo(message, { bucket: Bucket, key: claimKey('claims/', 'gone', Date.now()) })
    ids.push(await sendToQueue(records, message), await sendToQueue(records, gone))
    expect(statuses(await hooks.postMany(20, 'beside poison'))).toEqual({ 200: 20 })
    expect(await arrived('beside poison', 20)).toHaveLength(20)

    // Neighbours may be among the dead letters on a slow machine, which takes longer than the short visibility timeout.
    const keys = await eventually(
      async () => (await opsKeys('dead/')).filter((key) => ids.some((id) => key.endsWith(`/${id}.json`))),
      (found) => found.length === ids.length,
    )
    const letters = await Promise.all(
      keys.map(async (Key) => {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }))
        return JSON.parse((await Body?.transformToString()) ?? '')
      }),
    )
    s3.destroy()
    for (const letter of letters) expect(letter).toMatchObject({ reason: 'not_written', source: 'hooks' })
    const kept = letters.map(({ body, claim }) => claim ?? body)
    expect(kept.toSorted()).toEqual([message, message, message, gone].toSorted())
    expect(letters.filter(({ claim }) => claim === null)).toHaveLength(2)
  })

  test('killing the writer at work loses nothing', async () => {
    const writer = pipeline.run.functionNamed('writer')
    const [records, { queues }] = [await recordsQueue(), pipeline.run.gateway]
    queues.ensureQueue(records, { VisibilityTimeout: '5' })
    let kills = 0
    const kill = () => {
      kills++
      for (const pid of writer.pids) process.kill(pid, 'SIGKILL')
    }
    const atLists = { service: 's3', principal: 'writer', resource: '*/tables/*' } as const
    pipeline.run.faults.add({ ...atLists, kind: 'slow', ms: 2_000, count: 3, onHit: kill })
    expect(statuses(await hooks.postMany(50, 'writer killed'))).toEqual({ 200: 50 })
    const killed = await eventually(
      async () => kills,
      (count) => count === 3,
    )
    expect(killed).toBe(3)
    // A message that reappeared during a slow write would be a dead letter after eight receives.
    queues.ensureQueue(records, { VisibilityTimeout: '180' })
    expect(await arrived('writer killed', 50)).toHaveLength(50)
  })
})

// Last, because the sender's secret is invalid after this.
describe('secrets', () => {
  async function rotate(secretId: string, value: string): Promise<void> {
    const client = new SecretsManagerClient({ ...operator(), endpoint: pipeline.run.ready.endpoints.secretsmanager })
    await client.send(new PutSecretValueCommand({ SecretId: secretId, SecretString: value }))
    client.destroy()
  }
  const key = (name: string) => `${name} key, long enough to be one`
  const status = async (sender: HookSender, secret: string) => {
    const body = '{"action":"rotation"}'
    return (await sender.post(body, { 'x-hub-signature-256': signatureOf(body, secret) })).status
  }

  test('a new secret counts at once, the previous one for a day, an older one never', async () => {
    const { run } = pipeline
    expect(await status(hooks, hooks.secret)).toBe(200)
    await rotate(hooks.secretId, key('second'))
    expect(await status(hooks, key('second'))).toBe(200)
    expect(await status(hooks, hooks.secret)).toBe(200)

    await rotate(hooks.secretId, key('third'))
    run.shiftClock(31_000)
    expect(await status(hooks, key('third'))).toBe(200)
    expect(await status(hooks, key('second'))).toBe(200)
    // An instance without requests in between keeps its cached secret for five minutes.
    run.shiftClock(6 * 60_000)
    expect(await status(hooks, hooks.secret)).toBe(401)

    run.shiftClock(25 * hour)
    expect(await status(hooks, key('third'))).toBe(200)
    expect(await status(hooks, key('second'))).toBe(401)
    run.shiftClock(0)
  })

  test.each(['', 'fifteen letters', 'PLACEHOLDER: put the secret here'])(
    '%j is a fault of ours: 503',
    async (value) => {
      const sender = hookSender(pipeline, 'other-hooks')
      if (value !== '') await rotate(sender.secretId, value)
      else
        pipeline.run.faults.add({
          service: 'secretsmanager',
          kind: 'fail',
          status: 400,
          code: 'ResourceNotFoundException',
        })
      pipeline.run.shiftClock(48 * hour)
      expect(await status(sender, 'whatever it is')).toBe(503)
      pipeline.run.shiftClock(0)
    },
  )

  test('none of them is in a log', async () => {
    const logs = await allLogs(pipeline.data)
    for (const secret of [hooks.secret, key('second'), key('third')]) expect(logs).not.toContain(secret)
  })
})
