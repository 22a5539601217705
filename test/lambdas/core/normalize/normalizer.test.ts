import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isObject, type Json, type JsonObject, parseJson } from '../../../../lambdas/core/json/json.ts'
import type { EventContext, Row } from '../../../../lambdas/core/normalize/event.ts'
import { valueOfJsonColumn } from '../../../../lambdas/core/normalize/json-column.ts'
import { compileNormalizer } from '../../../../lambdas/core/normalize/normalizer.ts'
import { renderEvent, sameEvent } from '../../../../lambdas/core/normalize/render.ts'
import type { LogSchema } from '../../../../schemas/definition.ts'
import { logSchemas } from '../../../../schemas/generated/index.ts'
import { arbitraryEvent } from '../../../support/arbitrary-events.ts'
import { everyType } from '../../../support/every-type.ts'

const context: EventContext = { sourceId: 'test', sourceLabel: 'Test', receivedAt: Date.parse('2026-06-01T12:00:00Z') }
const { normalize } = compileNormalizer(everyType)

const eventOf = (text: string): JsonObject => {
  const event = parseJson(text)
  if (!isObject(event)) throw new TypeError('not an event')
  return event
}
/** The texts and names at any depth that have no UTF-8 form. */
function illFormed(value: unknown): string[] {
  if (typeof value === 'string') return value.isWellFormed() ? [] : [value]
  if (typeof value !== 'object' || value === null) return []
  return [...(Array.isArray(value) ? [] : Object.keys(value)), ...Object.values(value)].flatMap(illFormed)
}

/** What the json columns at the top stand for. */
function jsonColumns(fields: LogSchema['fields'], row: Row): Json[] {
  return fields.flatMap(({ type, column }) => {
    const { [column]: text } = row
    return type === 'json' && typeof text === 'string' ? [valueOfJsonColumn(text)] : []
  })
}

const row = (text: string, more: Partial<EventContext> = {}) => normalize(eventOf(text), { ...context, ...more })
const unmapped = (text: string) => row(text).p_unmapped

describe('laws, for a schema with every type and every shipped schema', () => {
  describe.each([everyType, ...logSchemas])('$logType', (schema) => {
    const normalizer = compileNormalizer(schema)

    test('rendering a row gives the event back, and nothing throws', () => {
      fc.assert(
        fc.property(arbitraryEvent(schema), (text) => {
          const event = eventOf(text)
          const row = normalizer.normalize(event, context)
          // Through the wire form, as rows travel.
          const travelled = parseJson(JSON.stringify(row))
          const rendered = renderEvent(schema, travelled as typeof row)
          if (!sameEvent(schema, event, rendered)) expect(JSON.stringify(rendered)).toBe(text)
          expect(illFormed(row)).toEqual([])
          expect(illFormed(JSON.parse(String(row.p_unmapped ?? 'null')))).toEqual([])
          expect(illFormed(jsonColumns(schema.fields, row))).toEqual([])
        }),
        { numRuns: schema === everyType ? 1_000 : 100 },
      )
    })

    test('the same event has the same id in any order of its members', () => {
      fc.assert(
        fc.property(arbitraryEvent(schema), (text) => {
          const event = eventOf(text)
          const reversed = Object.fromEntries(Object.entries(event).reverse())
          const id = normalizer.normalize(event, context).p_row_id
          expect(id).toMatch(/^[0-9a-f]{32}$/)
          expect(normalizer.normalize(reversed, { ...context, receivedAt: context.receivedAt + 1 }).p_row_id).toBe(id)
        }),
      )
    })
  })

  test('sameEvent tells different events apart', () => {
    const same = (a: string, b: string) => sameEvent(everyType, eventOf(a), eventOf(b))
    expect(same('{"text":"a"}', '{"text":"b"}')).toBe(false)
    expect(same('{"number":1}', '{"number":"1"}')).toBe(false)
    expect(same('{"text":1}', '{"text":"1"}')).toBe(true)
    expect(same('{"text":1}', '{"text":"1.0"}')).toBe(false)
    expect(same('{"raw":1}', '{"raw":"1"}')).toBe(false)
    expect(same('{"x":1}', '{}')).toBe(false)
    expect(same('{"when":"2024-01-01T00:00:00Z"}', '{"when":1704067200}')).toBe(true)
    expect(same('{"x":1.0,"y":null}', '{"x":1}')).toBe(true)
  })
})

