import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { keyOfPath, objectPath, pathOfKey } from '../../../../local/aws/s3/object-path.ts'

const key = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 300 }),
  fc
    .array(
      fc.oneof(fc.constantFrom('', '.', '..', '%', '%2E', '%-', '%+', 'a', 'A', ' ', 'é', '\u0000'), fc.string()),
      {
        minLength: 1,
      },
    )
    .map((segments) => segments.join('/')),
)

test('a key maps to a path, and the path back to the key', () => {
  fc.assert(
    fc.property(key, (original) => {
      expect(keyOfPath(pathOfKey(original))).toBe(original)
    }),
  )
})

test('no key leaves its bucket, and every name is valid in any file system', () => {
  fc.assert(
    fc.property(key, (original) => {
      const path = pathOfKey(original)
      expect(objectPath('/data', 'lake', original)).toBe(join('/data/lake', path))
      for (const name of path.split('/')) {
        expect(name).toMatch(/^[a-z0-9\-_.=+,@~()%A-F]+$/)
        expect(name).not.toMatch(/^\.{1,2}$/)
        expect(name.length).toBeLessThan(256)
      }
    }),
  )
})

test('different keys never share a path, even without case', () => {
  fc.assert(
    fc.property(key, key, (a, b) => {
      fc.pre(a !== b)
      expect(pathOfKey(a).toLowerCase()).not.toBe(pathOfKey(b).toLowerCase())
    }),
  )
  expect(pathOfKey('Z').toLowerCase()).not.toBe(pathOfKey('z').toLowerCase())
})

test("the lake's own keys are their own paths", () => {
  const lakeKey = 'data/github_webhook/dt=2026-11-20/0f3a_9.parquet'
  expect(pathOfKey(lakeKey)).toBe(lakeKey)
})

test.each(['.DS_Store', 'a/../b', 'a//b', 'abc%', '%61', '%c3%a9', 'é'])('the file %s belongs to no key', (path) => {
  expect(keyOfPath(path)).toBeUndefined()
})
