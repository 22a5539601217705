import { randomUUID } from 'node:crypto'
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type HookSender, hookSender } from '../support/hooks.ts'
import { allLogs, eventually, type Pipeline, startPipeline, webhookSettings } from '../support/pipeline.ts'

const minute = 60_000
const day = 24 * 60 * minute

const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10)
const now = Date.now()
/**
 * The functions' clock beside the real one at first, in milliseconds: in the evening it is hours earlier, so that no
 * midnight moves a day.
 */
const base = Math.min(0, Math.floor(now / day + 1) * day - 5 * 60 * minute - now)
const today = dayOf(now + base)
const tomorrow = dayOf(now + base + day)

let pipeline: Pipeline
let sender: HookSender
let s3: S3Client
let sqs: SQSClient
let shift = base
/** Ids of the deliveries that were acknowledged, by the day of their first receipt. */
const acknowledged = new Set<string>()

beforeAll(async () => {
  pipeline = await startPipeline(webhookSettings)
  sender = hookSender(pipeline)
  const { credentials, endpoints, region } = pipeline.run.ready
  s3 = new S3Client({ credentials, endpoint: endpoints.s3, region })
  sqs = new SQSClient({ credentials, endpoint: endpoints.sqs, region })
  for (const name of ['janitor', 'merger']) pipeline.run.schedules.get(name)?.stop()
  pipeline.run.shiftClock(base)
})
afterAll(async () => {
  s3.destroy()
  sqs.destroy()
  await pipeline.stop()
})

const bucket = (name: 'lake' | 'ops') => ({ Bucket: pipeline.run.ready.buckets[name] ?? '' })

async function keys(name: 'lake' | 'ops', prefix: string): Promise<string[]> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ ...bucket(name), Prefix: prefix }))
  return Contents.map(({ Key = '' }) => Key)
}

async function listed(dt: string): Promise<string[]> {
  const Key = `tables/github_webhook/dt=${dt}/symlink.txt`
  const { Body } = await s3.send(new GetObjectCommand({ ...bucket('lake'), Key }))
  const text = (await Body?.transformToString()) ?? ''
  return text
    .split('\n')
    .filter(Boolean)
    .map((url) => url.slice(`s3://${bucket('lake').Bucket}/`.length))
}

/** Sends deliveries and waits until the writer has made rows of them, in a file of their own. */
async function deliver(guids: readonly string[]): Promise<void> {
  const before = await count()
  for (const guid of guids) {
    const { status } = await sender.post(JSON.stringify({ action: guid }), { 'x-github-delivery': guid })
    expect(status).toBe(200)
    acknowledged.add(guid)
  }
  await eventually(count, (rows) => rows >= before + guids.length)
}

const count = async (): Promise<number> => {
  const [row] = await pipeline.query('select count(*)::int as rows from github_webhook')
  return Number(row?.rows)
}

/** The deliveries that a query sees, in order; one that it sees twice is there twice. */
async function seen(where = 'true'): Promise<string[]> {
  const rows = await pipeline.query(`select p_webhook_delivery as guid from github_webhook where ${where} order by 1`)
  return rows.map(({ guid }) => String(guid))
}

/** How often functions have printed a text, once it is that often. */
const logged = (text: string, atLeast = 1): Promise<number> =>
  eventually(
    async () => (await allLogs(pipeline.data)).split(text).length - 1,
    (times) => times >= atLeast,
  )

const once = () => [...acknowledged].sort()

/** Lets time pass for the functions, and has the janitor do what is due. */
async function later(ms: number): Promise<void> {
  shift += ms
  pipeline.run.shiftClock(shift)
  expect(await pipeline.run.schedules.get('janitor')?.tick()).toMatchObject({ ok: true })
}

/** Requests merges of the webhooks, and has the merger work on them. @returns whether it survived */
async function merge(...bodies: readonly string[]): Promise<boolean> {
  const QueueName = pipeline.run.queueNames.find((name) => /merges/i.test(name))
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }))
  for (const MessageBody of bodies) await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }))
  return (await pipeline.run.schedules.get('merger')?.tick())?.ok ?? false
}

const request = (dt: string): string => JSON.stringify({ table: 'github_webhook', dt })

const guids = (number: number): string[] => Array.from({ length: number }, () => randomUUID())

