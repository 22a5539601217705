import { describe, expect, test } from 'vitest'
import {
  beginningOf,
  bytesText,
  copiedParts,
  counted,
  exactTime,
  minuteText,
  rateText,
  timeText,
  tookText,
} from '../../../console/page/format.ts'

describe('numbers and times for people', () => {
  test.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_000, '1.0 kB'],
    [12_400_000, '12.4 MB'],
    [999_999_999, '1000 MB'],
    [5e15, '5000 TB'],
  ])('%d bytes are %s', (bytes, text) => {
    expect(bytesText(bytes)).toBe(text)
  })

  test.each([
    [0, '0'],
    [0.04, '0.0'],
    [2.25, '2.3'],
    [81, '81'],
    [1_234.5, '1,235'],
  ])('a rate of %d is %s', (rate, text) => {
    expect(rateText(rate)).toBe(text)
  })

  test('times are UTC, and one that no calendar holds breaks nothing', () => {
    const time = Date.UTC(2026, 0, 15, 9, 5, 7, 42)
    expect(timeText(time)).toBe('2026-01-15 09:05:07')
    expect(minuteText(time)).toBe('01-15 09:05')
    expect(exactTime(time)).toBe('2026-01-15 09:05:07.042 UTC')
    for (const wrong of [Number.NaN, Number.MAX_VALUE, Number.NEGATIVE_INFINITY])
      expect(timeText(wrong)).toMatch(/^1970/)
  })

  test('spans of a request, and counts with their noun', () => {
    expect([85.4, 1_240, 61_000].map(tookText)).toEqual(['85 ms', '1.2 s', '61 s'])
    expect([counted(1, 'row'), counted(12_000, 'row')]).toEqual(['1 row', '12,000 rows'])
  })
})

describe('the beginning of a text', () => {
  test('is the text where it is short', () => {
    expect(beginningOf('abc', 3)).toEqual({ shown: 'abc', rest: 0 })
  })

  test('never ends within a character', () => {
    expect(beginningOf('ab\u{1f512}cd', 3)).toEqual({ shown: 'ab', rest: 4 })
  })
})

test.each([
  ['Put it in: npm run connect -- slack-audit', ['npm run connect -- slack-audit']],
  ['Check it: npm run verify -- --ops-bucket b x.', ['npm run verify -- --ops-bucket b x']],
  [
    'It is in arn:aws:secretsmanager:eu-central-1:111122223333:secret:auditlake/a-Xy: npm run connect -- a',
    ['arn:aws:secretsmanager:eu-central-1:111122223333:secret:auditlake/a-Xy', 'npm run connect -- a'],
  ],
  [
    'Read (arn:aws-us-gov:s3:::bucket/key).\nThen npm run status\nand wait',
    ['arn:aws-us-gov:s3:::bucket/key', 'npm run status'],
  ],
  ['It is tried again by itself', []],
])('of "%s" a person can copy %j', (text, copied) => {
  const parts = copiedParts(text)
  expect(parts.filter(({ isCopied }) => isCopied).map((part) => part.text)).toEqual(copied)
  expect(parts.map((part) => part.text).join('')).toBe(text)
})
