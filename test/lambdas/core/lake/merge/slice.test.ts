import { DuckDBInstance } from '@duckdb/node-api'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dataFile, newCutKey, newMergedKey } from '../../../../../lambdas/core/lake/merge/data-file.ts'
import {
  finer,
  isSlice,
  overlap,
  partsOf,
  type Slice,
  sliceSql,
  wholeDay,
} from '../../../../../lambdas/core/lake/merge/slice.ts'

const slices: fc.Arbitrary<Slice> = fc
  .integer({ min: 0, max: 8 })
  .chain((log) => fc.record({ index: fc.nat(2 ** log - 1), count: fc.constant(2 ** log) }))

/** The first bytes of ids that are in a slice. */
const bytesIn = ({ index, count }: Slice): number[] =>
  Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => byte % count === index)

test('an id is in the slice that its first byte says, and every other text in one as well', async () => {
  const ids = Array.from({ length: 256 }, (_, byte) => `${byte.toString(16).padStart(2, '0')}${'f'.repeat(30)}`)
  const odd = ['', 'a', 'zz', 'FF', 'fz', 'é1', "'", '\u{1f600}']
  const expected = [...ids.keys(), 0, 160, 0, 0, 240, 1, 0, 0, 0]
  const instance = await DuckDBInstance.create()
  const connection = await instance.connect()
  for (const count of [1, 2, 4, 128, 256]) {
    const texts = [...ids, ...odd].map((id) => `'${id.replaceAll("'", "''")}'`)
    const found = await connection.runAndReadAll(
      `SELECT ${sliceSql(count)} FROM (SELECT unnest([${texts.join(', ')}, NULL]) AS p_row_id)`,
    )
    expect(found.getRows().map(([slice]) => Number(slice))).toEqual(expected.map((byte) => byte % count))
  }
  instance.closeSync()
})

test('slices overlap when an id can be in both, and the finer one lies within the other', () => {
  fc.assert(
    fc.property(slices, slices, (one, other) => {
      const both = bytesIn(one).filter((byte) => bytesIn(other).includes(byte))
      expect(overlap(one, other)).toBe(both.length > 0)
      if (both.length > 0) expect(bytesIn(finer(one, other))).toEqual(both)
    }),
  )
})

test('the parts of a slice are all of it, each byte once', () => {
  fc.assert(
    fc.property(slices, fc.integer({ min: 0, max: 8 }), (slice, log) => {
      const parts = partsOf(slice, Math.max(slice.count, 2 ** log))
      expect(parts.every(isSlice)).toBe(true)
      expect(parts.flatMap(bytesIn).toSorted((a, b) => a - b)).toEqual(bytesIn(slice))
    }),
  )
})

test('the name of a file says its size and slice, whether merged or cut', () => {
  const prefix = 'data/table/dt=2026-06-01/'
  fc.assert(
    fc.property(slices, fc.nat(), (slice, size) => {
      const merged = newMergedKey(prefix, size, slice)
      const isSliced = slice.count > 1
      expect(dataFile(merged)).toEqual({ key: merged, size, isMerged: true, ...(isSliced && { slice }) })
      if (!isSliced) return
      const cut = newCutKey(prefix, size, slice)
      expect(dataFile(cut)).toEqual({ key: cut, size, isMerged: false, slice })
      expect(dataFile(cut, 7)).toMatchObject({ size: 7 })
    }),
  )
  expect(newMergedKey(prefix, 12, wholeDay)).toMatch(/\/merged-12-[0-9a-f-]{36}\.parquet$/)
  expect(newMergedKey(prefix, 12, { index: 3, count: 8 })).toMatch(/\/merged-12-3of8-[0-9a-f-]{36}\.parquet$/)
  expect(newCutKey(prefix, 12, { index: 3, count: 8 })).toMatch(/\/cut-12-3of8-[0-9a-f-]{36}\.parquet$/)
})

test.each([
  'merged-12-3of6-00000000-0000-4000-8000-000000000000',
  'merged-12-8of8-00000000-0000-4000-8000-000000000000',
  'merged-12-0of1-00000000-0000-4000-8000-000000000000',
  'merged-12-0of512-00000000-0000-4000-8000-000000000000',
  'cut-12-00000000-0000-4000-8000-000000000000',
  'merged-12',
  'd41d8cd98f00b204e9800998ecf8427e',
])('%s counts as a file of the writer, which is compared with everything', (name) => {
  const key = `data/table/dt=2026-06-01/${name}.parquet`
  expect(dataFile(key)).toEqual({ key, size: 0, isMerged: false })
})
