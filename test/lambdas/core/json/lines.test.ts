import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LineSplitter, maxLineBytes } from '../../../../lambdas/core/json/lines.ts'

/** Splits text that arrives in chunks of the given sizes, the last size repeating. */
function split(text: string, sizes: readonly number[] = [text.length || 1]): [number, string][] {
  const splitter = new LineSplitter()
  const bytes = Buffer.from(text)
  const lines = []
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[Math.min(i, sizes.length - 1)] ?? 1
    lines.push(...splitter.push(bytes.subarray(at, at + size)))
    at += size
  }
  lines.push(...splitter.end())
  return lines.map(({ number, bytes: line }) => [number, Buffer.from(line).toString()])
}

describe('LineSplitter', () => {
  test('counts blank lines but does not return them', () => {
    expect(split('a\n\n \t\r\nb\r\nc')).toEqual([
      [1, 'a'],
      [4, 'b'],
      [5, 'c'],
    ])
    expect(split('')).toEqual([])
    expect(split('\n\n')).toEqual([])
  })

  test('says what has ended: blank lines count, and a line without its break does not', () => {
    const splitter = new LineSplitter(100, { lines: 5, bytes: 50 })
    splitter.push(Buffer.from('a\n\n\r\nbc'))
    expect(splitter.done).toEqual({ lines: 8, bytes: 55 })
    expect(Buffer.from(splitter.rest).toString()).toBe('bc')
    splitter.push(Buffer.from('d\n'))
    expect(splitter.done).toEqual({ lines: 9, bytes: 59 })
  })

  test('does not depend on the borders of chunks', () => {
    const text = fc
      .array(fc.constantFrom('a', '{"é":1}', '\n', '\r\n', ' ', '😀'), { maxLength: 30 })
      .map((parts) => parts.join(''))
    const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 })
    fc.assert(
      fc.property(text, sizes, (whole, chunks) => {
        expect(split(whole, chunks)).toEqual(split(whole))
      }),
    )
  })

  test('tolerates a reused buffer', () => {
    const splitter = new LineSplitter()
    const buffer = Buffer.from('abc')
    splitter.push(buffer)
    buffer.fill('x')
    expect(splitter.push(Buffer.from('d\n')).map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(['abcd'])
  })

  test('cuts a line that is too long and keeps its neighbours', () => {
    const splitter = new LineSplitter()
    const chunk = Buffer.alloc(3_000_000, 'x')
    const lines = [
      ...splitter.push(Buffer.from('a\n')),
      ...[1, 2, 3].flatMap(() => splitter.push(chunk)),
      ...splitter.push(Buffer.from('\nb\n')),
    ]
    expect(lines.map(({ number, cut, bytes }) => [number, cut, bytes.length])).toEqual([
      [1, false, 1],
      [2, true, maxLineBytes],
      [3, false, 1],
    ])
  })
})
