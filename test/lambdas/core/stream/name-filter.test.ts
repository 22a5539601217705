import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createNameFilter } from '../../../../lambdas/core/stream/name-filter.ts'

const segment = fc.string({ unit: fc.constantFrom(...'abc_. +%', '_check'), maxLength: 10 })
const prefix = fc.array(segment, { maxLength: 3 }).map((segments) => segments.map((one) => `${one}/`).join(''))
const ending = fc.constantFrom('.json.log.gz', '.json.gz')
const verdict = createNameFilter(['_check', 'tmp'])

test('a last segment that equals a filter or begins with it is excluded, whatever comes before and after', () => {
  fc.assert(
    fc.property(prefix, fc.constantFrom('_check', 'tmp'), fc.oneof(segment, ending), (before, filter, after) => {
      expect(verdict(before + filter + after)).toBe('excluded')
    }),
  )
})

test('a filter elsewhere in the name excludes nothing', () => {
  fc.assert(
    fc.property(prefix, segment, ending, (before, last, after) => {
      fc.pre(!last.startsWith('_check'))
      expect(verdict(`_check/${before}${last}${after}`)).toBe('read')
      expect(verdict(`${before}x_check${last}${after}`)).toBe('read')
    }),
  )
})

test.each([
  ['2026/01/15/10/30/5f1b.json.log.gz', 'read'],
  ['a.json.gz', 'read'],
  ['.json.gz', 'read'],
  ['a.json', 'ignored'],
  ['a.json.log', 'ignored'],
  ['a.JSON.GZ', 'ignored'],
  ['a.json.gz.tmp', 'ignored'],
  ['a.json.gz/', 'ignored'],
  ['', 'ignored'],
])('%s: %s', (name, expected) => expect(verdict(name)).toBe(expected))

test('without filters nothing is excluded', () => {
  expect(createNameFilter([])('_check.json.gz')).toBe('read')
  expect(createNameFilter([])('_check')).toBe('ignored')
})
