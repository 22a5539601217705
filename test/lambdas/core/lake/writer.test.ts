import { describe, expect, test } from 'vitest'
import { readPartition } from '../../../../lambdas/core/lake/read-table.ts'
import { createLakeWriter } from '../../../../lambdas/core/lake/writer.ts'
import type { Row } from '../../../../lambdas/core/normalize/event.ts'
import { parseEvent } from '../../../../lambdas/core/normalize/event.ts'
import { compileNormalizer } from '../../../../lambdas/core/normalize/normalizer.ts'
import { encodeMessages } from '../../../../lambdas/core/publish/message.ts'
import { createPublisher } from '../../../../lambdas/core/publish/publish.ts'
import { allOf } from '../../../support/all-of.ts'
import { everyType } from '../../../support/every-type.ts'
import { memoryReader } from '../../../support/memory-reader.ts'
import { memoryQueue, memoryStore } from '../../../support/memory-stores.ts'

const receivedAt = Date.UTC(2026, 5, 1, 12)
const { normalize } = compileNormalizer(everyType)
const rowOf = (event: object) =>
  normalize(parseEvent(Buffer.from(JSON.stringify(event))), { sourceId: 'source', sourceLabel: 'S', receivedAt })
const rawMessage = (...rows: Row[]): string => {
  const [body = ''] = encodeMessages({ logType: 'Test.EveryType', sourceId: 'source', receivedAt, rows })
  return body
}
const messageOf = (...events: object[]): string => rawMessage(...events.map(rowOf))

function lake(retentionDays = 30, memory = memoryStore()) {
  const claims = memoryStore()
  const claimReader = memoryReader(claims.objects)
  const options = {
    store: memory.store,
    bucket: 'lake',
    ops: claims.store,
    claims: claimReader.reader,
    retentionDays,
    schemas: [everyType],
    now: () => receivedAt,
  }
  const keys = (prefix: string) => [...memory.objects.keys()].filter((key) => key.startsWith(prefix)).sort()
  return { ...memory, claims, opened: claimReader.opened, keys, write: createLakeWriter(options) }
}
const failures = (failed: ReadonlyMap<string, Error>) =>
  Object.fromEntries([...failed].map(([id, error]) => [id, (error as { code?: string }).code ?? error.message]))
const daysAgo = (days: number) => receivedAt - days * 86_400_000

describe('partitions', () => {
  test.each([
    ['its own time', daysAgo(3), '2026-05-29'],
    ['a time of the last day that is kept', Date.UTC(2026, 4, 2), '2026-05-02'],
    ['a time before that', Date.UTC(2026, 4, 2) - 1, '2026-06-01'],
    ['a time within the next day', daysAgo(-1), '2026-06-02'],
    ['a time after that', daysAgo(-1) + 1, '2026-06-01'],
    ['no time', undefined, '2026-06-01'],
  ])('a row with %s', async (_what, time, dt) => {
    const { write, keys, text } = lake()
    await write([{ messageId: 'a', body: messageOf({ '@timestamp': time }) }])
    expect(keys('tables/')).toEqual([`tables/test_everytype/dt=${dt}/symlink.txt`])
    expect(text(`tables/test_everytype/dt=${dt}/symlink.txt`)).toBe(`s3://lake/${keys('data/')[0]}\n`)
  })
})

