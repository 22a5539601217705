import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { FaultRule } from '../../local/aws/gateway/faults.ts'
import { type AlarmId, alarmPlan } from '../../settings/alarm-plan.ts'
import { type HookSender, hookSender } from '../support/hooks.ts'
import { eventually, polledAndWebhookSettings } from '../support/pipeline.ts'
import { PolledPipeline, type PolledSource, streamOf } from '../support/polled.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

let world: PolledPipeline
let source: PolledSource
let hooks: HookSender
beforeAll(async () => {
  const plan = { id: 'gh', facts: streamOf('github-audit') }
  world = await PolledPipeline.start([plan], { settings: polledAndWebhookSettings, agoMs: 120 * day })
  source = world.source('gh')
  hooks = hookSender(world.pipeline)
})
afterAll(() => world.stop())

const run = () => world.pipeline.run
const tick = async (name: string) => await run().schedules.get(name)?.tick()
const client = () => {
  const { credentials, region, endpoints } = run().ready
  return new S3Client({ credentials, region, endpoint: endpoints.s3 })
}

/** What rings, by the alarms' names without that of the stack. */
const ringing = (): string[] =>
  run()
    .alarms.ringing()
    .map(({ name }) => name.slice(name.indexOf(' ') + 1))

const kindOf = (name: string): string => name.split(' ')[0] ?? ''

/** What may ring beside an alarm, as the runbook says. */
function consequencesOf(kind: AlarmId): string[] {
  const runbook = readFileSync('docs/runbook.md', 'utf8')
  const row = new RegExp(`^\\| ${alarmPlan[kind].heading} \\| (.*) \\|$`, 'm').exec(runbook)?.[1] ?? ''
  return Object.entries(alarmPlan).flatMap(([id, { heading }]) => (row.includes(heading) ? [id] : []))
}

/** @param expected an alarm by its name, or a kind of it */
function expectRings(kind: AlarmId, what?: string): void {
  const names = ringing()
  expect(what === undefined ? names.map(kindOf) : names).toContain(what === undefined ? kind : `${kind} ${what}`)
  const allowed = new Set<string>([kind, ...consequencesOf(kind)])
  expect(names.filter((name) => !allowed.has(kindOf(name)))).toEqual([])
}

let number = 0
/** @param facts members of the event */
const post = (facts: object = {}) => hooks.post(JSON.stringify({ action: 'opened', number: number++, ...facts }))

/** Lets time pass as the stack would live through it, with events from both sources. */
async function live(
  forMs: number,
  { hook = true, poll = true, events = true, isWriting = true, merge = true, every = 20 * minute } = {},
): Promise<void> {
  for (let passed = 0; passed < forMs; passed += every) {
    world.advance(Math.min(every, forMs - passed))
    if (hook && events) expect(await post()).toMatchObject({ status: 200 })
    if (poll && events) await source.insert({ count: 1, agoMs: 10 * minute })
    if (poll) await source.tick()
    await tick('janitor')
    if (merge) await tick('merger')
    if (isWriting) await allWritten()
  }
}

/** Waits until every message is written: the clock must not pass while one is on its way. */
const allWritten = () =>
  eventually(
    async () =>
      run()
        .queueNames.filter((name) => /records(?!.*dlq)/i.test(name))
        .flatMap((name) => Object.values(run().gateway.queues.counts(name))),
    (counts) => counts.every((count) => count === 0),
  )

const fails = (rule: Omit<FaultRule, 'kind'>) => run().faults.add({ ...rule, kind: 'fail' })

/** Lets time pass until no day waits for its merge: the second plan that finds one asks for it. */
async function mergeAll(): Promise<void> {
  await live(60 * minute, { events: false, poll: false })
}

/** All is well for days, so that no alarm remembers the last trouble: CloudWatch looks at up to three periods. */
beforeEach(async () => {
  run().faults.clear()
  await source.control({ clearFaults: true })
  await world.operator.putSecret(run().ready.secrets.gh ?? '', source.facts.credential)
  for (const prefix of ['dead/', 'unsent/']) {
    for (const key of await keysOf(prefix)) await world.operator.delete(key)
  }
  await mergeAll()
  world.advance(4 * day + hour)
  await source.insert({ count: 1, agoMs: 10 * minute })
  await source.catchUp()
  await allWritten()
  await live(80 * minute)
  expect(ringing()).toEqual([])
})