test('a day with repeated events and many files becomes one file, and every query meanwhile sees each event', async () => {
  const events = guids(30)
  await deliver(events.slice(0, 10))
  await deliver([...events.slice(10, 20), ...events.slice(0, 4)])
  await deliver([...events.slice(20), ...events.slice(15, 17)])
  expect(await count()).toBe(36)
  // The first plan finds the files, the second requests the merge.
  await later(0)
  await later(21 * minute)
  const merging = merge()
  const distinct: number[] = []
  await eventually(
    async () => {
      const rows = await seen()
      distinct.push(new Set(rows).size)
      return rows.length
    },
    (rows) => rows === 30,
  )
  expect(await merging).toBe(true)
  expect(await seen()).toEqual(once())
  expect(new Set(distinct)).toEqual(new Set([30]))
  expect(await listed(today)).toEqual([expect.stringContaining('/merged-')])
  expect(await logged('partition merged')).toBeGreaterThan(0)
})

describe('killed before and after each change that it makes', () => {
  test.each([
    ['before', 'fail'],
    ['after', 'lose-answer'],
  ] as const)('%s it, a merger loses no event and leaves nothing behind', async (_when, kind) => {
    const { run } = pipeline
    for (let step = 0; ; step++) {
      const [again = ''] = once()
      await deliver([...guids(2), again])
      let isKilled = false
      const onHit = () => {
        isKilled = true
        for (const pid of run.functionNamed('merger').pids) process.kill(pid, 'SIGKILL')
      }
      const fault = run.faults.add({ principal: 'merger', action: 's3:PutObject', kind, skip: step, count: 1, onHit })
      await merge(request(today))
      fault.remove()
      expect(new Set(await seen())).toEqual(acknowledged)
      if (!isKilled) {
        expect(step).toBe(3)
        break
      }
    }
    expect(await seen()).toEqual(once())
  })
})

test('replaced files and those of killed merges are deleted once no query reads them', async () => {
  const data = () => keys('lake', `data/github_webhook/dt=${today}/`)
  expect((await data()).length).toBeGreaterThan(10)
  await later(5 * minute)
  expect((await data()).length).toBeGreaterThan(10)
  await later(3 * 60 * minute)
  expect(await data()).toEqual(await listed(today))
  expect(await keys('ops', 'merges/github_webhook/')).toEqual([])
  expect(await seen()).toEqual(once())
})

test('a file that cannot be read is set aside, and the rest of its day stays', async () => {
  const lost = guids(1)
  await deliver(lost)
  const broken = (await listed(today)).find((key) => !key.includes('/merged-')) ?? ''
  // Replaced through a deletion, because a data file cannot be overwritten.
  await s3.send(new DeleteObjectCommand({ ...bucket('lake'), Key: broken }))
  await s3.send(new PutObjectCommand({ ...bucket('lake'), Key: broken, Body: 'no Parquet', IfNoneMatch: '*' }))
  expect(await merge(request(today))).toBe(true)
  acknowledged.delete(lost[0] ?? '')
  expect(await seen()).toEqual(once())
  expect(await keys('ops', 'corrupt/')).toEqual([`corrupt/${broken.slice('data/'.length)}.json`])
  expect(await logged('corrupt data file set aside')).toBe(1)
})

test('a file on no list is deleted when it is a day old; one that was set aside stays', async () => {
  const orphan = `data/github_webhook/dt=${today}/${randomUUID()}.parquet`
  await s3.send(new PutObjectCommand({ ...bucket('lake'), Key: orphan, Body: 'left behind', IfNoneMatch: '*' }))
  await later(2 * day)
  const left = await keys('lake', `data/github_webhook/dt=${today}/`)
  expect(left).not.toContain(orphan)
  expect(left).toHaveLength((await listed(today)).length + 1)
  expect(await logged('data files on no list deleted')).toBe(1)
  shift = base
  pipeline.run.shiftClock(base)
})

test('an event that is sent again the next day stays under the first', async () => {
  const [first = ''] = once()
  const fresh = guids(2)
  pipeline.run.shiftClock(base + day)
  await deliver([first, ...fresh])
  expect(await seen(`dt = '${tomorrow}'`)).toEqual([first, ...fresh].sort())
  expect(await merge(request(tomorrow))).toBe(true)
  expect(await seen(`dt = '${tomorrow}'`)).toEqual(fresh.toSorted())
  // Its first copy comes late: the day after loses its own.
  pipeline.run.shiftClock(base)
  await deliver(fresh.slice(0, 1))
  expect(await merge(request(today))).toBe(true)
  // The request for the day after may still be on its way.
  expect(await merge()).toBe(true)
  expect(await seen()).toEqual(once())
  expect(await seen(`dt = '${tomorrow}'`)).toEqual(fresh.slice(1))
})

test('a message that asks for anything else does nothing', async () => {
  const bodies = [
    'no JSON',
    '{}',
    '{"table":"github_webhook"}',
    '{"table":"../x","dt":"2026-01-01"}',
    '{"table":"github_webhook","dt":"2026-02-30"}',
  ]
  expect(await merge(...bodies)).toBe(true)
  expect(await logged('no request for a merge', bodies.length)).toBe(bodies.length)
})
