import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { TransientError } from '../../../../lambdas/core/errors.ts'
import { digestOf } from '../../../../lambdas/core/publish/claims.ts'
import { type Batch, rowLimits } from '../../../../lambdas/core/publish/message.ts'
import { createPublisher } from '../../../../lambdas/core/publish/publish.ts'
import { readMessage } from '../../../../lambdas/core/publish/read-message.ts'
import { resendUnsent } from '../../../../lambdas/core/publish/resend.ts'
import { publishStackFacts } from '../../../../lambdas/core/stack-facts.ts'
import { decodeMessage } from '../../../support/decode-message.ts'
import { memoryQueue, memoryStore } from '../../../support/memory-stores.ts'

const noise = (bytes: number) => randomBytes(bytes).toString('base64')
const batch = (...texts: string[]): Batch => ({
  logType: 'Test.EveryType',
  sourceId: 'source',
  receivedAt: 1_780_000_000_000,
  rows: texts.map((text) => ({ text })),
})
const textsOf = (body: string) => decodeMessage(body).rows.map(({ text }) => text)

function publisherWith(refuses?: (body: string) => boolean, now = () => 1_780_000_000_000) {
  const memory = memoryStore()
  const { queue, bodies } = memoryQueue(refuses)
  const options = {
    queue,
    queueName: 'records',
    ops: memory.store,
    opsBucket: 'ops',
    now,
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
    const { pointer } = JSON.parse(body)
    expect(pointer).toEqual({
      bucket: 'ops',
      key: expect.stringMatching(/^claims\/dt=2026-05-28\/[0-9a-f]{32}\.json$/),
    })
    expect(pointer.key).toContain(digestOf(text(pointer.key)))
    expect(textsOf(text(pointer.key))).toEqual([long])
    const { content, ...envelope } = readMessage(body)
    expect(envelope).toEqual({ ...readMessage(text(pointer.key)), content: undefined })
    expect(content).toEqual({ key: pointer.key })
  })

  test('what is put aside again stays as it was, and gets a claim of its own on another day', async () => {
    const clock = { ms: 1_780_000_000_000 }
    const { publisher, bodies, objects } = publisherWith(undefined, () => clock.ms)
    const long = batch(noise(300_000))
    await publisher.publish([long])
    const [first = ''] = objects.keys()
    objects.set(first, Buffer.from('as it was'))
    await publisher.publish([long])
    expect([...objects]).toEqual([[first, Buffer.from('as it was')]])
    clock.ms += 86_400_000
    await publisher.publish([long])
    expect(bodies.map((body) => JSON.parse(body).pointer.key)).toEqual([first, first, first.replace('05-28', '05-29')])
    expect(objects.size).toBe(2)
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

describe('publishResolutions', () => {
  test('short messages, too, are kept below their own prefix', async () => {
    const { publisher, bodies, text } = publisherWith()
    await publisher.publishResolutions(batch('a', 'b'))
    const [body = '', ...more] = bodies
    expect(more).toEqual([])
    const { pointer } = JSON.parse(body)
    expect(pointer.key).toBe(`resolutions/dt=2026-05-28/${digestOf(text(pointer.key))}.json`)
    expect(textsOf(text(pointer.key))).toEqual(['a', 'b'])
  })

  test('a pointer that the queue refuses is put aside, and sent again as it is', async () => {
    const refusing = { value: true }
    const { publisher, bodies, objects, store, text } = publisherWith(() => refusing.value)
    await publisher.publishResolutions(batch('a'))
    const [kept = '', aside = '', ...more] = [...objects.keys()].sort()
    expect([kept, aside, more]).toEqual([
      expect.stringMatching(/^res/),
      expect.stringMatching(/^unsent\/records\//),
      [],
    ])
    refusing.value = false
    const pointer = text(aside)
    await resendUnsent({ ops: store, publishers: { records: publisher }, deadline: 1, now: () => 0 })
    expect(bodies).toEqual([pointer])
    expect(JSON.parse(pointer).pointer.key).toBe(kept)
  })

  test('fails without the object store, because nobody believes them from the queue alone', async () => {
    const { publisher, bodies, state } = publisherWith()
    state.down = true
    await expect(publisher.publishResolutions(batch('a'))).rejects.toThrow(TransientError)
    expect(bodies).toEqual([])
  })
})

test('a row that nobody would read is refused before anything is sent', async () => {
  const { publisher, bodies, objects } = publisherWith()
  await expect(publisher.publish([batch('a'), batch('x'.repeat(rowLimits.bytes))])).rejects.toThrow(
    expect.objectContaining({ code: 'too_large' }),
  )
  expect([bodies, [...objects.keys()]]).toEqual([[], []])
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

  test('a long message waits whole, so that its pointer never outlives its claim', async () => {
    const refusing = { value: true }
    const long = noise(300_000)
    const { run, bodies, objects, text } = await setUp(refusing, [long])
    const [key = ''] = [...objects.keys()].filter((one) => one.startsWith('unsent/'))
    expect(textsOf(text(key))).toEqual([long])
    // Its first claim has expired.
    for (const one of [...objects.keys()].filter((one) => one.startsWith('claims/'))) objects.delete(one)
    refusing.value = false
    expect(await run()).toMatchObject({ resent: 1 })
    expect(textsOf(text(JSON.parse(bodies[0] ?? '{}').pointer.key))).toEqual([long])
  })

  test('stops at its deadline', async () => {
    const refusing = { value: true }
    const { run, objects } = await setUp(refusing, ['a', 'b'])
    refusing.value = false
    expect(await run(() => 100_000)).toMatchObject({ resent: 0, waiting: 2 })
    expect(objects.size).toBe(2)
  })
})

test('stack facts are written when they change', async () => {
  const { store, text } = memoryStore()
  expect(await publishStackFacts(store, '{"a":1}')).toBe(true)
  expect(await publishStackFacts(store, '{"a":1}')).toBe(false)
  expect(await publishStackFacts(store, '{"a":2}')).toBe(true)
  expect(text('stack.json')).toBe('{"a":2}')
})