test('an hour in which all is well rings no alarm', async () => {
  for (let passed = 0; passed < 60; passed += 5) {
    await live(5 * minute, { every: 5 * minute })
    expect(ringing()).toEqual([])
  }
})

describe('a source', () => {
  test('whose token was revoked', async () => {
    await source.fault({ kind: 'status', status: 401, times: 1_000 })
    await live(5 * minute)
    expectRings('credential', 'gh')
  })

  test('whose secret was emptied', async () => {
    const secretId = run().ready.secrets.gh ?? ''
    await world.operator.putSecret(secretId, ' ')
    // Functions keep a secret for a while.
    await live(40 * minute)
    expectRings('credential', 'gh')
  })

  test('whose token expires in ten days', async () => {
    const expiry = new Date(world.clock.now() + 10 * 24 * hour).toISOString()
    const header = `${expiry.slice(0, 10)} ${expiry.slice(11, 19)} UTC`
    await source.fault({
      kind: 'status',
      status: 200,
      headers: { 'github-authentication-token-expiration': header },
      body: [],
      times: 1_000,
    })
    await live(5 * minute)
    expectRings('credential', 'gh')
  })

  test('whose provider is down for two hours', async () => {
    await source.fault({ kind: 'status', status: 503, times: 1_000 })
    await live(100 * minute)
    expectRings('failing', 'gh')
    await live(20 * minute)
    expectRings('failing', 'gh')
    expect(ringing()).toContain('behind gh')
  })

  test('that is no longer called', async () => {
    await live(80 * minute, { poll: false })
    expectRings('behind', 'gh')
  })

  test('whose webhook was removed at the provider', async () => {
    await live(25 * hour, { hook: false, every: hour })
    expectRings('no-events', 'hooks')
  })

  test('whose events have a new member', async () => {
    expect(await post({ an_invention: { of: 'the provider' } })).toMatchObject({ status: 200 })
    await allWritten()
    expectRings('schema-drift')
  })

  test('that sends what is no event', async () => {
    expect(await hooks.post('{"action": broken')).toMatchObject({ status: 400 })
    await eventually(
      async () => ringing(),
      (names) => names.includes('failures'),
    )
    expectRings('failures')
  })
})

describe('webhooks', () => {
  test('when the concurrency of the account is exhausted', async () => {
    const receiver = run().functionNamed('github-webhook')
    receiver.isThrottled = true
    for (let times = 0; times < 3; times++) expect((await post()).status).toBeGreaterThanOrEqual(429)
    receiver.isThrottled = false
    expectRings('throttles')
  })

  test('that neither the queue nor the bucket takes', async () => {
    fails({ principal: 'github-webhook' })
    expect(await post()).toMatchObject({ status: 503 })
    run().faults.clear()
    expectRings('api-errors')
    expect(ringing()).toContain('requests-lost')
  })

  test('that are too large', async () => {
    expect(await hooks.post(`{"action": "${'x'.repeat(5_700_000)}"}`)).toMatchObject({ status: 413 })
    await eventually(
      async () => ringing(),
      (names) => names.includes('requests-lost'),
    )
    expect(ringing().filter((name) => !['requests-lost', 'failures'].includes(kindOf(name)))).toEqual([])
  })
})

