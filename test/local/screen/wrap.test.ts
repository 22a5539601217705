import fc from 'fast-check'
import { expect, test } from 'vitest'
import { columnsOf, wrapped } from '../../../local/screen/wrap.ts'

const words = fc.array(fc.stringMatching(/^[a-z0-9:/.-]{1,30}$/), { maxLength: 40 })

test('every word of a text is there, whole and in order, and lines with several words fit', () => {
  fc.assert(
    fc.property(words, fc.integer({ min: 10, max: 60 }), (all, width) => {
      const lines = wrapped(all.join(' '), width, '  ')
      expect(lines.join(' ').split(/ +/).filter(Boolean)).toEqual(all)
      for (const line of lines.filter((line) => line.trim().includes(' '))) {
        expect(columnsOf(line)).toBeLessThanOrEqual(width)
      }
    }),
  )
})

test('a command at the end is not broken, unless it is wider than the screen', () => {
  const text = 'put it in with npm run connect, as here: npm run connect -- --data /tmp/x gh-audit'
  expect(wrapped(text, 50, '  ', '')).toEqual([
    'put it in with npm run connect, as here:',
    '  npm run connect -- --data /tmp/x gh-audit',
  ])
  expect(wrapped(text, 20).every((line) => line.length <= 20)).toBe(true)
})

test('an empty text has no line', () => {
  expect(wrapped(' ', 20, '  ')).toEqual([])
})
