import { zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RecordError, type RefusalReason } from '../../../../lambdas/core/errors.ts'
import { compileFailures, compileResolutions } from '../../../../lambdas/core/intake/failure.ts'
import { readPartition } from '../../../../lambdas/core/lake/read-table.ts'
import type { QueuedMessage } from '../../../../lambdas/core/lake/refused-messages.ts'
import { createLakeWriter } from '../../../../lambdas/core/lake/writer.ts'
import { parseEvent, type Row } from '../../../../lambdas/core/normalize/event.ts'
import { compileNormalizer } from '../../../../lambdas/core/normalize/normalizer.ts'
import { claimKey } from '../../../../lambdas/core/publish/claims.ts'
import { encodeMessages, rowLimits } from '../../../../lambdas/core/publish/message.ts'
import { createPublisher } from '../../../../lambdas/core/publish/publish.ts'
import { classificationFailures } from '../../../../schemas/generated/classification_failures.ts'
import { allOf } from '../../../support/all-of.ts'
import { everyType } from '../../../support/every-type.ts'
import { memoryReader } from '../../../support/memory-reader.ts'
import { memoryQueue, memoryStore } from '../../../support/memory-stores.ts'
import { envelopeMembers } from '../../../support/message-members.ts'

const day = 86_400_000
const minute = 60_000
const now = Date.UTC(2026, 5, 1, 12)
const retentionDays = 30
const { normalize } = compileNormalizer(everyType)
const context = { sourceId: 'source', sourceLabel: 'S', receivedAt: now }
const rowOf = (event: object = {}, more: object = {}): Row =>
  normalize(parseEvent(Buffer.from(JSON.stringify(event))), { ...context, ...more })
const messageOf = (rows: readonly Row[], more: object = {}): string =>
  encodeMessages({ logType: everyType.logType, sourceId: 'source', receivedAt: now, rows, ...more })[0] ?? ''
const changed = (body: string, changes: object): string => JSON.stringify({ ...JSON.parse(body), ...changes })
const resolution = compileResolutions(classificationFailures)
const resolves = (failure = 'a'.repeat(32)): Row =>
  resolution(failure, { logType: everyType.logType, origin: 'recovery' }, context)

function world() {
  const lake = memoryStore()
  const ops = memoryStore()
  const { queue, bodies } = memoryQueue()
  const publisher = createPublisher({ queue, queueName: 'records', ops: ops.store, opsBucket: 'ops' })
  const write = createLakeWriter({
    store: lake.store,
    bucket: 'lake',
    ops: ops.store,
    claims: memoryReader(ops.objects).reader,
    retentionDays,
    schemas: [everyType, classificationFailures],
    now: () => now,
  })
  const letterOf = (messageId: string) => JSON.parse(ops.text(`dead/dt=2026-06-01/${messageId}.json`))
  const days = () =>
    [...lake.objects.keys()].flatMap((key) => /^tables\/test_everytype\/dt=(.*)\/symlink.txt$/.exec(key)?.[1] ?? [])
  const rows = async (dt: string, columns: readonly string[]) =>
    await allOf(
      readPartition(
        { lists: lake.store, files: memoryReader(lake.objects).reader, bucket: 'lake' },
        { table: everyType.table, dt },
        columns,
      ),
    )
  /** Writes a message between two good ones, which are written whatever it is. */
  const writeAmong = async (message: Omit<QueuedMessage, 'messageId'>) => {
    const outcome = await write([
      { messageId: 'before', body: messageOf([rowOf({ text: 'before' })]) },
      { messageId: 'm', ...message },
      { messageId: 'after', body: messageOf([rowOf({ text: 'after' })]) },
    ])
    const texts = (await rows('2026-06-01', ['text'])).map(({ text }) => text)
    expect(texts.filter((text) => text === 'before' || text === 'after').sort()).toEqual(['after', 'before'])
    return outcome
  }
  /** The pointer to a message that was too long, or to one that resolves failures. */
  const claimed = async (body: string, prefix = 'claims/') => {
    const key = claimKey(prefix, body, now)
    await ops.store.put(key, Buffer.from(body))
    const { rows: _, ...envelope } = JSON.parse(body)
    return { key, pointer: JSON.stringify({ ...envelope, pointer: { bucket: 'ops', key } }) }
  }
  return { lake, ops, publisher, bodies, write, writeAmong, letterOf, days, rows, claimed }
}