describe('the way into the lake', () => {
  test('with a poison message', async () => {
    await sendTo(/^deliveryrecords(?!.*(?:bulk|dlq))/i, 'poison')
    await eventually(
      () => Promise.resolve(keysOf('dead/')),
      (keys) => keys.length > 0,
    )
    await live(5 * minute)
    expectRings('dead-letters')
  })

  test('with a receiver whose clock is wrong', async () => {
    const receiver = run().functionNamed('github-webhook')
    const { clockFile } = receiver.surroundings
    const file = join(world.pipeline.data, 'wrong-clock.json')
    writeFileSync(file, JSON.stringify({ offsetMs: world.clock.now() - Date.now() + 3 * hour }))
    const restart = async (clock: string) => {
      Object.assign(receiver.surroundings, { clockFile: clock })
      for (const pid of receiver.pids) process.kill(pid, 'SIGKILL')
      await eventually(
        async () => receiver.pids.length,
        (living) => living === 0,
      )
    }
    await restart(file)
    expect(await post()).toMatchObject({ status: 200 })
    await restart(clockFile)
    await eventually(
      () => keysOf('dead/'),
      (keys) => keys.length > 0,
    )
    await live(5 * minute)
    expectRings('dead-letters')
  })

  test('with a thousand messages that no queue takes', async () => {
    fails({ service: 'sqs', action: 'sqs:SendMessage' })
    expect(await post()).toMatchObject({ status: 200 })
    const [first = ''] = await keysOf('unsent/')
    const s3 = client()
    const bucket = run().ready.buckets.ops
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: first }))
    const body = (await Body?.transformToByteArray()) ?? Buffer.of()
    const copies = Array.from({ length: 999 }, (_, index) => first.replace(/(?=\.json$)|$/, `-${index}`))
    for (let at = 0; at < copies.length; at += 50) {
      await Promise.all(
        copies
          .slice(at, at + 50)
          .map((Key) => s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: body, IfNoneMatch: '*' }))),
      )
    }
    s3.destroy()
    await live(12 * minute, { events: false, every: minute })
    expectRings('unsent-messages')
  })

  test('while a bucket policy refuses everything', async () => {
    fails({ service: 's3', status: 403, code: 'AccessDenied', principal: 'janitor' })
    for (let times = 0; times < 4; times++) {
      world.advance(minute)
      await tick('janitor')
    }
    expectRings('function-errors')
  })

  test('while nobody calls the janitor', async () => {
    world.advance(20 * minute)
    expectRings('janitor-silent')
  })

  test('while merges fail', async () => {
    fails({ service: 's3', principal: 'merger' })
    await live(200 * minute)
    expectRings('merge-behind')
    run().faults.clear()
    // A day that failed often is asked for seldom.
    await live(200 * minute, { events: false, poll: false })
  })

  test('with a corrupt file', async () => {
    await live(20 * minute, { merge: false })
    const s3 = client()
    const bucket = run().ready.buckets.lake
    const today = new Date(world.clock.now()).toISOString().slice(0, 10)
    const { Contents = [] } = await s3.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: `data/github_webhook/dt=${today}/` }),
    )
    // Others may have been merged, and are on no list any more.
    const [newest] = Contents.toSorted((a, b) => Number(b.LastModified) - Number(a.LastModified))
    const path = run().gateway.objects.pathOf(bucket ?? '', newest?.Key ?? '')
    s3.destroy()
    writeFileSync(path, 'no Parquet')
    await live(60 * minute)
    expectRings('corrupt-files')
  })

  test('with a file on no list', async () => {
    const s3 = client()
    const today = new Date(world.clock.now()).toISOString().slice(0, 10)
    const Key = `data/github_webhook/dt=${today}/left-behind.parquet`
    const Bucket = run().ready.buckets.lake
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'left by a killed writer', IfNoneMatch: '*' }))
    s3.destroy()
    await mergeAll()
    world.advance(26 * hour)
    await live(40 * minute)
    expectRings('orphan-files')
  })

  test('with a queue that is stuck', async () => {
    fails({ service: 's3', action: 's3:PutObject', principal: 'writer' })
    expect(await post()).toMatchObject({ status: 200 })
    await live(20 * minute, { events: false, isWriting: false })
    expectRings('queue-age', 'live events')
    // Each in a batch of its own.
    await eventually(
      async () => {
        await post()
        return ringing()
      },
      (names) => names.includes('failed-writes'),
    )
    expectRings('failed-writes')
  })

  // The last one, because its letter stays hidden for six minutes by this machine's clock.
  test('with dead letters that cannot be archived', async () => {
    fails({ service: 's3', action: 's3:PutObject', principal: 'dead-letters' })
    await sendTo(/recordsdlq/i, 'a dead letter')
    await eventually(
      async () => ringing(),
      (names) => names.includes('letters-not-archived'),
    )
    expectRings('letters-not-archived')
    await live(60 * minute)
    expectRings('queue-age', 'dead letters')
  })
})

async function keysOf(prefix: string): Promise<string[]> {
  const s3 = client()
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: run().ready.buckets.ops, Prefix: prefix }))
  s3.destroy()
  return Contents.map(({ Key = '' }) => Key)
}

/** Puts a message of nobody into a queue. */
async function sendTo(form: RegExp, MessageBody: string): Promise<void> {
  const { credentials, region, endpoints } = run().ready
  const sqs = new SQSClient({ credentials, region, endpoint: endpoints.sqs })
  const QueueName = run().queueNames.find((one) => form.test(one))
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }))
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }))
  sqs.destroy()
}
