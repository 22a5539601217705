import { GetObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3'
import { expect, onTestFinished, test } from 'vitest'
import type { StreamObject } from '../../../simulators/github/audit-stream-objects.ts'
import { type AuditStreamWriterOptions, startAuditStreamWriter } from '../../../simulators/github/audit-stream-s3.ts'
import { simulators } from '../../../simulators/github/index.ts'
import { startStack } from '../../support/clients.ts'
import { startReceiver } from '../../support/receiver.ts'
import { linesOf, readStreamObjects } from '../../support/stream-reader.ts'

const bucket = 'audit-stream'

async function startBucket() {
  const { gateway, s3 } = await startStack()
  const credentials = gateway.principals.create('github')
  const setUp = { endpoint: gateway.url, region: 'us-east-1', credentials, bucket, seed: 1 }
  return { s3, setUp, make: () => gateway.objects.ensureBucket(bucket) }
}

/** A writer in a hurry, with what it wrote and what failed. */
function startWriter(options: Omit<AuditStreamWriterOptions, 'enterprise'>) {
  const written: StreamObject[] = []
  const failures: unknown[] = []
  const writer = startAuditStreamWriter({
    enterprise: 'example',
    periodMs: 1,
    filesPerCheck: 3,
    onWritten: (object) => written.push(object),
    onFailure: (error) => failures.push(error),
    ...options,
  })
  onTestFinished(() => writer.stop())
  return { writer, written, failures }
}

async function contentOf(s3: S3Client): Promise<StreamObject[]> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket }))
  return Promise.all(
    Contents.map(async ({ Key: name = '' }) => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: name }))
      return { name, body: Buffer.from((await Body?.transformToByteArray()) ?? []) }
    }),
  )
}

test('the bucket gets a check, a backlog with a duplicate and a truncated file, and then file after file', async () => {
  const { s3, setUp, make } = await startBucket()
  make()
  const { writer, written } = startWriter(setUp)
  await expect.poll(() => written.length).toBeGreaterThan(25)
  await writer.stop()
  expect(written[0]).toEqual({ name: '_check', body: Buffer.alloc(0) })
  const bodies = written.filter(({ body }) => body.length > 100).map(({ body }) => body.toString('base64'))
  expect(new Set(bodies).size).toBe(bodies.length - 1)

  const content = await contentOf(s3)
  expect(content).toEqual(expect.arrayContaining(written))
  const found = readStreamObjects(content)
  expect(found.failures).toBe(1)
  expect(found.excluded).toBeGreaterThanOrEqual(2)
  expect(found.events.size).toBeGreaterThan(50)
})

test('nothing is skipped while the bucket is missing', async () => {
  const { setUp, make } = await startBucket()
  const { written, failures } = startWriter(setUp)
  await expect.poll(() => failures.length).toBeGreaterThanOrEqual(1)
  expect(written).toEqual([])
  make()
  await expect.poll(() => written.length).toBeGreaterThan(14)
  expect(written[0]?.name).toBe('_check')
})

test('it stops although the bucket never answers', async () => {
  const { url, received } = await startReceiver('never')
  const { setUp } = await startBucket()
  const { writer, written } = startWriter({ ...setUp, endpoint: new URL(url).origin })
  await expect.poll(() => received.length).toBe(1)
  await writer.stop()
  expect(written).toEqual([])
})

test("the simulator of the source's type writes the stream of the enterprise in its options", async () => {
  const { s3, setUp, make } = await startBucket()
  make()
  const simulator = simulators['github-audit-stream-s3']
  if (simulator === undefined || !('write' in simulator)) throw new Error('the stream has a simulator that writes')
  expect(simulator.needs).toEqual(['enterprise'])
  const writer = simulator.write({ ...setUp, options: { enterprise: 'octo' } })
  onTestFinished(() => writer.stop())
  await expect.poll(async () => (await contentOf(s3)).length).toBeGreaterThan(5)
  await writer.stop()
  const lines = (await contentOf(s3)).flatMap(({ body }) => linesOf(body).lines)
  expect(lines.some((line) => JSON.parse(line).business === 'octo')).toBe(true)
})
