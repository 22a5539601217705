import fc from 'fast-check'
import { expect, test } from 'vitest'
import { visible } from '../../../schemas/compiler/visible.ts'
import { hiddenCharacters } from '../../support/hostile-text.ts'

test.each([
  ['a terminal sequence', '\u001b]0;title\u0007', '\\u001b]0;title\\u0007'],
  ['its form in C1', 'a\u009b2Jb', 'a\\u009b2Jb'],
  ['DEL', '\u007f', '\\u007f'],
  ['a change of direction', 'user\u202egpj.exe', 'user\\u202egpj.exe'],
  ['separators of lines', 'a\u2028b\u2029c', 'a\\u2028b\\u2029c'],
  ['line breaks and tabs', 'a\r\n\tb', 'a\\r\\n\\tb'],
  ['a mark of invisible text', '\u{e0041}', '\\udb40\\udc41'],
  ['what people read', 'Ärger, 組織 & 😀 \\u001b', 'Ärger, 組織 & 😀 \\u001b'],
])('%s', (_, text, shown) => {
  expect(visible(text)).toBe(shown)
})

const anyText = fc.string({ unit: 'binary' })

test('no hidden character is left, and what is visible stays', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      expect(visible(text)).not.toMatch(hiddenCharacters)
      expect(visible(visible(text))).toBe(visible(text))
    }),
  )
})

test('a line of JSON keeps its value', () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
      const text = JSON.stringify(value)
      expect(JSON.parse(visible(text))).toEqual(JSON.parse(text))
    }),
  )
})
