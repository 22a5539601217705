import { randomBytes } from 'node:crypto'
import { constants, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isObject, parseJson } from '../../../../lambdas/core/json/json.ts'
import { compileNormalizer } from '../../../../lambdas/core/normalize/normalizer.ts'
import { type Batch, encodeMessages, messageLimits, rowLimits } from '../../../../lambdas/core/publish/message.ts'
import { readMessage } from '../../../../lambdas/core/publish/read-message.ts'
import { arbitraryEvent } from '../../../support/arbitrary-events.ts'
import { decodeMessage } from '../../../support/decode-message.ts'
import { everyType } from '../../../support/every-type.ts'

const { normalize } = compileNormalizer(everyType)
const batchOf = (rows: Batch['rows']): Batch => ({
  logType: 'Test.EveryType',
  sourceId: 'source',
  receivedAt: 1_780_000_000_000,
  rows,
})
const rowOf = (text: string) => {
  const event = parseJson(text)
  return normalize(isObject(event) ? event : {}, {
    sourceId: 'source',
    sourceLabel: 'S',
    receivedAt: 1_780_000_000_000,
  })
}

describe('encodeMessages', () => {
  test('rows survive a round trip exactly, in order', () => {
    fc.assert(
      fc.property(fc.array(arbitraryEvent(everyType), { minLength: 1, maxLength: 5 }), (texts) => {
        const rows = texts.map(rowOf)
        const [message = '', ...more] = encodeMessages(batchOf(rows))
        expect(more).toEqual([])
        const { bytes, ...batch } = decodeMessage(message)
        expect(JSON.stringify(batch)).toBe(JSON.stringify(batchOf(rows)))
        expect(bytes).toBe(Buffer.byteLength(rows.map((row) => `${JSON.stringify(row)}\n`).join('')))
      }),
    )
  })

  test('no rows make no message', () => expect(encodeMessages(batchOf([]))).toEqual([]))

  test('a batch is split by rows and by bytes', () => {
    const many = Array.from({ length: messageLimits.rows * 2 + 1 }, (_, i) => ({ number: i }))
    expect(encodeMessages(batchOf(many)).map((message) => decodeMessage(message).rows.length)).toEqual([2000, 2000, 1])
    const large = Array.from({ length: 5 }, () => ({ text: 'x'.repeat(1_500_000) }))
    expect(encodeMessages(batchOf(large)).map((message) => decodeMessage(message).rows.length)).toEqual([2, 2, 1])
  })

  test('a row beyond the limit makes its own message', () => {
    const rows = [{ number: 1 }, { text: 'x'.repeat(messageLimits.bytes + 1) }, { number: 2 }]
    expect(encodeMessages(batchOf(rows)).map((message) => decodeMessage(message).rows.length)).toEqual([1, 1, 1])
  })
})

test('a row of more values than the writer takes makes no message', () => {
  const rows = [{ texts: Array.from({ length: 1_400_000 }, () => '') }]
  expect(() => encodeMessages(batchOf(rows))).toThrow(expect.objectContaining({ code: 'too_large' }))
})