const at = (time: number) => new Date(time).toISOString()
const good = messageOf([rowOf()])
const withRow = (changes: object) => messageOf([rowOf(), { ...rowOf(), ...changes }])

describe('a message becomes a dead letter with its reason', () => {
  const bomb = { rows: zstdCompressSync(Buffer.alloc(400_000_000)).toString('base64') }
  const cases: readonly (readonly [string, string, RefusalReason])[] = [
    ['noise', 'noise', 'not_a_message'],
    ['a cut message', good.slice(0, -20), 'not_a_message'],
    ['a message without size', changed(good, { bytes: undefined }), 'bad_envelope'],
    ['a source with an escape sequence', changed(good, { sourceId: '\u001b]0;OWNED\u0007' }), 'wrong_source'],
    ['a source of 200 KB', changed(good, { sourceId: 'a'.repeat(200_000) }), 'wrong_source'],
    ['a source of one letter', messageOf([rowOf({}, { sourceId: 's' })], { sourceId: 's' }), 'wrong_source'],
    ['a row of another source', withRow({ p_source_id: 'other' }), 'wrong_source'],
    ['a row of no source', withRow({ p_source_id: undefined }), 'wrong_source'],
    ['a row of another log type', withRow({ p_log_type: 'collection_runs' }), 'wrong_log_type'],
    ['a row id of another form', withRow({ p_row_id: 'A'.repeat(32) }), 'bad_row_id'],
    ['a row without id', withRow({ p_row_id: undefined }), 'bad_row_id'],
    ['a receipt of the year 1', changed(good, { receivedAt: '0001-01-01T00:00:00.000Z' }), 'bad_time'],
    ['a receipt of the year 275760', changed(good, { receivedAt: '+275760-09-12T00:00:00.000Z' }), 'bad_time'],
    ['a receipt eleven minutes ahead', changed(good, { receivedAt: at(now + 11 * minute) }), 'bad_time'],
    ['a receipt before the retention', changed(good, { receivedAt: at(Date.UTC(2026, 4, 2) - 1) }), 'bad_time'],
    ['a row of the year 1', withRow({ p_parse_time: '0001-01-01T00:00:00.000Z' }), 'bad_time'],
    ['a row of the year 275760', withRow({ p_parse_time: '+275760-09-12T00:00:00.000Z' }), 'bad_time'],
    ['a row received tomorrow', withRow({ p_parse_time: at(now + day) }), 'bad_time'],
    ['a row received before the retention', withRow({ p_parse_time: at(now - 31 * day) }), 'bad_time'],
    ['a row without receipt', withRow({ p_parse_time: undefined }), 'bad_time'],
    ['an event in a year of six digits', withRow({ p_event_time: '+275760-09-12T00:00:00.000Z' }), 'bad_time'],
    ['an event time that is none', withRow({ p_event_time: 'soon' }), 'bad_time'],
    ['more bytes than any message', changed(good, { bytes: rowLimits.bytes + 1 }), 'too_large'],
    ['more rows than any message', changed(good, { count: 1_000_000 }), 'too_large'],
    ['a bomb of 400 MB that says 54 MB', changed(good, { ...bomb, bytes: rowLimits.bytes, count: 1 }), 'bad_rows'],
    ['a bomb that says what is read', changed(good, bomb), 'too_large'],
    ['a pointer into the state', changed(good, { pointer: { key: 'state/a/state.json' } }), 'bad_pointer'],
    ['a pointer upwards', changed(good, { pointer: { key: `claims/../${'a'.repeat(32)}.json` } }), 'bad_pointer'],
    [
      'a pointer to nothing',
      changed(good, { pointer: { key: `claims/dt=2026-06-01/${'a'.repeat(32)}.json` } }),
      'claim_gone',
    ],
    [
      'a row that resolves a failure',
      messageOf([resolves()], { logType: classificationFailures.logType }),
      'forged_resolution',
    ],
  ]

  test.each(cases)('%s', async (_what, body, reason) => {
    const { writeAmong, letterOf, days } = world()
    const { written, refused, failed } = await writeAmong({ body, queue: 'records', sentAt: now, receiveCount: 1 })
    expect(failed.size).toBe(0)
    expect(refused).toMatchObject([{ messageId: 'm', error: { reason } }])
    expect(letterOf('m')).toMatchObject({
      messageId: 'm',
      queue: 'records',
      reason,
      sentAt: at(now),
      receiveCount: 1,
      body,
      claim: null,
    })
    expect(letterOf('m').detail.length).toBeLessThan(300)
    expect(letterOf('m').detail).toMatch(/^[\x20-\x7e]+$/)
    expect(written).toEqual([
      { sourceId: 'source', logType: everyType.logType, rows: 2, unmapped: 0, resolving: 0, newestReceivedAt: now },
    ])
    expect(days()).toEqual(['2026-06-01'])
  })

  test('names its source only where that has the form of one', async () => {
    const { write } = world()
    const hostile = changed(good, { sourceId: '\u001b[2J' })
    const { refused } = await write([
      { messageId: 'a', body: hostile },
      { messageId: 'b', body: withRow({ p_row_id: 'x' }) },
    ])
    expect(refused.map(({ sourceId }) => sourceId)).toEqual([undefined, 'source'])
  })

  test('and comes again if it cannot be archived', async () => {
    const { write, ops, lake } = world()
    ops.state.down = true
    const { written, refused, failed } = await write([
      { messageId: 'bad', body: 'noise' },
      { messageId: 'good', body: good },
    ])
    expect([...failed].map(([id, { message }]) => [id, message])).toEqual([['bad', 'the store is down']])
    expect(refused).toEqual([])
    expect(written).toMatchObject([{ rows: 1 }])
    expect(lake.objects.size).toBe(2)
  })

  test('also when there is no time left, so that it is not archived half', async () => {
    const { write } = world()
    const { refused, failed } = await write([{ messageId: 'bad', body: 'noise' }], now - 1)
    expect([refused, [...failed.keys()]]).toEqual([[], ['bad']])
  })
})

