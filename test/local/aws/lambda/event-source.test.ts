import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { SendMessageBatchCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { expect, onTestFinished, test } from 'vitest'
import { type Gateway, startGateway } from '../../../../local/aws/gateway/gateway.ts'
import { EventSource, type EventSourceOptions } from '../../../../local/aws/lambda/event-source.ts'
import type { FunctionSpec } from '../../../../local/aws/lambda/function.ts'
import { bootstrapSource } from '../../../../local/aws/lambda/runtime.ts'
import type { Interceptor } from '../../../../local/aws/store.ts'
import { fixture, startPool } from '../../../support/function-host.ts'

interface Batch {
  readonly batch: readonly number[]
  readonly bytes: number
  readonly pid: number
}

interface Mapping {
  readonly source: EventSource
  readonly gateway: Gateway
  /** The function's output: its batches in order. */
  readonly batches: Batch[]
  send(...messages: object[]): Promise<void>
  counts(): { ready: number; inFlight: number }
}

/** A real queue mapped to a real function; reading begins when the test starts the source. */
async function map(
  options: Partial<EventSourceOptions> = {},
  spec: Partial<FunctionSpec> = {},
  visibilitySeconds = 30,
  ...interceptors: Interceptor[]
): Promise<Mapping> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'event-source-'))
  const gateway = await startGateway({ dataDir, interceptors })
  onTestFinished(async () => {
    await gateway.close()
    rmSync(dataDir, { recursive: true })
  })
  const { url, arn } = gateway.queues.ensureQueue('records', { VisibilityTimeout: String(visibilitySeconds) })
  const batches: Batch[] = []
  const principal = gateway.principals.create('behaviours')
  const surroundings = {
    region: gateway.region,
    endpoint: gateway.url,
    principal,
    bootstrap: bootstrapSource,
    disks: tmpdir(),
    clockFile: fixture('no-clock.json'),
    variables: {},
  }
  const target = await startPool(spec, {
    surroundings,
    onLine: (line) => line.startsWith('{"batch"') && batches.push(JSON.parse(line)),
  })
  const source = new EventSource({
    queueArn: arn,
    queueUrl: url,
    region: gateway.region,
    ask: (operation, input) => gateway.askQueues('behaviours', operation, input),
    target,
    batchSize: 10,
    windowSeconds: 0,
    maxConcurrency: 2,
    partialFailures: true,
    ...options,
  })
  onTestFinished(() => source.stop())
  const client = new SQSClient({
    endpoint: gateway.url,
    region: gateway.region,
    credentials: gateway.principals.create('tester'),
  })
  onTestFinished(() => client.destroy())
  return {
    source,
    gateway,
    batches,
    async send(...messages) {
      const bodies = messages.map((message) => JSON.stringify(message))
      // Large ones one by one: a batch is limited to the size of one message.
      if (bodies.some((body) => body.length > 10_000)) {
        for (const body of bodies) await client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: body }))
        return
      }
      for (let start = 0; start < bodies.length; start += 10) {
        const entries = bodies.slice(start, start + 10).map((body, index) => ({ Id: String(index), MessageBody: body }))
        await client.send(new SendMessageBatchCommand({ QueueUrl: url, Entries: entries }))
      }
    },
    counts: () => gateway.queues.counts('records'),
  }
}

const numbered = (count: number, more: object = {}) => Array.from({ length: count }, (_, id) => ({ id, ...more }))
const idsOf = (batches: readonly Batch[]) => batches.flatMap(({ batch }) => batch).sort((a, b) => a - b)
const empty = { ready: 0, inFlight: 0 }

test('messages reach the function in batches and are then deleted', async () => {
  const { source, batches, send, counts } = await map()
  await send(...numbered(25))
  source.start()
  await expect.poll(() => counts()).toMatchObject(empty)
  expect(idsOf(batches)).toEqual(numbered(25).map(({ id }) => id))
  expect(batches.every(({ batch }) => batch.length <= 10)).toBe(true)
})

test('a batch fills up beyond the ten messages of a call while its window is open', async () => {
  const { source, batches, send, counts } = await map({ batchSize: 35, windowSeconds: 60, maxConcurrency: 1 })
  await send(...numbered(15))
  await send(...numbered(20).map(({ id }) => ({ id: id + 15 })))
  source.start()
  await expect.poll(() => counts()).toMatchObject(empty)
  expect(batches.map(({ batch }) => batch.length)).toEqual([35])
})

