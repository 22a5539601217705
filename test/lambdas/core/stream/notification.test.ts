import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseNotification } from '../../../../lambdas/core/stream/notification.ts'
import { s3Encoded } from '../../../support/stream-world.ts'

const record = (changes: object = {}, object: object = {}) => ({
  eventName: 'ObjectCreated:Put',
  eventTime: '2026-01-15T10:30:00.123Z',
  s3: { bucket: { name: 'bucket' }, object: { key: 'a.json.gz', size: 12, eTag: 'tag', ...object } },
  ...changes,
})
const messageOf = (...records: unknown[]) => JSON.stringify({ Records: records })

const name = fc.string({
  unit: fc.constantFrom(...' +%/äß€😀a.', '%20', '%2B', '&', '=', '~', '(', '\u0001'),
  minLength: 1,
})
const anyName = fc.oneof(
  name,
  fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => text.isWellFormed()),
)

test('any name comes back from its encoding', () => {
  fc.assert(
    fc.property(anyName, (key) => {
      const [object] = parseNotification(messageOf(record({}, { key: s3Encoded(key) })))
      expect(object?.name).toBe(key)
    }),
  )
})

test('every created object of a message is named, with its version, size and time', () => {
  const both = [record(), record({ eventName: 'ObjectCreated:CompleteMultipartUpload' }, { key: 'b' })]
  const facts = { bucket: 'bucket', version: 'tag', size: 12, writtenAt: Date.UTC(2026, 0, 15, 10, 30, 0, 123) }
  expect(parseNotification(messageOf(...both))).toEqual([
    { ...facts, name: 'a.json.gz' },
    { ...facts, name: 'b' },
  ])
})

test('messages about other events and the test message name none', () => {
  expect(parseNotification(messageOf(record({ eventName: 'ObjectRemoved:Delete' })))).toEqual([])
  expect(parseNotification(JSON.stringify({ Service: 'Amazon S3', Event: 's3:TestEvent' }))).toEqual([])
})

test('size and version may be missing', () => {
  const message = messageOf(record({}, { size: undefined, eTag: undefined }))
  const [object] = parseNotification(message)
  expect(object).toMatchObject({ size: 0 })
  expect(object).not.toHaveProperty('version')
})

describe('a message of another form is refused, without quoting it', () => {
  test.each([
    ['no JSON', 'secret'],
    ['a list', '[]'],
    ['no records', '{"secret":1}'],
    ['a record without a key', messageOf(record({}, { key: 7 }))],
    ['a record without a bucket', messageOf({ ...record(), s3: { object: { key: 'secret' } } })],
    ['no time', messageOf(record({ eventTime: 'secret' }))],
    ['a percent sign that encodes nothing', messageOf(record({}, { key: 'secret%' }))],
    ['bytes that are no text', messageOf(record({}, { key: 'secret%FF' }))],
  ])('%s', (_what, body) => {
    const parse = () => parseNotification(body)
    expect(parse).toThrow(expect.objectContaining({ name: 'RecordError', code: 'bad_message' }))
    expect(parse).not.toThrow(/secret/)
  })
})
