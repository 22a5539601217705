import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compileFailures } from '../../../../lambdas/core/intake/failure.ts'
import { createLakeWriter } from '../../../../lambdas/core/lake/writer.ts'
import { parseEvent, type Row } from '../../../../lambdas/core/normalize/event.ts'
import { compileNormalizer } from '../../../../lambdas/core/normalize/normalizer.ts'
import { encodeMessages } from '../../../../lambdas/core/publish/message.ts'
import { classificationFailures } from '../../../../schemas/generated/classification_failures.ts'
import { byteChange, changed } from '../../../support/byte-changes.ts'
import { everyType } from '../../../support/every-type.ts'
import { fuzzed, fuzzLimit } from '../../../support/fuzz.ts'
import { memoryReader } from '../../../support/memory-reader.ts'
import { memoryStore } from '../../../support/memory-stores.ts'
import { envelopeMembers } from '../../../support/message-members.ts'

/** What holds of the writer whatever is in its queues: nothing forged is written, and no neighbour is lost. */

const now = Date.UTC(2026, 5, 1, 12)
const retentionDays = 30
const source = { sourceId: 'source', sourceLabel: 'S', receivedAt: now }
const { normalize } = compileNormalizer(everyType)
const event = (text: string): Row => normalize(parseEvent(Buffer.from(JSON.stringify({ text, long: 7 }))), source)
const failure = compileFailures(classificationFailures)(
  { error: new Error('x'), bytes: Buffer.from('{') },
  { logType: everyType.logType, origin: 'webhook' },
  source,
)

const messageOf = (logType: string, rows: readonly Row[]): string =>
  encodeMessages({ logType, sourceId: source.sourceId, receivedAt: now, rows })[0] ?? ''
const good = [event('one'), event('two')].map((row) => messageOf(everyType.logType, [row]))
const samples = [
  messageOf(everyType.logType, [event('a'), event('b')]),
  messageOf(classificationFailures.logType, [failure]),
]

/** Values of members that try to pass for others. */
const claim = fc.oneof(
  fc.constantFrom<unknown[]>(
    null,
    '',
    'other-source',
    'Source',
    '\u001b[2J',
    'x'.repeat(200_000),
    '__proto__',
    'collection_runs',
    '0001-01-01T00:00:00.000Z',
    '+275760-09-12T00:00:00.000Z',
    '2099-01-01T00:00:00.000Z',
    '2026-05-30T00:00:00.000Z',
    'a'.repeat(32),
    { $ref: 1 },
    [],
    0,
    -1,
    1e308,
    400_000_000,
  ),
  fc.jsonValue(),
)

const envelopeChange = fc.record({
  member: fc.constantFrom(...envelopeMembers, 'more'),
  value: claim,
})
const rowChange = fc.record({
  member: fc.constantFrom(
    'p_source_id',
    'p_log_type',
    'p_row_id',
    'p_event_time',
    'p_parse_time',
    'resolves',
    'text',
    'long',
    'unknown',
    '__proto__',
  ),
  value: claim,
})

const message = fc.record({
  sample: fc.nat(samples.length - 1),
  rows: fc.array(rowChange, { maxLength: 2 }),
  rowBytes: fc.array(byteChange, { maxLength: 1 }),
  envelope: fc.array(envelopeChange, { maxLength: 2 }),
  bytes: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, fc.array(byteChange, { maxLength: 2 })),
})

/** Messages in one batch, so that the neighbours are many. */
const batch = fc.array(message, { minLength: 10, maxLength: 10 })
const parameters = fuzzed('batches of ten messages', 5_000)