describe('columns', () => {
  test('fields have the schema’s types and names', () => {
    const text = `{"id":"e1","@timestamp":1700000000123,"text":"t","small":1,"number":2,"big":9007199254740993,"real":1.5,
      "flag":true,"when":"2024-05-01T12:30:00+02:00","raw":{"a":[1,null]},"inner":{"text":"i","deep":{"flag":false}},
      "texts":["a",null],"numbers":[1],"things":[{"number":3}],"lists":[["x"],[]]}`
    expect(JSON.parse(JSON.stringify(row(text)))).toMatchObject({
      p_event_time: '2023-11-14T22:13:20.123Z',
      p_parse_time: '2026-06-01T12:00:00.000Z',
      p_time_source: 'event',
      p_log_type: 'Test.EveryType',
      p_source_id: 'test',
      p_source_label: 'Test',
      p_schema_version: 3,
      p_any_usernames: ['i', 't'],
      at_sign_timestamp: '2023-11-14T22:13:20.123Z',
      when: '2024-05-01T10:30:00.000Z',
      raw: '{"a":[1,null]}',
      inner: { text: 'i', deep: { flag: false } },
      texts: ['a', null],
      numbers: [1],
      things: [{ number: 3 }],
      lists: [['x'], []],
    })
    expect(JSON.stringify(row(text))).toContain('"big":9007199254740993')
    expect(row(text)).not.toHaveProperty('p_unmapped')
  })

  test.each([
    ['{"text":5}', { text: '5' }, undefined],
    ['{"text":-0.0}', { text: '0' }, undefined],
    ['{"text":1.50}', { text: '1.5' }, undefined],
    ['{"text":true}', { text: 'true' }, '{"text":true}'],
    ['{"text":123456789012345678901}', { text: '123456789012345678901' }, undefined],
    ['{"text":1000000000000000000000}', { text: '1000000000000000000000' }, undefined],
    ['{"text":1e400}', { text: '1e400' }, undefined],
    ['{"text":{"a":1}}', {}, '{"text":{"a":1}}'],
    ['{"text":"cut \\ud800"}', { text: 'cut \ufffd' }, String.raw`{"text":{"p_json":"\"cut \\ud800\""}}`],
    ['{"raw":"acme/site"}', { raw: 'acme/site' }, undefined],
    ['{"raw":""}', { raw: '' }, undefined],
    ['{"raw":"nullable"}', { raw: 'nullable' }, undefined],
    ['{"raw":"{ not JSON }"}', { raw: '{ not JSON }' }, undefined],
    ['{"raw":"5"}', { raw: '5' }, '{"raw":"5"}'],
    ['{"raw":5}', { raw: '5' }, undefined],
    ['{"raw":" true\\n"}', { raw: ' true\n' }, '{"raw":" true\\n"}'],
    ['{"raw":"[1]"}', { raw: '[1]' }, '{"raw":"[1]"}'],
    ['{"raw":"\\"q\\""}', { raw: '"q"' }, '{"raw":"\\"q\\""}'],
    ['{"raw":"cut \\ud83d"}', { raw: 'cut \ufffd' }, String.raw`{"raw":{"p_json":"\"cut \\ud83d\""}}`],
    [
      '{"raw":{"a":"\\ud83d","b":1}}',
      { raw: '{"a":"\ufffd","b":1}' },
      String.raw`{"raw":{"a":{"p_json":"\"\\ud83d\""},"b":1}}`,
    ],
    ['{"raw":{"\\ud83d":1}}', { raw: '{"\ufffd":1}' }, String.raw`{"raw":{"p_json":"{\"\\ud83d\":1}"}}`],
    ['{"raw":"\\\\ud83d"}', { raw: String.raw`\ud83d` }, undefined],
    ['{"new":{"p_json":"1"}}', {}, String.raw`{"new":{"p_json":"{\"p_json\":\"1\"}"}}`],
    ['{"new":"\\ude00"}', {}, String.raw`{"new":{"p_json":"\"\\ude00\""}}`],
    ['{"number":"7"}', { number: 7 }, '{"number":"7"}'],
    ['{"number":2147483648}', {}, '{"number":2147483648}'],
    ['{"number":1.5}', {}, '{"number":1.5}'],
    ['{"small":40000}', {}, '{"small":40000}'],
    ['{"big":9223372036854775808}', {}, '{"big":9223372036854775808}'],
    ['{"real":0.12345678901234567890123}', { real: 0.12345678901234568 }, '{"real":0.12345678901234567890123}'],
    ['{"real":"1.5"}', { real: 1.5 }, '{"real":"1.5"}'],
    ['{"flag":"true"}', { flag: true }, '{"flag":"true"}'],
    ['{"flag":0}', { flag: false }, '{"flag":0}'],
    ['{"flag":"yes"}', {}, '{"flag":"yes"}'],
    ['{"when":"soon"}', {}, '{"when":"soon"}'],
    ['{"inner":"text"}', {}, '{"inner":"text"}'],
    ['{"inner":{}}', {}, '{"inner":{}}'],
    ['{"inner":{"text":null,"new":[1]}}', {}, '{"inner":{"new":[1]}}'],
    ['{"inner":{"text":"a","new":1}}', { inner: { text: 'a' } }, '{"inner":{"new":1}}'],
    ['{"texts":"one"}', { texts: ['one'] }, '{"texts":"one"}'],
    ['{"texts":["a",2]}', { texts: ['a', '2'] }, undefined],
    ['{"texts":["a",true]}', { texts: ['a', 'true'] }, '{"texts":[null,true]}'],
    [
      '{"things":[{"number":1},{"new":2},3,null]}',
      { things: [{ number: 1 }, null, null, null] },
      '{"things":[null,{"new":2},3]}',
    ],
    ['{"Text":"a","TEXT":"b","text":"c"}', { text: 'c' }, '{"Text":"a","TEXT":"b"}'],
    ['{"__proto__":{"x":1},"constructor":2}', {}, '{"__proto__":{"x":1},"constructor":2}'],
    [
      '{"p_row_id":"fake","p_event_time":"1999-01-01T00:00:00Z","p_new":1}',
      {},
      '{"p_row_id":"fake","p_event_time":"1999-01-01T00:00:00Z","p_new":1}',
    ],
  ])('%s', (text, columns, rest) => {
    const { p_unmapped, ...others } = row(text)
    expect(p_unmapped).toBe(rest)
    const fields = Object.fromEntries(Object.entries(others).filter(([name]) => !name.startsWith('p_')))
    expect(fields).toEqual(columns)
  })

  test('a lone surrogate at the deepest level comes back as it was', () => {
    const deep = `${'{"a":'.repeat(100)}"\\ud83d"${'}'.repeat(100)}`
    expect(sameEvent(everyType, eventOf(deep), renderEvent(everyType, row(deep)))).toBe(true)
  })

  test('an event cannot set a standard column', () => {
    const forged = row('{"p_source_id":"other","p_any_usernames":["x"],"p_test_attribute":"y"}')
    expect(forged.p_source_id).toBe('test')
    expect(forged).not.toHaveProperty('p_any_usernames')
    expect(forged).not.toHaveProperty('p_test_attribute')
  })

  test('an event without a member makes a row', () => {
    expect(row('{}')).toMatchObject({ p_time_source: 'received', p_row_id: expect.any(String) })
    expect(unmapped('{}')).toBeUndefined()
  })

  test('attributes come from the transport; empty ones are null', () => {
    expect(row('{}', { attributes: { p_test_attribute: 'a', p_other: 'b' } }).p_test_attribute).toBe('a')
    expect(row('{}', { attributes: { p_test_attribute: '' } })).not.toHaveProperty('p_test_attribute')
  })

  test('the event time is the first declared one that is readable', () => {
    const times = (text: string) => [row(text).p_event_time, row(text).p_time_source]
    expect(times('{"@timestamp":"?","inner":{"when":1700000000}}')).toEqual(['2023-11-14T22:13:20.000Z', 'event'])
    expect(times('{"inner":{"when":"?"}}')).toEqual(['2026-06-01T12:00:00.000Z', 'received'])
  })
})