describe('messages', () => {
  test('the same messages written twice make one file and one line', async () => {
    const { write, keys, text } = lake()
    const messages = ['b', 'a'].map((messageId) => ({ messageId, body: messageOf({ text: messageId }) }))
    await write(messages)
    await write(messages.toReversed())
    expect(keys('data/')).toHaveLength(1)
    expect(
      text(keys('tables/')[0] ?? '')
        .trim()
        .split('\n'),
    ).toHaveLength(1)
  })

  test('what a newer version may have sent comes again, and does not affect its neighbours', async () => {
    const { write, keys, claims } = lake()
    const { written, failed, refused } = await write([
      { messageId: 'good', body: messageOf({ text: 'a' }) },
      { messageId: 'later version', body: messageOf({ text: 'b' }).replace('"v":1', '"v":2') },
      { messageId: 'other type', body: messageOf({}).replace('Test.EveryType', 'Test.Unknown') },
      { messageId: 'unknown column', body: rawMessage({ ...rowOf({ text: 'd' }), unknown: 1 }) },
      { messageId: 'unfit value', body: rawMessage({ ...rowOf({}), flag: 'yes' }) },
      { messageId: 'fraction', body: rawMessage({ ...rowOf({}), big: 1.5 }) },
      { messageId: 'beyond 32 bits', body: rawMessage({ ...rowOf({}), number: 3e9 }) },
      { messageId: 'unfit member', body: rawMessage({ ...rowOf({}), inner: { number: 'one' } }) },
      { messageId: 'no time', body: rawMessage({ ...rowOf({}), when: 'soon' }) },
      { messageId: 'no year', body: rawMessage({ ...rowOf({}), when: '+275760-09-12T00:00:00.000Z' }) },
      { messageId: 'also good', body: messageOf({ text: 'c' }) },
    ])
    expect(failures(failed)).toEqual({
      'later version': 'bad_message',
      'other type': 'unknown_log_type',
      'unknown column': 'bad_message',
      'unfit value': 'bad_message',
      fraction: 'bad_message',
      'beyond 32 bits': 'bad_message',
      'unfit member': 'bad_message',
      'no time': 'bad_message',
      'no year': 'bad_message',
    })
    expect(refused).toEqual([])
    expect(claims.objects.size).toBe(0)
    expect(written).toEqual([
      {
        sourceId: 'source',
        logType: everyType.logType,
        rows: 2,
        unmapped: 0,
        resolving: 0,
        newestReceivedAt: receivedAt,
      },
    ])
    expect(keys('data/')).toHaveLength(1)
  })

  test.each([
    '9007199254740992',
    '21852883252163044',
    '-4611686018427387904',
    '9223372036854775807',
    '-9223372036854775808',
    '1000000000000000000',
    // The nearest double is another number, with this shortest text.
    '4611686018427388000',
  ])('a 64-bit integer keeps its digits: %s', async (digits) => {
    const { write, objects, store } = lake()
    const row = normalize(parseEvent(Buffer.from(`{"big":${digits},"numbers":[${digits}]}`)), {
      sourceId: 'source',
      sourceLabel: 'S',
      receivedAt,
    })
    const { failed } = await write([{ messageId: 'a', body: rawMessage(row) }])
    expect(failures(failed)).toEqual({})
    const read = await allOf(
      readPartition(
        { lists: store, files: memoryReader(objects).reader, bucket: 'lake' },
        { table: everyType.table, dt: '2026-06-01' },
        ['big', 'numbers'],
      ),
    )
    expect(read).toEqual([{ big: BigInt(digits), numbers: [BigInt(digits)] }])
  })

  test('a message fails if one of its rows cannot become visible', async () => {
    const { write, objects, store } = lake()
    const putIf = store.putIf
    store.putIf = async (key, ...rest) => {
      if (key.includes('dt=2026-05-31')) throw new Error('list is down')
      return putIf(key, ...rest)
    }
    const { written, failed } = await write([
      { messageId: 'two days', body: messageOf({ '@timestamp': daysAgo(1) }, { '@timestamp': daysAgo(2) }) },
      { messageId: 'one day', body: messageOf({ '@timestamp': daysAgo(2) }) },
    ])
    expect(failures(failed)).toEqual({ 'two days': 'list is down' })
    expect(written).toMatchObject([{ rows: 1 }])
    expect([...objects.keys()].filter((key) => key.startsWith('tables/'))).toEqual([
      'tables/test_everytype/dt=2026-05-30/symlink.txt',
    ])
  })

  test('rows of a data file that an earlier attempt left are written under another name, because only who writes a file lists it', async () => {
    const memory = memoryStore()
    const { putIf } = memory.store
    const { write, keys, text } = lake(30, memory)
    const messages = ['a', 'b'].map((messageId) => ({ messageId, body: messageOf({ text: messageId }) }))
    memory.store.putIf = async () => Promise.reject(new Error('lists are down'))
    expect((await write(messages)).failed.size).toBe(2)
    memory.store.putIf = putIf
    const [file = '', ...others] = keys('data/')
    expect(others).toEqual([])
    memory.objects.set(file, Buffer.from('as it was'))
    expect((await write(messages.reverse())).failed.size).toBe(0)
    expect(text(file)).toBe('as it was')
    const [again = '', ...more] = keys('data/').filter((key) => key !== file)
    expect(more).toEqual([])
    expect(again).toMatch(new RegExp(`^${file.replace('.parquet', '')}-[0-9a-f]{8}\\.parquet$`))
    expect(text(keys('tables/')[0] ?? '')).toBe(`s3://lake/${again}\n`)
  })

  test('a message that comes again under a shorter retention loses no row', async () => {
    const memory = memoryStore()
    const messages = [{ messageId: 'a', body: messageOf({ '@timestamp': daysAgo(0) }, { '@timestamp': daysAgo(20) }) }]
    await lake(30, memory).write(messages)
    await lake(10, memory).write(messages)
    const read = readPartition(
      { lists: memory.store, files: memoryReader(memory.objects).reader, bucket: 'lake' },
      { table: everyType.table, dt: '2026-06-01' },
      ['p_event_time'],
    )
    const times = (await allOf(read)).map(({ p_event_time: time }) => time)
    expect(new Set(times)).toEqual(new Set([daysAgo(0), daysAgo(20)]))
  })

  test('a message that comes again after midnight loses no row, although another one has changed the day', async () => {
    const midnight = Date.UTC(2026, 5, 2)
    const memory = memoryStore()
    const { store } = memory
    const clock = { ms: midnight - 500 }
    const events = [midnight - 86_400_000, midnight - 86_400_000 - 1, midnight - 1]
    const rows = events.map((time, at) => rowOf({ '@timestamp': time, text: String(at) }))
    const writeAt = (failing: string) =>
      createLakeWriter({
        store: {
          ...store,
          putOnce: async (key, body) => {
            if (key.includes(failing)) throw new Error('down')
            return store.putOnce(key, body)
          },
        },
        bucket: 'lake',
        ops: memoryStore().store,
        claims: memoryReader(new Map()).reader,
        retentionDays: 1,
        schemas: [everyType],
        now: () => clock.ms,
      })
    const received = new Date(midnight - 1_000).toISOString()
    const body = encodeMessages({
      logType: 'Test.EveryType',
      sourceId: 'source',
      receivedAt: midnight - 1_000,
      rows: rows.map((row) => ({ ...row, p_parse_time: received })),
    })[0]
    const messages = [{ messageId: 'a', body: body ?? '' }]
    expect((await writeAt('dt=2026-05-31')(messages)).failed.size).toBe(1)
    clock.ms = midnight + 500
    expect((await writeAt('nothing')(messages)).failed.size).toBe(0)
    const ports = { lists: store, files: memoryReader(memory.objects).reader, bucket: 'lake' }
    const found = await Promise.all(
      ['2026-05-31', '2026-06-01'].map((dt) => allOf(readPartition(ports, { table: everyType.table, dt }, ['text']))),
    )
    expect(new Set(found.flat().map(({ text }) => text))).toEqual(new Set(['0', '1', '2']))
  })

  test('a long message is fetched from S3, unless there is no time left for it', async () => {
    const { write, keys, claims, opened } = lake()
    const { queue, bodies } = memoryQueue()
    const publisher = createPublisher({ queue, queueName: 'records', ops: claims.store, opsBucket: 'ops' })
    const long = Array.from({ length: 40_000 }, (_, i) => `${Math.sin(i)}`).join('')
    await publisher.publish([
      { logType: 'Test.EveryType', sourceId: 'source', receivedAt, rows: [rowOf({ text: long })] },
    ])
    expect(claims.objects.size).toBe(1)
    const late = await write([{ messageId: 'late', body: bodies[0] ?? '' }], receivedAt - 1)
    expect([failures(late.failed), opened]).toEqual([{ late: 'no time left for this message' }, []])
    const { failed } = await write([{ messageId: 'long', body: bodies[0] ?? '' }])
    expect(failures(failed)).toEqual({})
    expect(keys('data/')).toHaveLength(1)
  })

  test('more rows than the writer may hold are written in several rounds', async () => {
    const { write, keys, text } = lake()
    const large = { text: 'x'.repeat(3_900_000) }
    const messages = Array.from({ length: 20 }, (_, i) => ({
      messageId: `m${i}`,
      body: messageOf({ ...large, number: i }),
    }))
    const { written, failed } = await write(messages)
    expect(failures(failed)).toEqual({})
    expect(written).toMatchObject([{ rows: 20 }])
    expect(keys('data/')).toHaveLength(2)
    expect(
      text(keys('tables/')[0] ?? '')
        .trim()
        .split('\n'),
    ).toHaveLength(2)
  })
})

test('all writers that race for one list succeed in the end', async () => {
  const { write, keys, text } = lake()
  const rounds = Array.from({ length: 8 }, (_, i) => write([{ messageId: `m${i}`, body: messageOf({ number: i }) }]))
  expect((await Promise.all(rounds)).flatMap(({ failed }) => [...failed])).toEqual([])
  expect(
    text(keys('tables/')[0] ?? '')
      .trim()
      .split('\n')
      .sort(),
  ).toEqual(keys('data/').map((key) => `s3://lake/${key}`))
})