test('whatever a message holds, nothing forged is written and no neighbour is lost', fuzzLimit, async () => {
  const ended = { written: 0, refused: 0, retried: 0 }
  await fc.assert(
    fc.asyncProperty(batch, async (changes) => {
      const [lake, ops] = [memoryStore(), memoryStore()]
      const write = createLakeWriter({
        store: lake.store,
        bucket: 'lake',
        ops: ops.store,
        claims: memoryReader(ops.objects).reader,
        retentionDays,
        schemas: [everyType, classificationFailures],
        now: () => now,
      })
      const bodies = changes.map(changedMessage)
      const [first = '', last = ''] = good
      const queued = [first, ...bodies, last].map((body, at) => ({ messageId: `m${at}`, body, queue: 'records' }))
      const { refused, failed } = await write(queued)
      const ids = new Set([...failed.keys(), ...refused.map(({ messageId }) => messageId)])
      expect(ids).not.toContain('m0')
      expect(ids).not.toContain(`m${queued.length - 1}`)
      expect(new Set(refused.map(({ messageId }) => messageId)).isDisjointFrom(new Set(failed.keys()))).toBe(true)
      for (const { messageId, body } of queued) if (!ids.has(messageId)) expectHonest(body)
      // A later version may know the type or the column, so such messages come again.
      for (const error of failed.values()) expect(error.message).toMatch(/no schema for|does not fit|version is/)
      for (const { messageId } of refused) {
        const letter = JSON.parse(ops.text(`dead/dt=2026-06-01/${messageId}.json`))
        expect(letter).toMatchObject({ messageId, reason: expect.stringMatching(/^[a-z_]+$/), queue: 'records' })
        expect(letter.detail.length).toBeLessThan(500)
      }
      for (const key of lake.objects.keys()) expect(key).toMatch(/^(data|tables)\/[a-z_]+\/dt=2026-0[456]-\d\d\//)
      ended.refused += refused.length
      ended.retried += failed.size
      ended.written += queued.length - ids.size
    }),
    parameters,
  )
  console.log(`messages: ${ended.written} written, ${ended.refused} refused, ${ended.retried} to be retried`)
  for (const count of Object.values(ended)) expect(count).toBeGreaterThan(0)
})

type Change = Parameters<typeof changedMessage>[0]

function changedMessage(change: typeof message extends fc.Arbitrary<infer T> ? T : never): string {
  const { rows: packed, ...envelope } = JSON.parse(samples[change.sample] ?? '')
  const text = zstdDecompressSync(Buffer.from(packed, 'base64')).toString()
  const lines = text.trimEnd().split('\n')
  const [line = '{}', ...others] = lines
  const row = withMembers(JSON.parse(line), change.rows)
  const rows = changed(Buffer.from([JSON.stringify(row), ...others, ''].join('\n')), change.rowBytes)
  const message = withMembers(
    { ...envelope, bytes: rows.length, rows: zstdCompressSync(rows).toString('base64') },
    change.envelope,
  )
  return changed(Buffer.from(JSON.stringify(message)), change.bytes).toString()
}

function withMembers(object: object, changes: Change['rows'] | Change['envelope']): object {
  const own = changes.map(({ member, value }): [string, unknown] => [member, value])
  return Object.fromEntries([...Object.entries(object), ...own])
}

/** Expects that a message which was written is one that a publisher may send, read by other means than ours. */
function expectHonest(body: string): void {
  const { logType, sourceId, receivedAt, count, rows } = JSON.parse(body)
  expect(sourceId).toMatch(/^[a-z][a-z0-9-]{1,62}$/)
  expect([everyType.logType, classificationFailures.logType]).toContain(logType)
  const times = [receivedAt]
  const lines = new TextDecoder()
    .decode(zstdDecompressSync(Buffer.from(rows, 'base64')))
    .trimEnd()
    .split('\n')
  expect(lines).toHaveLength(count)
  for (const line of lines) {
    const row = JSON.parse(line)
    expect(row).toMatchObject({ p_source_id: sourceId, p_log_type: logType })
    expect(row.p_row_id).toMatch(/^[0-9a-f]{32}$/)
    if (logType === classificationFailures.logType) expect(row.resolves).toBeUndefined()
    times.push(row.p_parse_time)
  }
  for (const time of times) {
    expect(Date.parse(time)).toBeLessThanOrEqual(now + 600_000)
    expect(Date.parse(time)).toBeGreaterThanOrEqual(Date.UTC(2026, 4, 2))
  }
}