describe('p_row_id', () => {
  const id = (text: string, more: Partial<EventContext> = {}) => row(text, more).p_row_id

  test('rests on the first complete natural key', () => {
    expect(id('{"id":"1","text":"a"}')).toBe(id('{"id":"1","text":"b"}'))
    expect(id('{"id":1}')).toBe(id('{"id":"1"}'))
    expect(id('{"alternateId":"1"}')).toBe(id('{"id":"1"}'))
    expect(id('{"id":"1"}')).not.toBe(id('{"id":"2"}'))
    expect(id('{"id":"1"}')).not.toBe(id('{"id":"1"}', { sourceId: 'other' }))
  })

  test('ignores the notation of a value; an empty or structured value is not a key', () => {
    expect(id('{"id":9007199254740993.0}')).toBe(id('{"id":"9007199254740993"}'))
    expect(id('{"id":1e21}')).toBe(id('{"id":"1000000000000000000000"}'))
    for (const none of ['{}', '[]', 'true', '" "']) {
      expect(id(`{"id":${none},"text":"a"}`)).not.toBe(id(`{"id":${none},"text":"b"}`))
    }
  })

  test('can rest on a hash and a day', () => {
    const event = (time: number, inner: string) => `{"id":"","@timestamp":${time},"inner":${inner},"text":"${time}"}`
    expect(id(event(1_700_000_000_000, '{"number":1,"text":"a"}'))).toBe(
      id(event(1_700_000_001_000, '{"text":"a","number":1.0}')),
    )
    expect(id(event(1_700_000_000_000, '{"number":1}'))).not.toBe(id(event(1_700_086_400_000, '{"number":1}')))
  })

  test('rests on the whole event without a key', () => {
    expect(id('{"text":"a"}')).toBe(id('{"number":null,"text":"a"}'))
    expect(id('{"text":"a"}')).not.toBe(id('{"text":"b"}'))
    expect(id('{"x":9007199254740993}')).not.toBe(id('{"x":9007199254740992}'))
    expect(id('{"text":"a"}')).not.toBe(id('{"text":"a"}', { sourceId: 'other' }))
  })
})

test("a value of another type on a key's path counts as a missing key", () => {
  const values: Json[] = [null, 1, 'x', [], {}]
  for (const inner of values) expect(normalize({ inner }, context).p_row_id).toMatch(/^[0-9a-f]{32}$/)
})
