import { randomBytes } from 'node:crypto'
import { zstdCompressSync } from 'node:zlib'
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { ListQueuesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compileResolutions } from '../../lambdas/core/intake/failure.ts'
import type { Row } from '../../lambdas/core/normalize/event.ts'
import { compileNormalizer } from '../../lambdas/core/normalize/normalizer.ts'
import { claimKey } from '../../lambdas/core/publish/claims.ts'
import { encodeMessages, pointerTo, rowLimits } from '../../lambdas/core/publish/message.ts'
import { classificationFailures } from '../../schemas/generated/classification_failures.ts'
import { githubWebhook } from '../../schemas/generated/github_webhook.ts'
import { type HookSender, hookSender } from '../support/hooks.ts'
import { allLogs, eventually, type Pipeline, startPipeline, webhookSettings } from '../support/pipeline.ts'

let pipeline: Pipeline
let hooks: HookSender
let s3: S3Client
let sqs: SQSClient
beforeAll(async () => {
  pipeline = await startPipeline(webhookSettings)
  hooks = hookSender(pipeline)
  const { credentials, endpoints, region } = pipeline.run.ready
  s3 = new S3Client({ credentials, endpoint: endpoints.s3, region })
  sqs = new SQSClient({ credentials, endpoint: endpoints.sqs, region })
})
afterAll(async () => {
  s3.destroy()
  sqs.destroy()
  await pipeline.stop()
})

const minute = 60_000
const receivedAt = Date.now()
const context = { sourceId: 'hooks', sourceLabel: 'Test hooks', receivedAt }
const { normalize } = compileNormalizer(githubWebhook)
const forgedRow = (more: object = {}): Row => ({ ...normalize({ action: 'forged' }, context), ...more })
const messageOf = (rows: readonly Row[], more: object = {}): string =>
  encodeMessages({ logType: 'GitHub.Webhook', sourceId: 'hooks', receivedAt, rows, ...more })[0] ?? ''
const changed = (body: string, changes: object): string => JSON.stringify({ ...JSON.parse(body), ...changes })
const plain = messageOf([forgedRow()])
const hostile = '\u001b]0;OWNED\u0007\u001b[2J'

/** Sends messages as a function would that has been taken over. @returns their ids, in the order of the messages */
async function send(queue: 'records' | 'records-bulk', bodies: readonly string[]): Promise<string[]> {
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}))
  const form = queue === 'records' ? /^deliveryrecords(?!.*(?:bulk|dlq))/i : /^deliveryrecords.*bulk/i
  const QueueUrl = QueueUrls.find((url) => form.test(url.split('/').at(-1) ?? '')) ?? ''
  const ids: string[] = []
  for (const MessageBody of bodies) {
    const { MessageId = '' } = await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }))
    ids.push(MessageId)
  }
  return ids
}

const bucket = () => pipeline.run.ready.buckets.ops ?? ''

async function claim(content: string, body = content, prefix = 'claims/'): Promise<string> {
  const key = claimKey(prefix, body, Date.now())
  await s3.send(new PutObjectCommand({ Bucket: bucket(), Key: key, Body: content, IfNoneMatch: '*' }))
  return pointerTo(body, { bucket: bucket(), key })
}

/** The archived dead letters of messages, once all are there. */
async function lettersOf(ids: readonly string[]): Promise<Record<string, unknown>[]> {
  const keys = await eventually(
    async () => {
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket(), Prefix: 'dead/' }))
      return Contents.map(({ Key = '' }) => Key)
    },
    (found) => ids.every((id) => found.some((key) => key.endsWith(`/${id}.json`))),
  )
  return await Promise.all(
    ids.map(async (id) => {
      const Key = keys.find((key) => key.endsWith(`/${id}.json`))
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket(), Key }))
      return JSON.parse((await Body?.transformToString()) ?? '')
    }),
  )
}

