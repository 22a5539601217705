import { spawn } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3'
import { GetQueueUrlCommand, ListQueuesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { openInstallation } from '../../cli/installation.ts'
import { compileFailures } from '../../lambdas/core/intake/failure.ts'
import { encodeMessages } from '../../lambdas/core/publish/message.ts'
import { createdMessage } from '../../local/aws/s3/notification-message.ts'
import { classificationFailures } from '../../schemas/generated/classification_failures.ts'
import { auditStream, steadyFlow } from '../../simulators/github/audit-stream.ts'
import { type HookSender, hookSender } from '../support/hooks.ts'
import { eventually } from '../support/pipeline.ts'
import { foreignStream, ownStream, StreamedPipeline } from '../support/streamed.ts'

let world: StreamedPipeline
let hooks: HookSender
let sqs: SQSClient
beforeAll(async () => {
  world = await StreamedPipeline.start()
  hooks = hookSender(world.pipeline)
  const { credentials, endpoints, region } = world.pipeline.run.ready
  sqs = new SQSClient({ credentials, endpoint: endpoints.sqs, region })
  await world.pipeline.run.schedules.get('janitor')?.tick()
  const installation = await openInstallation(world.pipeline)
  installation.close()
})
afterAll(async () => {
  sqs.destroy()
  await world.stop()
})

/** Runs the command in a process of its own while the janitor ticks. */
async function redrive(...args: string[]) {
  const script = join(import.meta.dirname, '..', '..', 'cli', 'redrive.ts')
  const child = spawn(process.execPath, [script, ...args, '--json', '--data', world.pipeline.data])
  const end = once(child, 'close')
  let isOpen = true
  void end.then(() => (isOpen = false))
  const output = Promise.all([text(child.stdout), text(child.stderr)])
  while (isOpen) {
    expect(await world.pipeline.run.schedules.get('janitor')?.tick()).toMatchObject({ ok: true })
    await Promise.race([end, new Promise((resolve) => setTimeout(resolve, 500))])
  }
  const [[code], [stdout, stderr]] = await Promise.all([end, output])
  const last: Record<string, unknown> = JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}')
  return { code, stderr, last }
}

const opsBucket = () => world.pipeline.run.ready.buckets.ops ?? ''

async function keysBelow(prefix: string): Promise<string[]> {
  const { Contents = [] } = await world.operator.send(new ListObjectsV2Command({ Bucket: opsBucket(), Prefix: prefix }))
  return Contents.map(({ Key = '' }) => Key)
}

async function queueNamed(form: RegExp): Promise<string> {
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}))
  const [name, ...more] = QueueUrls.map((url) => url.split('/').at(-1) ?? '').filter((url) => form.test(url))
  if (name === undefined || more.length > 0) throw new Error(`which of ${QueueUrls.join(', ')} is it?`)
  return name
}

const headersOf = (delivery: string) => ({
  'x-github-event': 'push',
  'x-github-delivery': delivery,
  'x-github-hook-id': '42',
})

/** A failure as the webhook's function publishes it when its own code throws. @returns the id of its row */
async function plantFailure(body: string, delivery: string, receivedAt: number): Promise<string> {
  const row = compileFailures(classificationFailures)(
    {
      error: new TypeError('a bug that is mended now'),
      bytes: Buffer.from(body),
      attributes: { p_webhook_event: 'push', p_webhook_delivery: delivery, p_webhook_hook_id: '42' },
    },
    { logType: 'GitHub.Webhook', origin: 'webhook' },
    { sourceId: 'hooks', sourceLabel: 'Test hooks', receivedAt },
  )
  const batch = { logType: 'classification_failures', sourceId: 'hooks', receivedAt, rows: [row] }
  const { QueueUrl } = await sqs.send(
    new GetQueueUrlCommand({ QueueName: await queueNamed(/^deliveryrecords(?!.*(?:bulk|dlq))/i) }),
  )
  for (const MessageBody of encodeMessages(batch)) await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }))
  return String(row.p_row_id)
}

const openFailures = async (): Promise<unknown[]> =>
  (await world.pipeline.query("select p_row_id from open_failures where p_source_id = 'hooks'")).map(
    ({ p_row_id: id }) => id,
  )