describe('reading a message refuses', () => {
  const [good = ''] = encodeMessages(batchOf([{ number: 1 }, { number: 2 }]))
  const changed = (changes: Record<string, unknown>) => JSON.stringify({ ...JSON.parse(good), ...changes })

  const rowsOf = (content: string | Buffer) => ({ rows: zstdCompressSync(content).toString('base64') })

  test.each([
    ['an unknown version', changed({ v: '1' }), 'bad_envelope', /version/],
    ['no log type', changed({ logType: 7 }), 'bad_envelope', /logType/],
    ['no size', changed({ bytes: '10' }), 'bad_envelope', /bytes/],
    ['a negative size', changed({ bytes: -1 }), 'bad_envelope', /bytes/],
    ['half a row', changed({ count: 1.5 }), 'bad_envelope', /count/],
    ['no rows', changed({ rows: undefined }), 'bad_envelope', /rows/],
    ['another encoding', changed({ encoding: 'gzip' }), 'bad_envelope', /expected "zstd"/],
    ['no time', changed({ receivedAt: 'today' }), 'bad_time', /receivedAt/],
    ['a time of another form', changed({ receivedAt: '2026-05-28' }), 'bad_time', /receivedAt/],
    ['a day that does not exist', changed({ receivedAt: '2026-02-30T00:00:00.000Z' }), 'bad_time', /receivedAt/],
    ['a wrong count', changed({ count: 3 }), 'bad_rows', /stated number, 3/],
    ['a size that is too small', changed({ bytes: 5 }), 'bad_rows', /cannot be decompressed to 5 bytes/],
    ['a size that is too large', changed({ bytes: 1_000 }), 'bad_rows', /fewer than the stated 1000/],
    ['rows that were cut', changed({ rows: JSON.parse(good).rows.slice(0, 20) }), 'bad_rows', /decompressed/],
    ['rows that are noise', changed({ rows: randomBytes(50).toString('base64') }), 'bad_rows', /decompressed/],
    ['rows that are not objects', changed({ ...rowsOf('1\n2\n'), bytes: 4 }), 'bad_rows', /objects/],
    ['rows that are not JSON', changed({ ...rowsOf('a\nb\n'), bytes: 4 }), 'bad_rows', /not JSON/],
    ['rows that are not text', changed({ ...rowsOf(Buffer.from([255, 10])), bytes: 2, count: 1 }), 'bad_rows', /text/],
    ['more rows than any message', changed({ count: messageLimits.rows + 1 }), 'too_large', /2001 rows/],
    ['more bytes than any message', changed({ bytes: rowLimits.bytes + 1, count: 1 }), 'too_large', /54000001 bytes/],
    ['more base64 than its size needs', changed({ rows: 'A'.repeat(5_000), bytes: 100 }), 'too_large', /100 bytes/],
    ['a pointer elsewhere', changed({ pointer: { key: 'state/a/state.json' } }), 'bad_pointer', /pointer/],
    ['a pointer to nothing', changed({ pointer: null }), 'bad_pointer', /missing/],
    ['an array', '[]', 'not_a_message', /not an object/],
    ['text that is not JSON', 'hello', 'not_a_message', /not JSON/],
    ['deep JSON', '['.repeat(200_000), 'not_a_message', /not JSON/],
  ])('%s', (_what, body, reason, message) => {
    expect(() => decodeMessage(body)).toThrow(expect.objectContaining({ name: 'RefusedError', reason }))
    expect(() => decodeMessage(body)).toThrow(message)
  })

  test('a later version, but only for the time until its writer is deployed', () => {
    expect(() => decodeMessage(changed({ v: 2 }))).toThrow(expect.objectContaining({ code: 'bad_message' }))
  })

  test.each([
    ['than it states', { rows: zstdCompressSync(Buffer.alloc(50_000_000)).toString('base64') }],
    // The window of the compression is 128 MB, which the decompression would reserve.
    [
      'in one window',
      {
        rows: zstdCompressSync(Buffer.alloc(1_000), { params: { [constants.ZSTD_c_windowLog]: 27 } }).toString(
          'base64',
        ),
      },
    ],
  ])('a small message that would take more memory %s', (_what, rows) => {
    expect(() => decodeMessage(changed({ ...rows, bytes: 1_000 }))).toThrow(
      expect.objectContaining({ reason: 'bad_rows' }),
    )
  })

  test('texts of the message are short and encoded in the error', () => {
    const hostile = `\u001b[2J"${'x'.repeat(100_000)}`
    for (const body of [
      changed({ encoding: hostile }),
      changed({ pointer: { key: hostile } }),
      changed({ v: hostile }),
    ]) {
      const error = thrownBy(() => readMessage(body))
      expect(error.message.length).toBeLessThan(300)
      expect(error.message).toContain('"\\u001b[2J\\"xxx')
    }
  })
})

function thrownBy(action: () => unknown): Error {
  try {
    action()
  } catch (error) {
    if (error instanceof Error) return error
  }
  throw new Error('nothing was thrown')
}
