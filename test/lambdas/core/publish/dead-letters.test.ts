import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { claimKey } from '../../../../lambdas/core/publish/claims.ts'
import {
  archiveDeadLetter,
  isOwnQueue,
  parseOwnQueues,
  queueOf,
  readDeadLetter,
  sharedQueues,
  sourceOf,
} from '../../../../lambdas/core/publish/dead-letters.ts'
import { encodeMessages } from '../../../../lambdas/core/publish/message.ts'
import { createPublisher } from '../../../../lambdas/core/publish/publish.ts'
import { decodeMessage } from '../../../support/decode-message.ts'
import { memoryReader } from '../../../support/memory-reader.ts'
import { memoryQueue, memoryStore } from '../../../support/memory-stores.ts'

const batch = (text: string) => ({
  logType: 'Test.EveryType',
  sourceId: 'source',
  receivedAt: 1_780_000_000_000,
  rows: [{ text }],
})

describe('archiveDeadLetter', () => {
  const reason = { reason: 'not_written', detail: 'every attempt failed' } as const
  const archive = async (body: string, { store, objects, text } = memoryStore(), more: object = {}) => {
    const letter = { messageId: 'm-1', body, ...reason, ...more }
    await archiveDeadLetter({ ops: store, claims: memoryReader(objects).reader }, letter, 1_780_000_000_000)
    return JSON.parse(text('dead/dt=2026-05-28/m-1.json'))
  }

  test('keeps the message, its queue and the reason', async () => {
    const [body = ''] = encodeMessages(batch('a'))
    const facts = { source: 'source', queue: 'records', sentAt: 0, receiveCount: 6 }
    expect(await archive(body, memoryStore(), facts)).toEqual({
      messageId: 'm-1',
      archivedAt: '2026-05-28T20:26:40.000Z',
      source: 'source',
      queue: 'records',
      ...reason,
      sentAt: '1970-01-01T00:00:00.000Z',
      receiveCount: 6,
      body,
      claim: null,
    })
  })

  const claimed = async () => {
    const memory = memoryStore()
    const { queue, bodies } = memoryQueue()
    const publisher = createPublisher({ queue, queueName: 'records', ops: memory.store, opsBucket: 'ops' })
    await publisher.publish([batch(randomBytes(300_000).toString('base64'))])
    return { memory, body: bodies[0] ?? '' }
  }

  test('keeps the content behind a pointer', async () => {
    const { memory, body } = await claimed()
    const { claim } = await archive(body, memory)
    expect(decodeMessage(claim).rows).toHaveLength(1)
  })

  test('keeps no content that was changed, so that it is never sent again', async () => {
    const { memory, body } = await claimed()
    memory.objects.set(JSON.parse(body).pointer.key, Buffer.from('changed'))
    expect(await archive(body, memory)).toMatchObject({ body, claim: null })
  })

  test.each([
    ['control characters, which would grow sixfold', '\u0001'.repeat(300_000)],
    ['letters of another alphabet', JSON.stringify({ v: 1, more: '\u0101'.repeat(300_000) })],
    ['no message', '{}'],
  ])('keeps no content that is %s', async (_what, content) => {
    const memory = memoryStore()
    const key = claimKey('claims/', content, 0)
    memory.objects.set(key, Buffer.from(content))
    expect(await archive(JSON.stringify({ pointer: { bucket: 'ops', key } }), memory)).toMatchObject({ claim: null })
  })

  test('keeps the content of an older version, whose claims have no day', async () => {
    const { memory, body } = await claimed()
    const { pointer, ...envelope } = JSON.parse(body)
    const key = `claims/${pointer.key.slice(-37)}`
    memory.objects.set(key, memory.objects.get(pointer.key) ?? Buffer.from(''))
    const old = JSON.stringify({ ...envelope, pointer: { bucket: 'ops', key } })
    expect(decodeMessage((await archive(old, memory)).claim).rows).toHaveLength(1)
  })

  test('keeps the content of a later version, for the writer that reads it', async () => {
    const { memory, body } = await claimed()
    const { pointer, ...envelope } = JSON.parse(body)
    const content = JSON.stringify({ v: 99, rows: 'of another form' })
    const key = claimKey('claims/', content, 0)
    memory.objects.set(key, Buffer.from(content))
    const later = JSON.stringify({ ...envelope, v: 99, pointer: { bucket: 'ops', key } })
    expect((await archive(later, memory)).claim).toBe(content)
  })

  test.each([
    'no message of ours',
    '{"pointer":{"bucket":"ops","key":"claims/gone.json"}}',
    '{"pointer":{"bucket":"ops","key":"state/source/state.json"}}',
    '{"pointer":7}',
    '[]',
  ])('keeps %s as well', async (body) => {
    const memory = memoryStore(new Map([['state/source/state.json', Buffer.from('private')]]))
    expect(await archive(body, memory)).toMatchObject({ body, source: null, queue: null, claim: null })
  })

  test('fails while the content cannot be read, so that it comes again', async () => {
    const { memory, body } = await claimed()
    const claims = { open: () => Promise.reject(new Error('the store is down')) }
    const letter = { messageId: 'm-1', body, ...reason }
    await expect(archiveDeadLetter({ ops: memory.store, claims }, letter, 0)).rejects.toThrow('the store is down')
  })
})