const hooksWith = (mark: string) =>
  world.pipeline.query(
    `select distinct p_row_id, p_parse_time, p_webhook_delivery, number from github_webhook where action = '${mark}' order by number`,
  )

describe('failures', () => {
  test('a fault of our own is mended: one redrive makes a row and closes the failure', async () => {
    const receivedAt = Date.now() - 3_600_000
    const delivery = randomUUID()
    const body = JSON.stringify({ action: 'mended', number: 1 })
    const broken = await plantFailure(body, delivery, receivedAt)
    expect(await hooks.post('no event at all')).toMatchObject({ status: 400 })
    const open = await eventually(openFailures, (ids) => ids.length === 2)
    expect(open).toContain(broken)

    const dry = await redrive('failures', '--dry-run')
    expect(dry).toMatchObject({ code: 0, last: { dryRun: true, redriven: 1, left: 1, rows: 1, outcome: 'done' } })
    expect(await openFailures()).toHaveLength(2)

    const { code, last } = await redrive('failures')
    expect(code).toBe(0)
    expect(last).toMatchObject({ ended: true, redriven: 1, left: 1, reasonsLeft: [{ why: 'not_json', count: 1 }] })
    const rows = await eventually(
      () => hooksWith('mended'),
      (found) => found.length === 1,
    )
    expect(rows).toMatchObject([{ p_webhook_delivery: delivery }])
    expect(new Date(String(rows[0]?.p_parse_time)).getTime()).toBe(receivedAt)
    const left = await eventually(openFailures, (ids) => ids.length === 1)
    expect(left).not.toContain(broken)

    // The same delivery, had it arrived, or sent again by hand.
    expect(await hooks.post(body, headersOf(delivery))).toMatchObject({ status: 200 })
    const all = await eventually(
      () => world.pipeline.query("select p_row_id from github_webhook where action = 'mended'"),
      (found) => found.length === 2,
    )
    expect(new Set(all.map(({ p_row_id: id }) => id)).size).toBe(1)

    const again = await redrive('failures')
    expect(again.last).toMatchObject({ redriven: 0, left: 1 })
  })
})

/**
 * Lets the lake fail, so that every message is a dead letter within seconds.
 * @param wanted number of dead letters to wait for
 * @returns their keys, when the lake works again
 */
async function deadLettersOf(wanted: number, act: () => Promise<void>): Promise<string[]> {
  const { faults, gateway } = world.pipeline.run
  const { queues } = gateway
  const target = queues.queueArn(await queueNamed(/^deliveryrecords.*dlq/i))
  const policy = (maxReceiveCount: number) => JSON.stringify({ deadLetterTargetArn: target, maxReceiveCount })
  const names = [await queueNamed(/^deliveryrecords(?!.*(?:bulk|dlq))/i), await queueNamed(/^deliveryrecords.*bulk/i)]
  const relax = () => {
    faults.clear()
    // As in the template: on a slow machine, written messages would be dead letters, too.
    for (const name of names) queues.ensureQueue(name, { VisibilityTimeout: '180', RedrivePolicy: policy(8) })
  }
  onTestFinished(relax)
  for (const name of names) queues.ensureQueue(name, { VisibilityTimeout: '1', RedrivePolicy: policy(2) })
  faults.add({ service: 's3', principal: 'writer', action: 's3:PutObject', resource: '*/data/*', kind: 'fail' })
  faults.add({ action: 'sqs:ChangeMessageVisibility', kind: 'fail' })
  await act()
  const letters = await eventually(
    () => keysBelow('dead/'),
    (keys) => keys.length === wanted,
  )
  relax()
  expect(letters).toHaveLength(wanted)
  return letters
}

