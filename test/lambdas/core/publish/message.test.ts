import { randomBytes } from 'node:crypto'
import { zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isObject, parseJson } from '../../../../lambdas/core/json/json.ts'
import { compileNormalizer } from '../../../../lambdas/core/normalize/normalizer.ts'
import { type Batch, decodeMessage, encodeMessages, messageLimits } from '../../../../lambdas/core/publish/message.ts'
import { arbitraryEvent } from '../../../support/arbitrary-events.ts'
import { everyType } from '../../../support/every-type.ts'

const { normalize } = compileNormalizer(everyType)
const batchOf = (rows: Batch['rows']): Batch => ({
  logType: 'Test.EveryType',
  sourceId: 's',
  receivedAt: 1_780_000_000_000,
  rows,
})
const rowOf = (text: string) => {
  const event = parseJson(text)
  return normalize(isObject(event) ? event : {}, { sourceId: 's', sourceLabel: 'S', receivedAt: 1_780_000_000_000 })
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

describe('decodeMessage refuses', () => {
  const [good = ''] = encodeMessages(batchOf([{ number: 1 }, { number: 2 }]))
  const changed = (changes: Record<string, unknown>) => JSON.stringify({ ...JSON.parse(good), ...changes })

  test.each([
    ['a later version', changed({ v: 2 }), /version/],
    ['no log type', changed({ logType: 7 }), /logType/],
    ['no size', changed({ bytes: '10' }), /bytes/],
    ['another encoding', changed({ encoding: 'gzip' }), /zstd/],
    ['no time', changed({ receivedAt: 'today' }), /receivedAt/],
    ['a wrong count', changed({ count: 3 }), /holds 2 rows, says 3/],
    ['a size that is too small', changed({ bytes: 5 }), /stated size/],
    ['a size that is too large', changed({ bytes: 1_000 }), /says 1000/],
    ['rows that were cut', changed({ rows: JSON.parse(good).rows.slice(0, 20) }), /stated size/],
    ['rows that are noise', changed({ rows: randomBytes(50).toString('base64') }), /stated size/],
    [
      'rows that are not objects',
      changed({ rows: zstdCompressSync('1\n2\n').toString('base64'), bytes: 4 }),
      /not an object/,
    ],
    ['an array', '[]', /not an object/],
  ])('%s', (_what, body, message) => {
    expect(() => decodeMessage(body)).toThrow(expect.objectContaining({ code: 'bad_message' }))
    expect(() => decodeMessage(body)).toThrow(message)
  })

  test('text that is not JSON', () => {
    expect(() => decodeMessage('hello')).toThrow(expect.objectContaining({ code: 'not_json' }))
  })

  test('a small message that would decompress to a large one', () => {
    const bomb = changed({ rows: zstdCompressSync(Buffer.alloc(50_000_000)).toString('base64') })
    expect(() => decodeMessage(bomb)).toThrow(/stated size/)
  })
})