const arn = (queue: string) => `arn:aws:sqs:eu:1:${queue}`

describe('the source of a dead letter', () => {
  const queues = parseOwnQueues('{"stream":"dead-of-stream","other":"dead"}')

  test.each([
    ['that of its queue, whatever the message says', '{"sourceId":"liar"}', 'dead-of-stream', 'stream'],
    ['the one that the message names in a queue of several sources', '{"sourceId":"src"}', 'records-dead', 'src'],
    ['unknown when neither says it', '{"Records":[]}', 'records-dead', undefined],
    ['unknown when the message is none of ours', 'noise', 'of-dead', undefined],
    ['unknown when the message names what is no id', '{"sourceId":"\\u001b[2J"}', 'records-dead', undefined],
  ])('is %s', (_, body, queue, source) => {
    expect(sourceOf(body, arn(queue), queues)).toBe(source)
  })

  test('is the one that the message names where no source has a queue of its own', () => {
    for (const text of [undefined, '', '{}', '[]', 'noise', '{"s":7}']) {
      expect(sourceOf('{"sourceId":"src"}', arn('dead'), parseOwnQueues(text))).toBe('src')
    }
  })

  test('says whether only messages of another service come that way', () => {
    expect([isOwnQueue(arn('dead'), queues), isOwnQueue(arn('records-dead'), queues)]).toEqual([true, false])
  })

  test.each([
    ['{"source":"src","reason":"bad_time","body":"{}"}', { source: 'src', reason: 'bad_time' }],
    ['{"source":null,"body":"{}","reason":7}', {}],
    ['{"body":"{\\"sourceId\\":\\"old\\"}"}', { source: 'old' }],
    ['{"source":"\\u001b[2J","reason":"bad_time","body":"{}"}', { reason: 'bad_time' }],
    ['cut', {}],
  ])('is read back with the reason from the archived %s', (archived, facts) => {
    expect(readDeadLetter(Buffer.from(archived))).toEqual(facts)
  })
})

test('queues that sources share have names that last, others keep theirs', () => {
  const names = sharedQueues('Stack-Records1', 'Stack-RecordsBulk2', 'Stack-Merges3')
  const inAws = ['Stack-Records1', 'Stack-RecordsBulk2', 'Stack-Merges3', 'Stack-OfStream']
  const named = inAws.map((name) => queueOf(arn(name), names))
  expect(named).toEqual(['records', 'records-bulk', 'merges', 'Stack-OfStream'])
})
