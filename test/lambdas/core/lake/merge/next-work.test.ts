import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type DataFile, largeFrom, mostRewritten } from '../../../../../lambdas/core/lake/merge/choose-files.ts'
import {
  bySlice,
  bytesOf,
  isFresh,
  nextWork,
  sliceOf,
  slicesFor,
  usualBounds,
} from '../../../../../lambdas/core/lake/merge/next-work.ts'
import type { Slice } from '../../../../../lambdas/core/lake/merge/slice.ts'

const megabyte = 1_048_576
const gigabyte = 1_024 * megabyte

let number = 0
const file = (size: number, isMerged: boolean, slice?: Slice): DataFile => ({
  key: `file ${number++}`,
  size: size * megabyte,
  isMerged,
  ...(slice && { slice }),
})
const fresh = (size = 0.05): DataFile => file(size, false)
const merged = (size: number, slice?: Slice): DataFile => file(size, true, slice)
const cut = (size: number, slice: Slice): DataFile => file(size, false, slice)

/** Large files that make a day larger than one merge compares with. */
const sliced = (): DataFile[] => Array.from({ length: 5 }, () => merged(250))
const [even, odd] = [0, 1].map((index) => ({ index, count: 2 })) as [Slice, Slice]

test('a day is sliced when its merged files are more than a gigabyte, by the next power of two', () => {
  const day = (gigabytes: number) => [merged(gigabytes * 1_024)]
  expect([0, 1, 1.01, 2, 2.01, 65, 1_000].map((size) => slicesFor(day(size), 0, usualBounds))).toEqual([
    1, 1, 2, 2, 4, 64, 64,
  ])
  expect(slicesFor([fresh(5_000)], 0, usualBounds)).toBe(1)
  // Eight days of a gigabyte are compared in one piece as well.
  expect([8, 9, 512].map((size) => slicesFor(day(1), size * gigabyte, usualBounds))).toEqual([1, 2, 64])
})

test("of a sliced day the writer's files are cut, with small merged ones that hold any row", () => {
  const [small, new1, new2] = [merged(20), fresh(), fresh()]
  const large = sliced()
  expect(nextWork([...large, small, new1, new2], false)).toEqual({ files: [small, new1, new2], isCut: true })
  expect(nextWork([...large, small], false)).toBeUndefined()
})

test.each([
  ['with few cut bytes of a slice', () => [cut(63, even), cut(40, odd)], false, undefined],
  ['with 64 MB of a slice', () => [cut(63, even), cut(40, odd), cut(1, even)], false, [0, 2]],
  ['with 64 files of a slice', () => Array.from({ length: 64 }, () => cut(0.1, odd)), false, [...Array(64).keys()]],
  ['with a few cut bytes, when it is over', () => [cut(1, odd)], true, [0]],
  ['with small merged files of a slice', () => [cut(64, odd), merged(100, odd), merged(3, even)], false, [0, 1]],
  ['with four small merged files', () => Array.from({ length: 4 }, () => merged(9, odd)), true, undefined],
  ['with five small merged files', () => Array.from({ length: 5 }, () => merged(9, odd)), true, [0, 1, 2, 3, 4]],
  ['with slices of another count', () => [cut(40, odd), cut(40, { index: 1, count: 4 })], false, undefined],
])('a sliced day %s', (_what, files, closed, expected) => {
  const some = files()
  const work = nextWork([...sliced(), ...some], closed)
  expect(work?.files).toEqual(expected?.map((at) => some[at]))
  expect(work?.isCut ?? false).toBe(false)
})

test("a slice is merged before the writer's files are cut, unless those are many bytes", () => {
  const ready = [cut(70, odd), cut(80, even)]
  const few = [...sliced(), ...ready, fresh(100)]
  expect(nextWork(few, false)).toEqual({ files: ready.slice(1), isCut: false })
  const many = [...few, fresh(100)]
  expect(nextWork(many, false)).toEqual({ files: many.slice(-2), isCut: true })
})

test('cut files of a day that is small are merged as well', () => {
  const files = [merged(5), cut(1, odd)]
  expect(nextWork(files, false)).toBeUndefined()
  expect(nextWork(files, true)).toEqual({ files: files.slice(1), isCut: false })
})

/** Does in names and sizes what a merge does. */
function done(files: readonly DataFile[], closed: boolean): DataFile[] | undefined {
  const work = nextWork(files, closed)
  if (work === undefined) return undefined
  expect(work.files.length).toBeGreaterThan(0)
  expect(bySlice(work.files).size).toBe(1)
  const size = bytesOf(work.files) / megabyte
  const rest = files.filter((one) => !work.files.includes(one))
  if (!work.isCut) {
    const [first] = work.files
    return [...rest, merged(size, first?.slice)]
  }
  expect(work.files.every(({ slice }) => slice === undefined)).toBe(true)
  const count = Math.max(2, slicesFor(files, 0, usualBounds))
  return [...rest, ...Array.from({ length: count }, (_, index) => cut(size / count, { index, count }))]
}

test('however a day grows over the bounds, it comes to an end with few files, and each merge is small', () => {
  const portions = fc.array(fc.float({ min: 1, max: 600, noNaN: true }), { minLength: 1, maxLength: 60 })
  fc.assert(
    fc.property(portions, fc.array(fc.float({ min: 0, max: 5, noNaN: true }), { maxLength: 5 }), (sizes, late) => {
      let files: DataFile[] = []
      let rewritten = 0
      const work = (closed: boolean) => {
        for (let steps = 0; ; steps++) {
          expect(steps).toBeLessThan(3_000)
          const next = nextWork(files, closed)
          if (next === undefined) return
          expect(bytesOf(next.files)).toBeLessThanOrEqual(mostRewritten)
          rewritten += bytesOf(next.files)
          files = done(files, closed) ?? files
        }
      }
      for (const size of sizes) {
        files.push(...Array.from({ length: 12 }, () => fresh(size / 12)))
        work(false)
        for (const slice of bySlice(files).values())
          expect(slice.filter(({ size }) => size < largeFrom).length).toBeLessThan(80)
      }
      const total = bytesOf(files)
      expect(rewritten / total).toBeLessThan(13)
      for (const size of [0, ...late]) {
        if (size > 0) files.push(fresh(size))
        work(true)
        expect(files.some(isFresh)).toBe(false)
        expect(files.every(({ isMerged }) => isMerged)).toBe(true)
        const small = files.filter((one) => one.size < largeFrom)
        for (const slice of bySlice(small).values()) expect(slice.length).toBeLessThanOrEqual(4)
        expect(small.length).toBeLessThanOrEqual(4 * (1 + 2 * Math.max(...files.map((one) => sliceOf(one).count))))
      }
    }),
    { numRuns: 40 },
  )
})
