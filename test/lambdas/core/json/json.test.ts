import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  canonicalJson,
  decodeUtf8,
  type Json,
  maxDepth,
  parseJson,
  sameDecimal,
} from '../../../../lambdas/core/json/json.ts'

const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`

describe('parseJson', () => {
  test.each([
    '{"id":9007199254740993}',
    '{"id":-123456789012345678901234567890}',
    '[1234567.890123456789]',
    '{"n":1e400}',
    '{"n":-2.5E-400}',
    '{"n":0.1234567890123456789}',
    `{"n":1e${'9'.repeat(40)}}`,
    `{"n":1${'0'.repeat(1_000_000)}1}`,
  ])('keeps every digit of %s', (text) => {
    expect(JSON.stringify(parseJson(text))).toBe(text)
  })

  test('leaves ordinary numbers as numbers', () => {
    expect(parseJson('{"a":1700000000123,"b":1.50,"c":1e3}')).toEqual({ a: 1700000000123, b: 1.5, c: 1000 })
  })

  test.each([
    ['{"a":', /ends too early|unexpected/],
    ['nope', /unexpected/],
    ['', /ends too early/],
    ["{'a':1}", /unexpected/],
  ])('refuses %j without quoting it', (text, message) => {
    expect(() => parseJson(text)).toThrow(expect.objectContaining({ code: 'not_json' }))
    expect(() => parseJson(text)).toThrow(message)
  })

  test('never quotes the text, which may hold a secret, in an error', () => {
    const secret = 'sk-very-secret'
    for (const text of [`{"token": ${secret}}`, `${secret}`, `{"a":"${secret}`, `{"a":1}${secret}`]) {
      expect(() => parseJson(text)).toThrow(expect.objectContaining({ message: expect.not.stringContaining('secret') }))
    }
  })

  test(`accepts at most ${maxDepth} levels`, () => {
    expect(parseJson(nested(maxDepth))).toBeInstanceOf(Array)
    expect(() => parseJson(nested(maxDepth + 1))).toThrow(expect.objectContaining({ code: 'too_deep' }))
    expect(() => parseJson(nested(200_000))).toThrow(expect.objectContaining({ code: 'too_deep' }))
  })

  test('does not count brackets in strings or side by side as depth', () => {
    const wide = `[${Array(300).fill('{}').join(',')},"${'['.repeat(300)}","\\"[[["]`
    expect(parseJson(wide)).toHaveLength(302)
  })

  test('agrees with JSON.parse where doubles suffice', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(parseJson(text)).toEqual(JSON.parse(text))
      }),
    )
  })
})

test('decodeUtf8 drops a byte order mark and refuses broken bytes', () => {
  expect(decodeUtf8(Buffer.from('\ufeff{}'))).toBe('{}')
  expect(() => decodeUtf8(Buffer.from([0x22, 0xff, 0x22]))).toThrow(expect.objectContaining({ code: 'invalid_utf8' }))
})

test.each([
  ['1', '1.0', true],
  ['1e2', '100', true],
  ['-0', '0', true],
  ['0.10', '1e-1', true],
  ['9007199254740993', '9007199254740992', false],
  ['1e400', '1e401', false],
])('sameDecimal(%s, %s) is %s', (a, b, same) => expect(sameDecimal(a, b)).toBe(same))

describe('canonicalJson', () => {
  test('ignores order, nulls and the notation of numbers', () => {
    const a = parseJson('{"b":[1.0,{"y":null,"x":1e2}],"a":"\\u0041"}')
    const b = parseJson('{"a":"A","c":null,"b":[1,{"x":100}]}')
    expect(canonicalJson(a)).toBe(canonicalJson(b))
  })

  test('does not depend on the order of members', () => {
    const shuffled = (value: Json): Json =>
      Array.isArray(value)
        ? value.map(shuffled)
        : typeof value === 'object' && value !== null
          ? Object.fromEntries(
              Object.entries(value)
                .reverse()
                .map(([name, member]) => [name, shuffled(member)]),
            )
          : value
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(canonicalJson(shuffled(parseJson(text)))).toBe(canonicalJson(parseJson(text)))
      }),
    )
  })

  test('different events differ', () => {
    for (const [a, b] of [
      ['{"a":1}', '{"a":"1"}'],
      ['[1,2]', '[2,1]'],
      ['{"a":{}}', '{}'],
      ['[null]', '[]'],
    ]) {
      expect(canonicalJson(parseJson(a ?? ''))).not.toBe(canonicalJson(parseJson(b ?? '')))
    }
  })
})
