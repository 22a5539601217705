import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findEvents } from '../../../../lambdas/core/intake/find-events.ts'

const found = (body: string | Uint8Array, most = 100) => {
  const { events, failures } = findEvents(typeof body === 'string' ? Buffer.from(body) : body, most)
  return {
    events: events.map(({ event, position }) => [position, event]),
    failures: failures.map(({ error, bytes, position }) => [
      position,
      (error as { code?: string }).code,
      Buffer.from(bytes).toString(),
    ]),
  }
}
const deep = `{"a":${'['.repeat(100)}${']'.repeat(100)}}`

describe('findEvents', () => {
  test.each([
    [
      'an array',
      '[{"a":1},{"a":2}]',
      [
        [1, { a: 1 }],
        [2, { a: 2 }],
      ],
    ],
    ['an empty array', '[]', []],
    ['a single object', '{"a":1}', [[undefined, { a: 1 }]]],
    ['a single object over several lines', '\n{\n  "a": 1\n}\n', [[undefined, { a: 1 }]]],
    [
      'one object a line',
      '{"a":1}\n{"a":2}',
      [
        [1, { a: 1 }],
        [2, { a: 2 }],
      ],
    ],
    [
      'lines with CRLF, blanks and a byte order mark',
      '\ufeff{"a":1}\r\n\r\n {"a":2}\r\n',
      [
        [1, { a: 1 }],
        [3, { a: 2 }],
      ],
    ],
    ['an array after a byte order mark and blanks', '\ufeff \n[{"a":1}]', [[1, { a: 1 }]]],
  ])('reads %s', (_what, body, events) => expect(found(body)).toEqual({ events, failures: [] }))

  test('a broken line does not affect its neighbours', () => {
    const body = `{"a":1}\n{"a":\n[1]\n"text"\n${deep}\n{"a":2}\n{"a":`
    expect(found(body)).toEqual({
      events: [
        [1, { a: 1 }],
        [6, { a: 2 }],
      ],
      failures: [
        [2, 'not_json', '{"a":'],
        [3, 'not_object', '[1]'],
        [4, 'not_object', '"text"'],
        [5, 'too_deep', deep],
        [7, 'not_json', '{"a":'],
      ],
    })
  })

  test.each([
    ['whose first line is damaged', '[\n{"a":1}\n{"a":2}', [2, { a: 1 }]],
    ['of an array that was cut', '[{"b":0},\n{"a":1}\n,{"a":', [2, { a: 1 }]],
  ])('lines %s are still events', (_what, body, first) => {
    expect(found(body).events[0]).toEqual(first)
    expect(found(body).failures).not.toEqual([])
  })

  test('an element that is not an object does not affect its neighbours', () => {
    expect(found('[{"a":1},2,null,"x",[],{"b":9007199254740993}]')).toMatchObject({
      events: [
        [1, { a: 1 }],
        [6, {}],
      ],
      failures: [
        [2, 'not_object', '2'],
        [3, 'not_object', 'null'],
        [4, 'not_object', '"x"'],
        [5, 'not_object', '[]'],
      ],
    })
  })

  test('an element nested too deep does not affect its neighbours', () => {
    expect(found(`[{"a":1}, ${deep} ,{"a":2}]`)).toEqual({
      events: [
        [1, { a: 1 }],
        [3, { a: 2 }],
      ],
      failures: [[2, 'too_deep', deep]],
    })
  })

  test.each([
    ['', 'empty'],
    [' \r\n', 'empty'],
    ['\ufeff', 'empty'],
    ['nope', 'not_json'],
    ['nope\nnope', 'not_json'],
    ['[{"a":1},{"a"', 'not_json'],
    ['{"a":1', 'not_json'],
    ['{\n"a":\n', 'not_json'],
    ['7', 'not_object'],
  ])('the body %j is refused as %s', (body, code) => {
    expect(() => found(body)).toThrow(expect.objectContaining({ code }))
  })

  test.each([
    ['an array', '[{},{},{},{}]'],
    ['an array with other values', '[{},1,1,{}]'],
    ['lines', '{}\n{}\n{}\n{}'],
    ['lines, broken ones among them,', '{}\nx\nx\n{}'],
  ])('%s may hold as many events as allowed, and no more', (_what, body) => {
    expect(() => found(body, 3)).toThrow(
      expect.objectContaining({ code: 'too_large', message: expect.stringMatching(/send fewer/) }),
    )
    expect(Object.values(found(body, 4)).flat()).toHaveLength(4)
  })

  test('of broken lines alone no more are looked at than allowed', () => {
    expect(() => found('x\nx\nx\n{}', 3)).toThrow(expect.objectContaining({ code: 'not_json' }))
  })

  test('bytes that are not UTF-8 fail only their line', () => {
    const body = Buffer.concat([Buffer.from('{"a":1}\n{"b":"'), Buffer.from([0xff]), Buffer.from('"}\n{"a":2}')])
    const { events, failures } = findEvents(body, 3)
    expect(events.map(({ event }) => event)).toEqual([{ a: 1 }, { a: 2 }])
    expect(failures).toMatchObject([{ position: 2, error: { code: 'invalid_utf8' } }])
  })

  test('an array and lines of the same events give the same result', () => {
    fc.assert(
      fc.property(fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { minLength: 2 }), (events) => {
        const texts = events.map((event) => JSON.stringify(event))
        expect(found(`[${texts.join(',')}]`)).toEqual(found(texts.join('\n')))
      }),
    )
  })
})