describe('content that the queue only points to', () => {
  const long = messageOf([rowOf({ text: 'claimed' })])

  test('is written if it is what was stored under its name', async () => {
    const { writeAmong, claimed, rows } = world()
    const { refused, failed } = await writeAmong({ body: (await claimed(long)).pointer })
    expect([refused, failed.size]).toEqual([[], 0])
    expect(await rows('2026-06-01', ['text'])).toContainEqual({ text: 'claimed' })
  })

  test('is refused once it was changed, and not archived', async () => {
    const { writeAmong, claimed, ops, letterOf } = world()
    const { key, pointer } = await claimed(long)
    await ops.store.put(key, Buffer.from(messageOf([rowOf({ text: 'forged' })])))
    expect((await writeAmong({ body: pointer })).refused).toMatchObject([{ error: { reason: 'claim_changed' } }])
    expect(letterOf('m')).toMatchObject({ reason: 'claim_changed', claim: null, body: pointer })
  })

  test.each([
    ['source', { sourceId: 'other' }],
    ['log type', { logType: classificationFailures.logType }],
    ['receipt', { receivedAt: at(now - 1) }],
    ['count', { count: 2 }],
    ['size', { bytes: 10_000 }],
  ])('is refused under another %s, and archived', async (_what, changes) => {
    const { writeAmong, claimed, letterOf } = world()
    const { refused } = await writeAmong({ body: changed((await claimed(long)).pointer, changes) })
    expect(refused).toMatchObject([{ error: { reason: 'claim_differs' } }])
    expect(letterOf('m')).toMatchObject({ claim: long })
  })

  test('is refused if it points on', async () => {
    const { writeAmong, claimed } = world()
    const { pointer } = await claimed((await claimed(long)).pointer)
    const { refused } = await writeAmong({ body: pointer })
    expect(refused).toMatchObject([{ error: { reason: 'claim_differs' } }])
  })

  test('is not read when it is longer than its pointer states', async () => {
    const { writeAmong, ops } = world()
    const key = `claims/dt=2026-06-01/${'a'.repeat(32)}.json`
    await ops.store.put(key, Buffer.alloc(100_000))
    const { rows: _, ...envelope } = JSON.parse(long)
    const { refused } = await writeAmong({ body: JSON.stringify({ ...envelope, pointer: { key } }) })
    expect(refused).toMatchObject([{ error: { reason: 'too_large' } }])
  })

  test('fails while the store does, and comes again', async () => {
    const { claimed, lake, ops } = world()
    const { pointer } = await claimed(long)
    const write = createLakeWriter({
      store: lake.store,
      bucket: 'lake',
      ops: ops.store,
      claims: { open: () => Promise.reject(new Error('the store is down')) },
      retentionDays,
      schemas: [everyType],
      now: () => now,
    })
    const { refused, failed } = await write([{ messageId: 'm', body: pointer }])
    expect([refused, [...failed.keys()]]).toEqual([[], ['m']])
  })
})

