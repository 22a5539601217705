import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type DataFile,
  filesToMerge,
  isClosed,
  largeFrom,
  mostRewritten,
} from '../../../../../lambdas/core/lake/merge/choose-files.ts'

const megabyte = 1_048_576

let number = 0
const fresh = (size = 0.05): DataFile => ({ key: `file ${number++}`, size: size * megabyte, isMerged: false })
const merged = (size: number): DataFile => ({ key: `file ${number++}`, size: size * megabyte, isMerged: true })

test.each([
  ['nothing', [], false],
  ['one merged file', [merged(3)], false],
  ['merged files of an open day', [merged(3), merged(5), merged(90)], false],
  ['one small file of a closed day beside large ones', [merged(130), merged(200), merged(3)], true],
])('%s is left alone', (_what, files, closed) => {
  expect(filesToMerge(files, closed)).toEqual([])
})

test('a single file of the writer is merged, because rows can repeat within it', () => {
  const files = [merged(20), fresh()]
  expect(filesToMerge(files, false)).toEqual(files.slice(1))
})

test('files of the writer take merged ones along that are not much larger, in the order of the list', () => {
  const [large, medium, small, a, b] = [merged(60), merged(2.5), merged(1), fresh(0.5), fresh(0.5)]
  expect(filesToMerge([large, medium, small, a, b], false)).toEqual([medium, small, a, b])
})

test('of a closed day everything is taken that is not large', () => {
  const files = [merged(128), merged(100), merged(5), fresh()]
  expect(filesToMerge(files, true)).toEqual(files.slice(1))
})

test('a day is closed two hours after its end', () => {
  const end = Date.UTC(2026, 5, 2, 2)
  expect(isClosed('2026-06-01', end - 1)).toBe(false)
  expect(isClosed('2026-06-01', end)).toBe(true)
})

test('however files arrive, a day has few of them and each byte is rewritten a few times only', () => {
  const arrivals = fc.array(fc.float({ min: Math.fround(0.01), max: 40, noNaN: true }), {
    minLength: 1,
    maxLength: 300,
  })
  fc.assert(
    fc.property(arrivals, (sizes) => {
      let files: DataFile[] = []
      let rewritten = 0
      for (const [index, size] of sizes.entries()) {
        files.push(fresh(size))
        if (index % 10 < 9 && index < sizes.length - 1) continue
        for (let chosen = filesToMerge(files, false); chosen.length > 0; chosen = filesToMerge(files, false)) {
          const bytes = chosen.reduce((sum, file) => sum + file.size, 0)
          expect(bytes).toBeLessThanOrEqual(mostRewritten)
          rewritten += bytes
          files = [...files.filter((file) => !chosen.includes(file)), merged(bytes / megabyte)]
        }
        expect(files.filter((file) => file.size < largeFrom).length).toBeLessThanOrEqual(10)
      }
      const total = sizes.reduce((sum, size) => sum + size, 0) * megabyte
      expect(rewritten / total).toBeLessThan(12)
      // Over, the day is rewritten once more.
      for (let chosen = filesToMerge(files, true); chosen.length > 0; chosen = filesToMerge(files, true)) {
        files = [
          ...files.filter((file) => !chosen.includes(file)),
          merged(chosen.reduce((sum, file) => sum + file.size, 0) / megabyte),
        ]
      }
      expect(files.filter(({ size }) => size < largeFrom).length).toBeLessThanOrEqual(1)
      for (const { size } of files) expect(size).toBeLessThanOrEqual(mostRewritten)
    }),
  )
})
