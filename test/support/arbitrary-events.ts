import fc from 'fast-check'
import type { LogSchema, ValueType } from '../../schemas/definition.ts'

const awkwardNames = [
  '__proto__',
  'constructor',
  'toString',
  'p_row_id',
  'p_unmapped',
  'TEXT',
  'Id',
  '',
  ' ',
  'a.b',
  '0',
  '\u{1F600}',
  'p_json',
  'cut \ud83d',
]

/** JSON text of any value, with numbers that no double holds and strings that no UTF-8 text holds. */
const anyJson: fc.Arbitrary<string> = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc.constantFrom('null', 'true', 'false', '""', '"true"', '"0"', '{}', '[]', '[null]', '[{}]', '-0', '1e400', '0.1'),
    fc.constantFrom(
      '9007199254740993',
      '-9223372036854775808',
      '9223372036854775808',
      '1234567.890123456789',
      '5.0',
      '1E2',
    ),
    fc.constantFrom(
      '"\\ud800"',
      '"\\udc00x"',
      '{"\\ud800":1}',
      '["a","\\udfff"]',
      '{"p_json":"1"}',
      '{"p_json":"\\ud800"}',
      '"\\\\ud800"',
      '"{\\"a\\":[1]}"',
      '"[1]"',
      '" 5 "',
      '"\\"quoted\\""',
      '"{cut"',
      '"2024-05-01T12:30:00.123456Z"',
      '"2024-05-01 12:30:00"',
      '"12"',
      '1714566600',
    ),
    fc.integer().map(String),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.bigInt().map(String),
    fc.string({ unit: 'grapheme' }).map((text) => JSON.stringify(text)),
    fc.array(tie('value'), { maxLength: 4 }).map((items) => `[${items.join(',')}]`),
    members(fc.oneof(fc.string(), fc.constantFrom(...awkwardNames)), tie('value')),
  ),
})).value

function members(name: fc.Arbitrary<string>, value: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .uniqueArray(fc.tuple(name, value), { maxLength: 5, selector: ([key]) => key })
    .map((entries) => `{${entries.map(([key, text]) => `${JSON.stringify(key)}:${text}`).join(',')}}`)
}

/** A value that mostly has the declared type and often does not. */
function valueFor(type: ValueType): fc.Arbitrary<string> {
  const fitting = (): fc.Arbitrary<string> => {
    switch (type.type) {
      case 'object':
        return eventText(type.fields)
      case 'array':
        return fc.array(valueFor(type.element), { maxLength: 4 }).map((items) => `[${items.join(',')}]`)
      case 'timestamp':
        return fc.oneof(
          fc.date({ noInvalidDate: true }).map((date) => JSON.stringify(date)),
          fc.integer({ min: 0, max: 4_000_000_000_000 }).map(String),
        )
      case 'boolean':
        return fc.boolean().map(String)
      case 'string':
        return fc.string({ unit: 'grapheme' }).map((text) => JSON.stringify(text))
      case 'json':
        return anyJson
      default:
        return fc.oneof(fc.integer().map(String), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String))
    }
  }
  return fc.oneof({ arbitrary: fitting(), weight: 3 }, { arbitrary: anyJson, weight: 1 })
}

function eventText(fields: LogSchema['fields']): fc.Arbitrary<string> {
  // A part of the members, because wide schemas would make events that no provider sends, and slow tests.
  const known = fc.array(fc.oneof(...fields.map((field) => fc.tuple(fc.constant(field.name), valueFor(field)))), {
    maxLength: 24,
    size: 'max',
  })
  const unknown = fc.dictionary(fc.oneof(fc.string(), fc.constantFrom(...awkwardNames)), anyJson, { maxKeys: 2 })
  return fc.tuple(known, unknown).map(([some, others]) => {
    const entries = new Map([...Object.entries(others), ...some])
    return `{${[...entries].map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(',')}}`
  })
}

/** JSON texts of events for a schema: known members of right and wrong types, and unknown members. */
export const arbitraryEvent = (schema: LogSchema): fc.Arbitrary<string> => eventText(schema.fields)