describe('rows that resolve failures', () => {
  const logType = classificationFailures.logType
  const batch = (...rows: Row[]) => ({ logType, sourceId: 'source', receivedAt: now, rows })
  const error = new RecordError('not_json', 'not JSON')
  const failure = compileFailures(classificationFailures)(
    { error, bytes: Buffer.from('noise') },
    { logType: everyType.logType, origin: 'recovery' },
    context,
  )

  test('are written from below their prefix', async () => {
    const { publisher, bodies, writeAmong, lake } = world()
    await publisher.publishResolutions(batch(resolves()))
    const { refused, failed } = await writeAmong({ body: bodies[0] ?? '' })
    expect([refused, failed.size]).toEqual([[], 0])
    expect(lake.objects.has('tables/classification_failures/dt=2026-06-01/symlink.txt')).toBe(true)
  })

  test('are refused from where every publisher may write', async () => {
    const { claimed, writeAmong } = world()
    const { pointer } = await claimed(messageOf([resolves()], { logType }))
    expect((await writeAmong({ body: pointer })).refused).toMatchObject([{ error: { reason: 'forged_resolution' } }])
  })

  test.each([
    ['a failure', messageOf([resolves(), failure], { logType })],
    ['a row of another table', messageOf([rowOf()])],
  ])('come alone: %s beside them is refused', async (_what, body) => {
    const { claimed, writeAmong } = world()
    const { pointer } = await claimed(body, 'resolutions/')
    expect((await writeAmong({ body: pointer })).refused).toMatchObject([{ error: { reason: 'forged_resolution' } }])
  })
})

test.each([
  ['ten minutes ahead', now + 10 * minute, '2026-06-01'],
  ['at the beginning of the retention', now - retentionDays * day, '2026-05-02'],
])('rows received %s are written', async (_what, receivedAt, dt) => {
  const { write, days } = world()
  const { refused, failed } = await write([
    { messageId: 'm', body: messageOf([rowOf({}, { receivedAt })], { receivedAt }) },
  ])
  expect([refused, failed.size]).toEqual([[], 0])
  expect(days()).toEqual([dt])
})

test.each(['0001-01-01T00:00:00Z', '9999-12-31T23:59:59Z', '1500-02-29T00:00:00Z'])(
  'an event of %s, as providers send it, is a row of the day of its receipt',
  async (time) => {
    const { write, days } = world()
    const { refused, failed } = await write([{ messageId: 'm', body: messageOf([rowOf({ inner: { when: time } })]) }])
    expect([refused, failed.size]).toEqual([[], 0])
    expect(days()).toEqual(['2026-06-01'])
  },
)

test('an event that waited until its day left the retention is a row of the day of its receipt', async () => {
  const { write, days } = world()
  const receivedAt = now - 20 * day
  const row = rowOf({ '@timestamp': now - 40 * day }, { receivedAt })
  await write([{ messageId: 'm', body: messageOf([row], { receivedAt }) }])
  expect(days()).toEqual(['2026-05-12'])
})

test('null in place of a struct comes again and takes no neighbour along', async () => {
  const { writeAmong } = world()
  const row: Row = JSON.parse(JSON.stringify({ ...rowOf(), inner: null }))
  const { failed } = await writeAmong({ body: messageOf([row]) })
  expect([...failed].map(([id, { message }]) => [id, message])).toEqual([
    ['m', expect.stringContaining('does not fit')],
  ])
})

