import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { TransientError } from '../../../../lambdas/core/errors.ts'
import {
  archiveDeadLetter,
  parseOwnQueues,
  sourceOf,
  sourceOfArchived,
} from '../../../../lambdas/core/publish/dead-letters.ts'
import { decodeMessage, encodeMessages, pointerIn } from '../../../../lambdas/core/publish/message.ts'
import { createPublisher } from '../../../../lambdas/core/publish/publish.ts'
import { resendUnsent } from '../../../../lambdas/core/publish/resend.ts'
import { publishStackFacts } from '../../../../lambdas/core/stack-facts.ts'
import { memoryQueue, memoryStore } from '../../../support/memory-stores.ts'

const noise = (bytes: number) => randomBytes(bytes).toString('base64')
const batch = (...texts: string[]) => ({
  logType: 'Test.EveryType',
  sourceId: 's',
  receivedAt: 1_780_000_000_000,
  rows: texts.map((text) => ({ text })),
})
const textsOf = (body: string) => decodeMessage(body).rows.map(({ text }) => text)

function publisherWith(refuses?: (body: string) => boolean) {
  const memory = memoryStore()
  const { queue, bodies } = memoryQueue(refuses)
  const options = {
    queue,
    queueName: 'records',
    ops: memory.store,
    opsBucket: 'ops',
    now: () => 1_780_000_000_000,
  } as const
  return { ...memory, bodies, publisher: createPublisher(options) }
}

describe('publish', () => {
  test('a short message goes to the queue unchanged', async () => {
    const { publisher, bodies, objects } = publisherWith()
    await publisher.publish([batch('a', 'b'), batch()])
    expect(bodies.map(textsOf)).toEqual([['a', 'b']])
    expect(objects.size).toBe(0)
  })

  test('a message beyond 256 KiB is put aside and the queue gets a pointer', async () => {
    const { publisher, bodies, text } = publisherWith()
    const long = noise(300_000)
    await publisher.publish([batch(long)])
    const [body = ''] = bodies
    expect(body.length).toBeLessThan(1_000)
    const pointer = pointerIn(body)
    expect(pointer).toEqual({ bucket: 'ops', key: expect.stringMatching(/^claims\/[0-9a-f]{32}\.json$/) })
    expect(textsOf(text(pointer?.key ?? ''))).toEqual([long])
  })

  test('without the object store a long message goes to the queue as long as it fits', async () => {
    const { publisher, bodies, state } = publisherWith()
    state.down = true
    const long = noise(300_000)
    await publisher.publish([batch(long)])
    expect(bodies.map(textsOf)).toEqual([[long]])
    await expect(publisher.publish([batch(noise(2_000_000))])).rejects.toThrow(TransientError)
  })

  test('only refused messages are put aside', async () => {
    const { publisher, bodies, objects, text } = publisherWith((body) => textsOf(body).includes('refused'))
    await publisher.publish([batch('refused'), batch('taken')])
    expect(bodies.map(textsOf)).toEqual([['taken']])
    const [key = ''] = objects.keys()
    expect(key).toMatch(/^unsent\/records\/2026-05-28T20:26:40\.000Z-[0-9a-f]{32}\.json$/)
    expect(textsOf(text(key))).toEqual(['refused'])
  })

  test('publishing fails when neither the queue nor the store takes a message', async () => {
    const { publisher, state } = publisherWith(() => true)
    state.down = true
    await expect(publisher.publish([batch('a')])).rejects.toThrow(TransientError)
  })
})

