import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { auditStream } from '../../../simulators/github/audit-stream.ts'
import { type LargeFile, largeFile } from '../../../simulators/github/audit-stream-large.ts'
import { readStreamObjects } from '../../support/stream-reader.ts'

const now = Date.UTC(2026, 0, 15, 10, 30)
const stream = auditStream({ seed: 1 })

const bodyOf = async ({ content }: LargeFile) => Buffer.concat(await content().toArray())

test('50 MB hold what is promised, and stay large when they are compressed', async () => {
  const file = largeFile(stream, { now })
  const body = await bodyOf(file)
  expect(gunzipSync(body).length).toBeGreaterThanOrEqual(52_428_800)
  expect(body.length).toBeGreaterThan(20_000_000)
  expect(readStreamObjects([{ name: file.name, body }])).toEqual(file.expected)
})

test('without noise the file compresses well', async () => {
  const file = largeFile(stream, { now, bytes: 2_000_000, noise: 0 })
  const body = await bodyOf(file)
  expect(body.length).toBeLessThan(400_000)
  expect(readStreamObjects([{ name: file.name, body }])).toEqual(file.expected)
})

test('the same seed gives the same bytes, another one other events', async () => {
  const options = { now, bytes: 300_000 }
  const file = largeFile(stream, options)
  expect((await bodyOf(file)).equals(await bodyOf(file))).toBe(true)
  expect((await bodyOf(largeFile(auditStream({ seed: 1 }), options))).equals(await bodyOf(file))).toBe(true)
  const others = largeFile(auditStream({ seed: 2 }), options).expected.events
  expect([...file.expected.events.keys()].filter((id) => others.has(id))).toEqual([])
})