describe('whatever is changed in a message', () => {
  const column = fc.constantFrom(
    'p_source_id',
    'p_log_type',
    'p_row_id',
    'p_parse_time',
    'p_event_time',
    'when',
    'inner',
    'things',
    'text',
    'resolves',
    '__proto__',
  )
  const member = fc.constantFrom(...envelopeMembers)
  const aTime = fc
    .oneof(fc.integer({ min: -8.64e15, max: 8.64e15 }), fc.integer({ min: now - 40 * day, max: now + 3 * day }))
    .map((ms) => new Date(ms).toISOString())
  const aValue = fc.oneof(
    aTime,
    fc.jsonValue(),
    fc.constantFrom('source', 'other', 'x'.repeat(64), 'a'.repeat(32), 'Test.EveryType', 'classification_failures'),
    fc.constantFrom(0, 1, 2, -1, 1e300, { key: `claims/dt=2026-06-01/${'a'.repeat(32)}.json` }, [{}], [null], {}),
  )
  const mutation = fc.oneof(
    fc.record({ kind: fc.constant('row' as const), name: column, value: aValue }),
    fc.record({ kind: fc.constant('envelope' as const), name: member, value: aValue }),
    fc.record({ kind: fc.constant('text' as const), at: fc.nat(), text: fc.string({ maxLength: 3 }) }),
  )

  /** A valid message of two rows with these changes. */
  function mutate(mutations: readonly (typeof mutation extends fc.Arbitrary<infer M> ? M : never)[]): string {
    const changes = mutations.filter(({ kind }) => kind === 'row')
    const entries = changes.map((one) => ('name' in one ? [one.name, one.value] : []))
    const row: Row = JSON.parse(`{${[...Object.entries(rowOf({ text: 'm' })), ...entries].map(memberText).join(',')}}`)
    let body = messageOf([row, rowOf({ text: 'm2' })])
    for (const one of mutations) {
      if (one.kind === 'envelope') body = changedIfObject(body, one.name, one.value)
      if (one.kind === 'text') {
        const where = one.at % (body.length + 1)
        body = body.slice(0, where) + one.text + body.slice(where + one.text.length)
      }
    }
    return body
  }
  const memberText = ([name, value]: readonly unknown[]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`
  const changedIfObject = (body: string, name: string, value: unknown): string => {
    try {
      return changed(body, { [name]: value })
    } catch {
      return body
    }
  }

  test('it is refused with a reason, comes again, or gives rows that queries find where they belong', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 3 }), async (mutations) => {
        const { writeAmong, letterOf, days, rows } = world()
        const body = mutate(mutations)
        const { refused, failed, written } = await writeAmong({ body })
        const [one] = refused
        if (one) {
          expect(letterOf('m')).toMatchObject({ reason: one.error.reason, body })
          expect(one.error.message.length).toBeLessThan(400)
        }
        expect(refused.length + failed.size).toBeLessThanOrEqual(1)
        for (const { sourceId } of written) expect(sourceId).toBe('source')
        for (const dt of days()) {
          expect(dt >= '2026-05-02' && dt <= '2026-06-03').toBe(true)
          const found = await rows(dt, [
            'p_source_id',
            'p_log_type',
            'p_row_id',
            'p_parse_time',
            'p_event_time',
            'when',
          ])
          for (const row of found) {
            expect(row).toMatchObject({ p_source_id: 'source', p_log_type: everyType.logType })
            expect(row.p_row_id).toMatch(/^[0-9a-f]{32}$/)
            // The retention counts whole days.
            expect(row.p_parse_time).toBeGreaterThanOrEqual(Date.UTC(2026, 4, 2))
            expect(row.p_parse_time).toBeLessThanOrEqual(now + 10 * minute)
            for (const time of [row.p_event_time, row.when ?? now]) {
              expect(time).toBeGreaterThanOrEqual(Date.parse('0001-01-01T00:00:00Z'))
              expect(time).toBeLessThanOrEqual(Date.parse('9999-12-31T23:59:59.999Z'))
            }
          }
        }
      }),
      { numRuns: 300 },
    )
  })
})
