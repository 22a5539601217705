import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { expect, onTestFinished, test } from 'vitest'
import { startStack, temporaryFolder } from '../../../support/clients.ts'

const program = fileURLToPath(new URL('../../../support/gateway-process.ts', import.meta.url))

async function startProcess(dataDir: string) {
  const child = spawn(process.execPath, [program, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] })
  const gone = once(child, 'exit')
  onTestFinished(() => void child.kill('SIGKILL'))
  const [line] = await once(createInterface(child.stdout), 'line')
  const { url, credentials }: { url: string; credentials: { accessKeyId: string; secretAccessKey: string } } =
    JSON.parse(line)
  const client = { endpoint: url, region: 'us-east-1', credentials, maxAttempts: 1 }
  const kill = async () => {
    child.kill('SIGKILL')
    await gone
  }
  return { url, s3: new S3Client(client), sqs: new SQSClient(client), kill }
}

test('after a kill in the middle of work, every acknowledged write is there, whole and reported', async () => {
  const dataDir = await temporaryFolder()
  const acknowledged = { objects: new Set<string>(), messages: new Set<string>() }
  for (let round = 0; round < 3; round++) {
    const { url, s3, sqs, kill } = await startProcess(dataDir)
    const QueueUrl = `${url}/000000000000/records`
    const work = async (worker: number) => {
      for (let n = 0; ; n++) {
        const Key = `data/${round}/${worker}/${n}`
        await s3.send(new PutObjectCommand({ Bucket: 'lake', Key, Body: Buffer.alloc(500_000, Key) }))
        acknowledged.objects.add(Key)
        await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: Key }))
        acknowledged.messages.add(Key)
        if (n % 3 === 0) await sqs.send(new ReceiveMessageCommand({ QueueUrl }))
      }
    }
    const workers = Promise.allSettled([work(0), work(1), work(2)])
    await expect.poll(() => acknowledged.messages.size).toBeGreaterThan((round + 1) * 20)
    await kill()
    await workers
  }

  const { s3, sqs, gateway } = await startStack({ dataDir })
  const listed = await s3.send(new ListObjectsV2Command({ Bucket: 'lake' }))
  expect(new Set(listed.Contents?.map(({ Size }) => Size))).toEqual(new Set([500_000]))
  expect(listed.Contents?.map(({ Key }) => Key)).toEqual(expect.arrayContaining([...acknowledged.objects]))
  const received = async (queue: string) => {
    const bodies = new Set<string>()
    const QueueUrl = gateway.queues.queueUrl(queue)
    for (;;) {
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }))
      if (Messages.length === 0) return [...bodies]
      for (const { Body = '' } of Messages) bodies.add(Body)
    }
  }
  expect(await received('records')).toEqual(expect.arrayContaining([...acknowledged.messages]))
  const created = (await received('created')).flatMap((body) => JSON.parse(body).Records ?? [])
  const reported = created.map(({ s3: { object } }) => object.key)
  expect(reported).toEqual(expect.arrayContaining([...acknowledged.objects]))
})
