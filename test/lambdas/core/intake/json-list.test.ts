import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readJsonList } from '../../../../lambdas/core/intake/json-list.ts'

const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`

describe('a list', () => {
  test('keeps every digit', () => {
    const { events } = readJsonList(Buffer.from('[{"id":12345678901234567890}]'))
    expect(JSON.stringify(events)).toBe('[{"event":{"id":12345678901234567890},"position":1}]')
  })

  test('an event nested too deep does not affect its neighbours, and keeps its bytes', () => {
    const deep = nested(101)
    const { events, failures, envelope } = readJsonList(
      Buffer.from(`{"has_more":true, "data" : [{"a":"],[\\""}, ${deep} ,5,{"b":12345678901234567890}],"last_id":"é"}`),
      'data',
    )
    expect(JSON.stringify(events)).toBe(
      '[{"event":{"a":"],[\\""},"position":1},{"event":{"b":12345678901234567890},"position":4}]',
    )
    expect(failures).toMatchObject([
      { error: { code: 'too_deep' }, bytes: Buffer.from(deep), position: 2 },
      { error: { code: 'not_object' }, bytes: Buffer.from('5'), position: 3 },
    ])
    expect(envelope).toEqual({ has_more: true, last_id: 'é' })
  })

  test('an event that is not UTF-8 does not affect its neighbours', () => {
    const bytes = Buffer.concat([
      Buffer.from('[{"a":"é"},{"b":"'),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('"},{"c":3}]'),
    ])
    const { events, failures } = readJsonList(bytes)
    expect(events).toEqual([
      { event: { a: 'é' }, position: 1 },
      { event: { c: 3 }, position: 3 },
    ])
    expect(failures).toMatchObject([{ error: { code: 'invalid_utf8' }, position: 2 }])
    expect(failures[0]?.bytes).toEqual(bytes.subarray(12, bytes.length - 9))
  })

  test.each([
    ['', undefined],
    ['[{"a":1}', undefined],
    [`[${nested(200)},`, undefined],
    [`{"data":[${nested(200)}`, 'data'],
    ['{"data":[]}', undefined],
    ['[]', 'data'],
    ['{"data":{}}', 'data'],
    ['null', 'data'],
    [`{"x":${nested(200)}}`, 'data'],
  ])('refuses %j', (text, listName) => {
    expect(() => readJsonList(Buffer.from(text), listName)).toThrow(expect.objectContaining({ name: 'RecordError' }))
  })

  test('events read one by one are the same as those read as a whole', () => {
    fc.assert(
      fc.property(fc.array(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }))), (list) => {
        const events = list.map((event) => JSON.stringify(event))
        const whole = readJsonList(Buffer.from(`{"data":[${events}],"n":1}`), 'data')
        const apart = readJsonList(Buffer.from(`{"data":[${[nested(150), ...events]}],"n":1}`), 'data')
        expect(apart.failures).toHaveLength(1)
        const texts = (read: typeof whole) => read.events.map(({ event }) => JSON.stringify(event))
        expect(texts(apart)).toEqual(texts(whole))
        expect(apart.events.map(({ position }) => position - 1)).toEqual(whole.events.map(({ position }) => position))
        expect(apart.envelope).toEqual(whole.envelope)
      }),
    )
  })
})