describe('resendUnsent', () => {
  const setUp = async (refusing: { value: boolean }, texts: string[]) => {
    const all = publisherWith(() => refusing.value)
    for (const text of texts) await all.publisher.publish([batch(text)])
    const run = (now = () => 60_000) =>
      resendUnsent({ ops: all.store, publishers: { records: all.publisher }, deadline: 100_000, now })
    return { ...all, run }
  }

  test('sends everything once the queue is back, and keeps it until then', async () => {
    const refusing = { value: true }
    const { run, bodies, objects } = await setUp(refusing, ['a', 'b', noise(300_000)])
    expect(await run()).toEqual({ resent: 0, waiting: 3, oldestSeconds: 60 })
    refusing.value = false
    expect(await run()).toEqual({ resent: 3, waiting: 0, oldestSeconds: 0 })
    expect(bodies).toHaveLength(3)
    expect([...objects.keys()].filter((key) => key.startsWith('unsent/'))).toEqual([])
    expect(await run()).toEqual({ resent: 0, waiting: 0, oldestSeconds: 0 })
  })

  test('stops at its deadline', async () => {
    const refusing = { value: true }
    const { run, objects } = await setUp(refusing, ['a', 'b'])
    refusing.value = false
    expect(await run(() => 100_000)).toMatchObject({ resent: 0, waiting: 2 })
    expect(objects.size).toBe(2)
  })
})

describe('archiveDeadLetter', () => {
  const archive = async (body: string, objects = memoryStore(), source?: string) => {
    const letter = { messageId: 'm-1', body, source, sentAt: 0, receiveCount: 6 }
    await archiveDeadLetter(objects.store, letter, 1_780_000_000_000)
    return JSON.parse(objects.text('dead/dt=2026-05-28/m-1.json'))
  }

  test('keeps the message', async () => {
    const [body = ''] = encodeMessages(batch('a'))
    expect(await archive(body, memoryStore(), 's')).toEqual({
      messageId: 'm-1',
      archivedAt: '2026-05-28T20:26:40.000Z',
      source: 's',
      sentAt: '1970-01-01T00:00:00.000Z',
      receiveCount: 6,
      body,
      claim: null,
    })
  })

  test('keeps the content behind a pointer', async () => {
    const { publisher, bodies, store, objects, state, text } = publisherWith()
    await publisher.publish([batch(noise(300_000))])
    const archived = await archive(bodies[0] ?? '', { store, objects, state, text })
    expect(decodeMessage(archived.claim).rows).toHaveLength(1)
  })

  test.each(['no message of ours', '{"pointer":{"bucket":"ops","key":"claims/gone.json"}}', '{"pointer":7}', '[]'])(
    'keeps %s as well',
    async (body) => {
      expect(await archive(body)).toMatchObject({ body, source: null, claim: null })
    },
  )
})

describe('the source of a dead letter', () => {
  const queues = parseOwnQueues('{"stream":"dead-of-stream","other":"dead"}')
  const sourceIn = (body: string, queue: string, own = queues) => sourceOf(body, `arn:aws:sqs:eu:1:${queue}`, own)

  test.each([
    ['that of its queue, whatever the message says', '{"sourceId":"liar"}', 'dead-of-stream', 'stream'],
    ['the one that the message names in a queue of several sources', '{"sourceId":"s"}', 'records-dead', 's'],
    ['unknown when neither says it', '{"Records":[]}', 'records-dead', undefined],
    ['unknown when the message is none of ours', 'noise', 'of-dead', undefined],
  ])('is %s', (_, body, queue, source) => {
    expect(sourceIn(body, queue)).toBe(source)
  })

  test('is the one that the message names where no source has a queue of its own', () => {
    for (const text of [undefined, '', '{}', '[]', 'noise', '{"s":7}']) {
      expect(sourceIn('{"sourceId":"s"}', 'dead', parseOwnQueues(text))).toBe('s')
    }
  })

  test.each([
    ['{"source":"s","body":"{}"}', 's'],
    ['{"source":null,"body":"{}"}', undefined],
    ['{"body":"{\\"sourceId\\":\\"old\\"}"}', 'old'],
    ['cut', undefined],
  ])('is read back from the archived %s', (archived, source) => {
    expect(sourceOfArchived(Buffer.from(archived))).toBe(source)
  })
})

test('stack facts are written when they change', async () => {
  const { store, text } = memoryStore()
  expect(await publishStackFacts(store, '{"a":1}')).toBe(true)
  expect(await publishStackFacts(store, '{"a":1}')).toBe(false)
  expect(await publishStackFacts(store, '{"a":2}')).toBe(true)
  expect(text('stack.json')).toBe('{"a":2}')
})