test('a full batch does not wait for its window', async () => {
  const { source, batches, send } = await map({ batchSize: 30, windowSeconds: 60, maxConcurrency: 1 })
  await send(...numbered(60))
  source.start()
  await expect.poll(() => batches.map(({ batch }) => batch.length)).toEqual([30, 30])
})

test('an event stays within six megabytes, and what does not fit comes with the next', async () => {
  const { source, batches, send, counts } = await map({ batchSize: 100, windowSeconds: 5 })
  await send(...numbered(14, { padding: 'x'.repeat(900_000) }))
  source.start()
  await expect.poll(() => counts()).toMatchObject(empty)
  expect(idsOf(batches)).toEqual(numbered(14).map(({ id }) => id))
  expect(Math.max(...batches.map(({ bytes }) => bytes))).toBeLessThanOrEqual(6 * 1024 * 1024)
  expect(batches.map(({ batch }) => batch.length).sort()).toEqual([2, 6, 6])
})

test('a message reported as failed stays in the queue, its neighbours are deleted', async () => {
  const { source, batches, send, counts } = await map({}, {}, 2)
  await send({ id: 0 }, { id: 1, fail: 'message' }, { id: 2 })
  source.start()
  const times = (id: number) => idsOf(batches).filter((other) => other === id).length
  await expect.poll(() => times(1)).toBeGreaterThan(1)
  await source.stop()
  expect([times(0), times(2)]).toEqual([1, 1])
  expect(Object.values(counts())).toContain(1)
})

test.each([
  ['a function that fails', 'batch', 3],
  ['an answer that names an unknown message', 'nonsense', 3],
  ['an answer without failures', 'empty', 0],
])('%s leaves %s: %i messages', async (_, fail, left) => {
  const { source, batches, send, counts } = await map()
  await send({ id: 0 }, { id: 1, fail }, { id: 2 })
  source.start()
  await expect.poll(() => idsOf(batches)).toEqual([0, 1, 2])
  await source.stop()
  expect(counts()).toMatchObject({ ready: 0, inFlight: left })
})

test('without partial failures the answer is ignored', async () => {
  const { source, batches, send, counts } = await map({ partialFailures: false })
  await send({ id: 0 }, { id: 1, fail: 'message' })
  source.start()
  await expect.poll(() => idsOf(batches)).toEqual([0, 1])
  await source.stop()
  expect(counts()).toMatchObject(empty)
})

test("concurrent invocations stay within the mapping's maximum", async () => {
  const { source, batches, send, counts } = await map({ batchSize: 1, maxConcurrency: 1 }, { maxInstances: 4 })
  await send(...numbered(12))
  source.start()
  await expect.poll(() => counts()).toMatchObject(empty)
  expect(new Set(batches.map(({ pid }) => pid)).size).toBe(1)
})

test('stopping hands on collected messages and waits for the function', async () => {
  const { source, batches, send, counts } = await map({ batchSize: 100, windowSeconds: 60 })
  await send(...numbered(5))
  source.start()
  await expect.poll(() => counts()).toMatchObject({ ready: 0, inFlight: 5 })
  await source.stop()
  expect(idsOf(batches)).toEqual([0, 1, 2, 3, 4])
  expect(counts()).toMatchObject(empty)
})

test("reading the queue needs the function's own permissions", async () => {
  const calls = new Set<string>()
  const { source, send, counts } = await map({}, {}, 30, (call, next) => {
    for (const { action } of call.access) calls.add(`${call.principal} ${action}`)
    return next()
  })
  await send({ id: 0 })
  source.start()
  await expect.poll(() => counts()).toMatchObject(empty)
  await source.stop()
  expect([...calls].filter((call) => call.startsWith('behaviours')).sort()).toEqual([
    'behaviours sqs:DeleteMessage',
    'behaviours sqs:GetQueueAttributes',
    'behaviours sqs:ReceiveMessage',
  ])
})

test("a visibility timeout shorter than the function's timeout is refused", async () => {
  const complaints: string[] = []
  const { source } = await map({ onFailure: (message) => complaints.push(message) }, { timeoutSeconds: 40 }, 30)
  source.start()
  await expect.poll(() => complaints.join()).toContain('visibility timeout is shorter')
})
