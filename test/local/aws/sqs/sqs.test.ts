import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import {
  DeleteMessageCommand,
  GetQueueUrlCommand,
  type Message,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs'
import { expect, test } from 'vitest'
import { openQueues, type Queues } from '../../../../local/aws/sqs/sqs.ts'
import { startStack, temporaryFolder } from '../../../support/clients.ts'

const receive = async (sqs: SQSClient, QueueUrl: string, more: object = {}): Promise<Message[]> =>
  (
    await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        MessageSystemAttributeNames: ['ApproximateReceiveCount'],
        ...more,
      }),
    )
  ).Messages ?? []

const bodies = (messages: readonly Message[]) => messages.map(({ Body }) => Body).sort()

async function startQueue(attributes: Record<string, string> = {}, options: { dataDir?: string } = {}) {
  const stack = await startStack(options)
  const { url } = stack.gateway.queues.ensureQueue('records', attributes)
  const send = (MessageBody: string) => stack.sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody }))
  return { ...stack, url, send }
}

test("a queue is reachable after the gateway's port changed", async () => {
  const dataDir = await temporaryFolder()
  const first = await startQueue({}, { dataDir })
  expect(first.url).toBe(`${first.gateway.url}/000000000000/records`)
  await first.send('kept')
  await first.stop()
  const second = await startStack({ dataDir })
  const { QueueUrl = '' } = await second.sqs.send(new GetQueueUrlCommand({ QueueName: 'records' }))
  expect(QueueUrl).toBe(`${second.gateway.url}/000000000000/records`)
  expect(bodies(await receive(second.sqs, QueueUrl))).toEqual(['kept'])
})

test('one MiB is accepted, also in a batch', async () => {
  const { sqs, url, send } = await startQueue()
  const body = 'x'.repeat(1_048_576)
  await send(body)
  await sqs.send(
    new SendMessageBatchCommand({ QueueUrl: url, Entries: [{ Id: 'a', MessageBody: '"'.repeat(900_000) }] }),
  )
  const messages = [...(await receive(sqs, url)), ...(await receive(sqs, url))]
  expect(messages.map(({ Body }) => Body?.length).sort()).toEqual([1_048_576, 900_000])
  await expect(send(`${body}x`)).rejects.toMatchObject({ $metadata: { httpStatusCode: 400 } })
})

test('messages in flight at the end of the process are receivable at once, and that receive does not count', async () => {
  const dataDir = await temporaryFolder()
  const first = await startQueue({ VisibilityTimeout: '3600' }, { dataDir })
  for (const body of ['read', 'deleted', 'waiting']) await first.send(body)
  const messages = await receive(first.sqs, first.url)
  expect(messages).toHaveLength(3)
  const deleted = messages.find(({ Body }) => Body === 'deleted')
  await first.sqs.send(new DeleteMessageCommand({ QueueUrl: first.url, ReceiptHandle: deleted?.ReceiptHandle }))
  await first.stop()
  const second = await startQueue({ VisibilityTimeout: '3600' }, { dataDir })
  const again = await receive(second.sqs, second.url)
  expect(bodies(again)).toEqual(['read', 'waiting'])
  expect(again.map(({ Attributes }) => Attributes?.ApproximateReceiveCount)).toEqual(['1', '1'])
})

test('operations that the pipeline does not call are refused by name', async () => {
  const { sqs, url } = await startQueue()
  await expect(sqs.send(new PurgeQueueCommand({ QueueUrl: url }))).rejects.toMatchObject({
    name: 'NotImplemented',
    message: expect.stringContaining('PurgeQueue'),
  })
})

