import { expect, test } from 'vitest'
import { barsOf } from '../../../../console/page/components/bars.ts'
import { widthOf, windowOf } from '../../../../console/page/components/columns.ts'

test.each([
  ['at the top', 0, [0, 30]],
  ['in the middle', 28_000, [988, 1_030]],
  ['at the end', 10_000 * 28 - 504, [9_970, 10_000]],
  ['beyond the end, as while rows become fewer', 1e9, [9_988, 10_000]],
])('of ten thousand rows some are drawn %s', (_, top, rows) => {
  expect(windowOf(10_000, 28, top, 504)).toEqual(rows)
})

test('few rows are all drawn', () => {
  expect(windowOf(3, 28, 0, 504)).toEqual([0, 3])
  expect(windowOf(0, 28, 0, 504)).toEqual([0, 0])
})

test('a column is as wide as its longest text, up to a limit', () => {
  expect(widthOf('n', ['1', '12345'], String)).toBe(5)
  expect(widthOf('a long title', [''], String)).toBe(13)
  expect(widthOf('n', ['x'.repeat(5_000_000)], String)).toBe(48)
})

test('a single event beside thousands is a pixel high, and none is no bar', () => {
  expect(barsOf([0, 1, 10_000], 30, 20)).toBe('M10.00 19.00h8.00V20h-8.00zM20.00 0.00h8.00V20h-8.00z')
  expect(barsOf([], 30, 20)).toBe('')
})
