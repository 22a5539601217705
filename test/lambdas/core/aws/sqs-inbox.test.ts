import { SendMessageCommand } from '@aws-sdk/client-sqs'
import { expect, onTestFinished, test, vi } from 'vitest'
import { backgroundClients } from '../../../../lambdas/core/aws/clients.ts'
import { sqsInbox } from '../../../../lambdas/core/aws/sqs-inbox.ts'
import { startStack } from '../../../support/clients.ts'

/** A queue over the wire. */
async function startInbox() {
  const { gateway, sqs, stop } = await startStack()
  const { accessKeyId, secretAccessKey } = gateway.principals.create('writer')
  const { url } = gateway.queues.ensureQueue('records', { VisibilityTimeout: '600' })
  vi.stubEnv('AWS_ENDPOINT_URL_SQS', gateway.url)
  vi.stubEnv('AWS_REGION', 'us-east-1')
  vi.stubEnv('AWS_ACCESS_KEY_ID', accessKeyId)
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', secretAccessKey)
  onTestFinished(() => void vi.unstubAllEnvs())
  const send = async (count: number) => {
    for (let n = 0; n < count; n++) {
      await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: String(n) }))
    }
  }
  return {
    stop,
    send,
    inbox: sqsInbox(backgroundClients().sqs, url),
    counts: () => gateway.queues.counts('records'),
  }
}

const receipts = (messages: readonly { receipt: string }[]) => messages.map(({ receipt }) => receipt)

test('receives in parallel, and removes and defers more messages than a call takes', async () => {
  const { send, inbox, counts } = await startInbox()
  const before = Date.now()
  await send(43)
  const first = await inbox.receive(4)
  expect(first).toHaveLength(40)
  for (const message of first) {
    expect(message).toMatchObject({ messageId: expect.stringMatching(/./), receiveCount: 1 })
    expect(message.sentAt).toBeGreaterThanOrEqual(before)
  }
  expect(await inbox.remove(receipts(first.slice(0, 25)))).toBe(0)
  expect(await inbox.receive(1)).toMatchObject(Array(3).fill({ receiveCount: 1 }))
  expect(counts()).toMatchObject({ ready: 0, inFlight: 18 })
  expect(await inbox.receive(1)).toEqual([])
  expect(await inbox.defer(receipts(first.slice(25)), 1)).toBe(0)
  const again: string[] = []
  while (again.length < 15) {
    const messages = await inbox.receive(2)
    for (const { receiveCount } of messages) expect(receiveCount).toBe(2)
    again.push(...receipts(messages))
  }
  expect(counts()).toMatchObject({ ready: 0, inFlight: 18 })
})

test('says how many messages a queue that does not answer may deliver again, and throws when none can be read', async () => {
  const { stop, send, inbox } = await startInbox()
  await send(12)
  const messages = await inbox.receive(2)
  await stop()
  expect(await inbox.remove(receipts(messages))).toBe(12)
  expect(await inbox.defer(receipts(messages), 20)).toBe(12)
  await expect(inbox.receive(1)).rejects.toThrow('the queue cannot be read')
})