test('the file of a large backlog shrinks after the backlog', async () => {
  const dir = await temporaryFolder()
  const options = { dir, publicUrl: 'http://127.0.0.1:9', region: 'us-east-1', accountId: '0', compactBytes: 1_000_000 }
  const ask = async (queues: Queues, operation: string, input: object) => {
    const headers = { 'x-amz-target': `AmazonSQS.${operation}` }
    const request = { method: 'POST', path: '/', query: new URLSearchParams(), headers, body: Readable.from([]) }
    const { body } = await queues.handle({ ...request, json: async () => ({ QueueUrl: '/0/records', ...input }) })
    return JSON.parse(String(body))
  }
  const fileSizes = async () =>
    Promise.all((await readdir(dir)).map(async (file) => (await stat(path.join(dir, file))).size))
  const queues = await openQueues(options)
  queues.ensureQueue('records')
  for (let n = 0; n < 10; n++) await ask(queues, 'SendMessage', { MessageBody: 'x'.repeat(500_000) })
  expect(Math.max(...(await fileSizes()))).toBeGreaterThan(4_000_000)
  const { Messages } = await ask(queues, 'ReceiveMessage', { MaxNumberOfMessages: 10 })
  for (const { ReceiptHandle } of Messages.slice(1)) await ask(queues, 'DeleteMessage', { ReceiptHandle })
  await queues.close()
  expect(Math.max(...(await fileSizes()))).toBeLessThan(1_000_000)
  const later = await openQueues(options)
  expect((await ask(later, 'ReceiveMessage', {})).Messages).toHaveLength(1)
  await later.close()
})

test('after maxReceiveCount a message is only in the dead-letter queue', async () => {
  const dataDir = await temporaryFolder()
  const start = async () => {
    const stack = await startStack({ dataDir })
    const { queues } = stack.gateway
    const dead = queues.ensureQueue('records-dlq')
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 3 })
    const live = queues.ensureQueue('records', { RedrivePolicy, VisibilityTimeout: '0' })
    return { ...stack, live, dead }
  }
  const first = await start()
  await first.sqs.send(new SendMessageCommand({ QueueUrl: first.live.url, MessageBody: 'poison' }))
  for (const count of ['1', '2', '3']) {
    expect(await receive(first.sqs, first.live.url)).toMatchObject([{ Attributes: { ApproximateReceiveCount: count } }])
  }
  expect(await receive(first.sqs, first.live.url)).toEqual([])
  expect(first.gateway.queues.counts('records-dlq').ready).toBe(1)
  await first.stop()
  const second = await start()
  expect(await receive(second.sqs, second.live.url)).toEqual([])
  expect(bodies(await receive(second.sqs, second.dead.url))).toEqual(['poison'])
})

test('a dead letter says from which queue it came', async () => {
  const { gateway, sqs } = await startStack()
  const dead = gateway.queues.ensureQueue('records-dlq')
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 1 })
  const live = gateway.queues.ensureQueue('records', { RedrivePolicy, VisibilityTimeout: '0' })
  await sqs.send(new SendMessageCommand({ QueueUrl: live.url, MessageBody: 'poison' }))
  const [message] = await receive(sqs, live.url)
  expect(message?.Attributes).not.toHaveProperty('DeadLetterQueueSourceArn')
  expect(await receive(sqs, live.url)).toEqual([])
  expect(await receive(sqs, dead.url)).toMatchObject([{ Attributes: { DeadLetterQueueSourceArn: live.arn } }])
})

test('a waiting receiver gets a new message at once, and ends with the gateway', async () => {
  const { sqs, url, send, stop } = await startQueue()
  const waiting = receive(sqs, url, { WaitTimeSeconds: 20 })
  await send('at last')
  expect(bodies(await waiting)).toEqual(['at last'])
  const idle = receive(sqs, url, { WaitTimeSeconds: 20 }).then(
    (messages) => messages,
    () => 'cut off',
  )
  await new Promise((resolve) => setTimeout(resolve, 50))
  await stop()
  expect([[], 'cut off']).toContainEqual(await idle)
})

test('setting up a queue again changes its attributes and keeps its messages', async () => {
  const { gateway, send, sqs, url } = await startQueue({ VisibilityTimeout: '30' })
  await send('kept')
  gateway.queues.ensureQueue('records', { VisibilityTimeout: '0' })
  expect(await receive(sqs, url)).toHaveLength(1)
  expect(await receive(sqs, url)).toHaveLength(1)
  expect(() => gateway.queues.ensureQueue('records', { VisibilityTimout: '0' })).toThrow('VisibilityTimout')
})

test('a missing queue is an error that the SDK knows', async () => {
  const { sqs, gateway } = await startQueue()
  const send = sqs.send(new SendMessageCommand({ QueueUrl: gateway.queues.queueUrl('other'), MessageBody: 'x' }))
  await expect(send).rejects.toMatchObject({ name: 'QueueDoesNotExist' })
})