describe('dead letters', () => {
  test('what could not be written for too long is rows after one redrive, and no dead letter is open', async () => {
    const comment = randomBytes(300_000).toString('base64')
    const letters = await deadLettersOf(2, async () => {
      for (const event of [{ number: 1 }, { number: 2, comment }]) {
        const body = JSON.stringify({ action: 'lake down', ...event })
        expect(await hooks.post(body)).toMatchObject({ status: 200 })
      }
    })
    // Weeks later the content of the long message is gone.
    for (const Key of await keysBelow('claims/')) {
      await world.operator.send(new DeleteObjectCommand({ Bucket: opsBucket(), Key }))
    }

    const dry = await redrive('dead-letters', '--dry-run')
    const kinds = [{ of: 'records', reason: 'not_written', redriven: 2, left: 0 }]
    expect(dry).toMatchObject({ code: 0, last: { redriven: 2, kinds, rows: null } })
    expect(await keysBelow('dead/')).toEqual(letters)

    expect(await redrive('dead-letters')).toMatchObject({ code: 0, last: { redriven: 2, left: 0 } })
    expect(await keysBelow('dead/')).toEqual([])
    expect(await keysBelow('redriven/')).toEqual(letters.map((key) => key.replace('dead/', 'redriven/')))
    const rows = await eventually(
      () => hooksWith('lake down'),
      (found) => found.length === 2,
    )
    expect(rows.map(({ number }) => String(number))).toEqual(['1', '2'])
  })

  test('rows that close failures come back as such', async () => {
    const broken = await plantFailure('{"action":"closed late","number":1}', randomUUID(), Date.now() - 60_000)
    await eventually(openFailures, (ids) => ids.includes(broken))
    await deadLettersOf(2, async () => {
      expect((await redrive('failures', '--reason', 'internal')).last).toMatchObject({ redriven: 1, left: 0 })
    })
    expect((await redrive('dead-letters', '--queue', 'records-bulk')).last).toMatchObject({ redriven: 2, left: 0 })
    await eventually(
      () => hooksWith('closed late'),
      (found) => found.length === 1,
    )
    expect(await eventually(openFailures, (ids) => !ids.includes(broken))).not.toContain(broken)
  })

  test('messages about objects go back to the queue of their stream, and one of an unknown queue is reported', async () => {
    const { ready, notifications, gateway } = world.pipeline.run
    const day = new Date().toISOString().slice(0, 10)
    const plant = async (id: string, letter: object) => {
      const Key = `dead/dt=${day}/${id}.json`
      const archived = { messageId: id, archivedAt: new Date().toISOString(), claim: null, ...letter }
      await world.operator.send(
        new PutObjectCommand({ Bucket: opsBucket(), Key, Body: JSON.stringify(archived), IfNoneMatch: '*' }),
      )
    }
    const streams = new Map(
      [ownStream, foreignStream].map((id, index) => [
        id,
        steadyFlow(auditStream({ seed: 40 + index }), { now: Date.now() }),
      ]),
    )
    for (const [id, { objects }] of streams) {
      notifications.loseNext(objects.length)
      const { bucket } = world.source(id)
      await world.put(objects, id, id === ownStream ? world.github : world.operator)
      for (const { name, body } of objects) {
        const created = { bucket, key: name, size: body.length, etag: '0'.repeat(32), lastModified: new Date() }
        const message = createdMessage(created, { region: ready.region, owner: gateway.accountId, id: 'objects' })
        await plant(randomUUID(), { source: id, queue: 'replaced-since', reason: 'not_read', body: message })
      }
    }
    await plant('of-nobody', { source: null, queue: null, reason: 'not_written', body: '{}' })

    const sent = [...streams.values()].reduce((sum, { objects }) => sum + objects.length, 0)
    const { code, last } = await redrive('dead-letters', '--per-second', '100')
    expect(code).toBe(0)
    const example = `dead/dt=${day}/of-nobody.json`
    expect(last).toMatchObject({
      redriven: sent,
      left: 1,
      reasonsLeft: [{ why: 'unknown_queue', count: 1, example }],
    })
    for (const [id, { expected }] of streams) await world.expectEvents(expected, id)
    expect(await keysBelow('dead/')).toEqual([example])
    const { Body } = await world.operator.send(new GetObjectCommand({ Bucket: opsBucket(), Key: example }))
    expect(JSON.parse((await Body?.transformToString()) ?? '')).toMatchObject({ messageId: 'of-nobody' })
  })
})