describe('messages that no publisher sends', () => {
  test('are dead letters at once, each with its reason, and their neighbours are rows', async () => {
    // A real failure, which a forged row claims to resolve.
    expect(await hooks.post('no event')).toMatchObject({ status: 400 })
    const ask = () => pipeline.query("select p_row_id from open_failures where p_source_id = 'hooks'")
    const [failure] = await eventually(ask, (rows) => rows.length === 1)
    const resolution = compileResolutions(classificationFailures)(
      String(failure?.p_row_id),
      { logType: 'GitHub.Webhook', origin: 'recovery' },
      context,
    )
    const resolving = messageOf([resolution], { logType: 'classification_failures' })
    const long = () => messageOf([forgedRow({ comment: randomBytes(300_000).toString('base64') })])
    const future = new Date(receivedAt + 20 * minute).toISOString()
    const forged = {
      forged_resolution: resolving,
      wrong_source: messageOf([forgedRow({ p_source_id: 'notebooks' })]),
      wrong_log_type: messageOf([forgedRow({ p_log_type: 'collection_runs' })]),
      bad_row_id: messageOf([forgedRow({ p_row_id: hostile })]),
      bad_time: messageOf([forgedRow({ p_parse_time: '+275760-09-12T00:00:00.000Z' })]),
      bad_rows: changed(plain, {
        rows: zstdCompressSync(Buffer.alloc(400_000_000, 'a')).toString('base64'),
        bytes: rowLimits.bytes,
      }),
      too_large: changed(plain, { bytes: 400_000_000 }),
      bad_pointer: changed(plain, { pointer: { bucket: bucket(), key: 'stack.json' } }),
      claim_gone: changed(plain, { pointer: { bucket: bucket(), key: `claims/dt=2026-06-01/${'a'.repeat(32)}.json` } }),
      claim_changed: await claim(plain, long()),
      claim_differs: changed(await claim(long()), { sourceId: 'other-hooks' }),
      not_a_message: 'noise',
      bad_envelope: '{"v":1}',
    }
    const more = {
      wrong_source: changed(plain, { sourceId: hostile }),
      bad_time: changed(plain, { receivedAt: future }),
      forged_resolution: await claim(resolving),
    }
    const bodies = [...Object.values(forged), ...Object.values(more)]
    const reasons = [...Object.keys(forged), ...Object.keys(more)]
    const [ids, replies] = await Promise.all([send('records', bodies), hooks.postMany(20, 'neighbour')])
    expect(replies.every(({ status }) => status === 200)).toBe(true)
    const letters = await lettersOf(ids)
    expect(letters.map(({ reason }) => reason)).toEqual(reasons)
    for (const [index, letter] of letters.entries()) {
      // Received once: no other delivery would have made it valid.
      expect(letter).toMatchObject({ queue: 'records', receiveCount: 1, body: bodies[index] })
      expect(letter.source).toBe(/"sourceId":"(hooks|other-hooks)"/.exec(bodies[index] ?? '')?.[1] ?? null)
      expect(JSON.stringify(letter.detail).length).toBeLessThan(400)
    }
    const rows = await eventually(
      () => pipeline.query("select distinct number from github_webhook where action = 'neighbour'"),
      (found) => found.length === 20,
    )
    expect(rows).toHaveLength(20)
    expect(await pipeline.query("select * from github_webhook where action = 'forged'")).toEqual([])
    expect(await ask()).toEqual([failure])
  })

  test('are named with the bulk queue if they came that way', async () => {
    expect(await lettersOf(await send('records-bulk', ['noise']))).toMatchObject([{ queue: 'records-bulk' }])
  })

  test('never name the dimension of a metric', async () => {
    const lines = (await allLogs(pipeline.data)).split('\n').filter((line) => line.includes('DeadLetters'))
    const metrics = lines.flatMap((line) => JSON.parse(line.slice(line.indexOf('{')))._aws?.CloudWatchMetrics ?? [])
    expect(metrics).not.toEqual([])
    expect(JSON.stringify(metrics.map(({ Dimensions }) => Dimensions))).not.toContain('source')
  })
})

test('a claim and a resolution are written if they are what their pointers name', async () => {
  const event = normalize({ action: 'claimed' }, context)
  const id = 'c'.repeat(32)
  const resolution = compileResolutions(classificationFailures)(id, { logType: 'GitHub.Webhook', origin: 'x' }, context)
  const resolving = messageOf([resolution], { logType: 'classification_failures' })
  await send('records', [await claim(messageOf([event])), await claim(resolving, resolving, 'resolutions/')])
  const claimed = () => pipeline.query("select action from github_webhook where action = 'claimed'")
  expect(await eventually(claimed, (rows) => rows.length > 0)).toEqual([{ action: 'claimed' }])
  const resolved = () => pipeline.query(`select resolves from classification_failures where resolves = '${id}'`)
  expect(await eventually(resolved, (rows) => rows.length > 0)).toEqual([{ resolves: id }])
})
