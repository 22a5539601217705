import { randomUUID } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { assumeWithWebIdentity } from '../../local/aws/iam/assume-role.ts'
import { auditStream, steadyFlow } from '../../simulators/github/audit-stream.ts'
import { largeFile } from '../../simulators/github/audit-stream-large.ts'
import { eventually } from '../support/pipeline.ts'
import { githubIdentity, ownStream, StreamedPipeline } from '../support/streamed.ts'

let world: StreamedPipeline
beforeAll(async () => {
  world = await StreamedPipeline.start({ expectRefusals: true })
})
afterAll(() => world.stop())

/** The message with which S3 announces an object, as Lambda delivers it. */
const messageAbout = (bucket: string, name: string, size: number) => ({
  messageId: randomUUID(),
  body: JSON.stringify({
    Records: [
      {
        eventName: 'ObjectCreated:Put',
        eventTime: new Date().toISOString(),
        s3: { bucket: { name: bucket }, object: { key: encodeURIComponent(name), size } },
      },
    ],
  }),
})

test('a reader killed again and again in an object of 50 MB loses nothing, and goes on where it was', async () => {
  const { run } = world.pipeline
  const { bucket, functionName } = world.source(ownStream)
  const reader = run.functionNamed(functionName)
  const { name, expected, content } = largeFile(auditStream({ seed: 7 }), { now: Date.now() })
  const body = await buffer(content())
  run.notifications.loseNext()
  await world.put([{ name, body }])
  const event = { Records: [messageAbout(bucket, name, body.length)] }
  let kills = 0
  let positions = 0
  const readKilled = async (skip: number): Promise<boolean> => {
    let killed = false
    const rule = {
      principal: functionName,
      action: 'sqs:SendMessage',
      kind: 'lose-answer',
      skip,
      count: 1,
      onHit() {
        killed = true
        for (const pid of reader.pids) process.kill(pid, 'SIGKILL')
      },
    } as const
    const fault = run.faults.add(rule)
    const outcome = await reader.invoke(event)
    fault.remove()
    if (killed) kills++
    else expect(outcome).toMatchObject({ ok: true, payload: JSON.stringify({ batchItemFailures: [] }) })
    const [unfinished] = (await world.state())?.unfinished ?? []
    positions = Math.max(positions, unfinished?.position.bytes ?? 0)
    return killed
  }
  for (let skip = 0; await readKilled(skip); skip += 4);
  expect(kills).toBeGreaterThanOrEqual(3)
  expect(positions).toBeGreaterThan(30_000_000)
  expect((await world.state())?.unfinished).toEqual([])
  await world.expectEvents(expected)
})

test("GitHub's role can put objects into its bucket and do nothing else, and nobody else can take it", async () => {
  const { gateway, permissions, ready } = world.pipeline.run
  const { bucket } = world.source(ownStream)
  const refused = { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } }
  const { github } = world
  await github.send(new PutObjectCommand({ Bucket: bucket, Key: '_check', Body: 'x' }))
  await expect(github.send(new GetObjectCommand({ Bucket: bucket, Key: '_check' }))).rejects.toMatchObject(refused)
  await expect(github.send(new ListObjectsV2Command({ Bucket: bucket }))).rejects.toMatchObject(refused)
  for (const other of [ready.buckets.lake, ready.buckets.ops]) {
    const put = new PutObjectCommand({ Bucket: other, Key: 'x', Body: 'x' })
    await expect(github.send(put)).rejects.toMatchObject(refused)
  }
  const assume = (more: Partial<typeof githubIdentity>) =>
    assumeWithWebIdentity(
      world.writerRole,
      { ...githubIdentity, ...more },
      { permissions, principals: gateway.principals },
    )
  expect(assume({ subject: 'https://github.com/Example-Enterprise' })).toBeUndefined()
  expect(assume({ subject: 'https://github.com/example-enterprise-2' })).toBeUndefined()
  expect(assume({ audience: 'https://github.com/example-enterprise' })).toBeUndefined()
  expect(permissions.grants().filter(({ principal }) => world.writerRole.endsWith(`/${principal}`))).toMatchObject([
    { action: 's3:PutObject', resource: `arn:aws:s3:::${bucket}/*` },
  ])
})

test('a message about another bucket becomes a dead letter, and nothing of that bucket is read', async () => {
  const { run } = world.pipeline
  const { functionName } = world.source(ownStream)
  const { objects } = steadyFlow(auditStream({ seed: 8 }), { now: Date.now(), minutes: 1 })
  const [object] = objects
  if (!object) throw new Error('there is no object')
  const message = messageAbout(run.ready.buckets.lake ?? '', object.name, object.body.length)
  const before = run.permissions.refused.length
  const outcome = await run.functionNamed(functionName).invoke({ Records: [message] })
  expect(outcome).toMatchObject({
    ok: true,
    payload: JSON.stringify({ batchItemFailures: [{ itemIdentifier: message.messageId }] }),
  })
  expect(run.permissions.refused.length).toBe(before)
  await eventually(
    () => world.state(),
    (state) => state?.lastResult?.detail === 'the message names another bucket than that of the source',
  )
})
