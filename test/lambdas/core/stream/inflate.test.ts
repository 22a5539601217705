import { gunzipSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { StoreError } from '../../../../lambdas/core/errors.ts'
import { inflated } from '../../../../lambdas/core/stream/inflate.ts'

/** The bytes in parts whose sizes come from the list, again and again. */
async function* inParts(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? bytes.length
    yield bytes.subarray(at, at + size)
    at += size
  }
}

/** All that comes out, and the error that ends it. */
async function outputOf(bytes: Uint8Array, sizes: readonly number[] = [bytes.length || 1]) {
  const parts: Uint8Array[] = []
  try {
    for await (const part of inflated(() => inParts(bytes, sizes))) parts.push(Buffer.from(part))
    return { text: Buffer.concat(parts), error: undefined }
  } catch (error) {
    return { text: Buffer.concat(parts), error }
  }
}

const damaged = expect.objectContaining({
  name: 'RecordError',
  code: 'bad_encoding',
  message: expect.stringMatching(/^the gzip data are damaged, near byte \d+ of the object$/),
})
const cut = expect.objectContaining({
  name: 'RecordError',
  code: 'bad_encoding',
  message: expect.stringMatching(/^the gzip data end too early, near byte \d+ of the object$/),
})

const sizes = fc.array(fc.integer({ min: 1, max: 40_000 }), { minLength: 1, maxLength: 5 })
/** Texts from tiny ones to some that take several steps, both compressible and not. */
const text = fc
  .record({
    beginning: fc.uint8Array({ maxLength: 2_000 }),
    seed: fc.nat(),
    length: fc.constantFrom(0, 10, 3_000, 40_000),
    variety: fc.constantFrom(3, 60, 256),
  })
  .map(({ beginning, seed, length, variety }) => {
    let state = seed | 1
    const noise = Array.from({ length }, () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7f_ff_ff_ff
      return 32 + ((state >> 12) % variety)
    })
    return Buffer.concat([beginning, Buffer.from(noise)])
  })
const level = fc.constantFrom(0, 1, 6, 9)

/** What the plainest of all readers makes of a prefix: one call, which gives out everything before its end. */
const inflatedPrefix = (bytes: Uint8Array): Buffer => gunzipSync(bytes, { finishFlush: 2 })

test('compressed bytes give the text, whatever the sizes of their parts', async () => {
  await fc.assert(
    fc.asyncProperty(text, level, sizes, async (whole, how, parts) => {
      expect(await outputOf(gzipSync(whole, { level: how }), parts)).toEqual({ text: whole, error: undefined })
    }),
    { numRuns: 60 },
  )
})

test('plain bytes come out as they are', async () => {
  await fc.assert(
    fc.asyncProperty(text, sizes, async (whole, parts) => {
      const plain = Buffer.concat([Buffer.from('{'), whole])
      expect(await outputOf(plain, parts)).toEqual({ text: plain, error: undefined })
    }),
    { numRuns: 30 },
  )
})

test.each([
  ['nothing', Buffer.alloc(0)],
  ['an empty member', gzipSync('')],
])('%s gives nothing, without an error', async (_what, bytes) => {
  expect(await outputOf(bytes)).toEqual({ text: Buffer.alloc(0), error: undefined })
})

test('the text of several members is joined, wherever they meet', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(text, { minLength: 2, maxLength: 4 }), sizes, async (texts, parts) => {
      const members = Buffer.concat(texts.map((one) => gzipSync(one)))
      expect(await outputOf(members, parts)).toEqual({ text: Buffer.concat(texts), error: undefined })
    }),
    { numRuns: 30 },
  )
})

test('all that can be read before a cut is given out, and the cut is an error that names the place', async () => {
  await fc.assert(
    fc.asyncProperty(
      text,
      level,
      sizes,
      fc.double({ min: 0, max: 1, noNaN: true }),
      async (whole, how, parts, share) => {
        const bytes = gzipSync(whole, { level: how })
        const start = bytes.subarray(0, 1 + Math.floor(share * (bytes.length - 2)))
        const { text: given, error } = await outputOf(start, parts)
        expect(error).toEqual(cut)
        expect(given.equals(inflatedPrefix(start))).toBe(true)
        expect(whole.subarray(0, given.length).equals(given)).toBe(true)
      },
    ),
    { numRuns: 100 },
  )
})

/** The longest text that any beginning of damaged bytes gives. */
function readableBefore(bytes: Uint8Array): Buffer {
  let [good, bad] = [0, bytes.length + 1]
  const isGood = (end: number) => {
    try {
      return inflatedPrefix(bytes.subarray(0, end))
    } catch {
      return undefined
    }
  }
  while (bad - good > 1) {
    const middle = (good + bad) >> 1
    if (isGood(middle)) good = middle
    else bad = middle
  }
  return isGood(good) ?? Buffer.alloc(0)
}

test('all that can be read before a wrong bit is given out, as one byte after the other would give it', async () => {
  let damages = 0
  await fc.assert(
    fc.asyncProperty(text, level, sizes, fc.nat(), async (whole, how, parts, at) => {
      const bytes = Buffer.from(gzipSync(whole, { level: how }))
      const bit = 16 + (at % (8 * bytes.length - 16))
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      const { text: given, error } = await outputOf(bytes, parts)
      // A wrong bit in the header can change unused fields; one in the lengths can make the bytes end too early.
      if (error === undefined) {
        expect(given.equals(whole)).toBe(true)
        return
      }
      expect([damaged, cut]).toContainEqual(error)
      const isDamage = error instanceof Error && error.message.includes('damaged')
      if (isDamage) damages++
      expect(given.equals(isDamage ? readableBefore(bytes) : inflatedPrefix(bytes))).toBe(true)
    }),
    { numRuns: 50 },
  )
  expect(damages).toBeGreaterThan(15)
})

test.each([1, 100, 16_384, 50_000])('%i zero bytes after the last member are padding', async (length) => {
  const text = Buffer.from('{"a":1}\n'.repeat(100))
  const padded = Buffer.concat([gzipSync(text), Buffer.alloc(length)])
  expect(await outputOf(padded)).toEqual({ text, error: undefined })
  expect(await outputOf(padded, [7])).toEqual({ text, error: undefined })
})

test.each([1, 100, 16_384, 50_000])('bytes after %i zeros are not taken for padding', async (length) => {
  const text = Buffer.from('{"a":1}\n'.repeat(100))
  const more = Buffer.concat([gzipSync(text), Buffer.alloc(length), gzipSync('more')])
  expect(await outputOf(more)).toEqual({ text, error: damaged })
  expect(await outputOf(more, [7])).toEqual({ text, error: damaged })
})

test.each([
  ['text', Buffer.from('trailing garbage')],
  ['half a member', gzipSync('another').subarray(0, 12)],
])('all of the text is given out before %s at the end of the bytes', async (_what, garbage) => {
  const text = Buffer.from('{"a":1}\n'.repeat(100))
  for (const parts of [[1], [1_000], [100_000]]) {
    const { text: given, error } = await outputOf(Buffer.concat([gzipSync(text), garbage]), parts)
    expect(given.subarray(0, text.length).equals(text)).toBe(true)
    expect(error).toMatchObject({ code: 'bad_encoding' })
  }
})

test('an error of the store is passed on, from the first reading as from that after a damage', async () => {
  const bytes = Buffer.from(gzipSync('x'.repeat(100_000), { level: 0 }))
  bytes.fill(0xff, 70_000)
  const broken = new StoreError('the connection broke')
  let readings = 0
  const readAll = async (breaksIn: number) => {
    readings = 0
    let length = 0
    const read = async function* () {
      const isLast = ++readings === breaksIn
      yield bytes.subarray(0, 40_000)
      if (isLast) throw broken
      yield bytes.subarray(40_000)
    }
    for await (const part of inflated(read)) length += part.length
    return length
  }
  await expect(readAll(1)).rejects.toBe(broken)
  await expect(readAll(2)).rejects.toBe(broken)
  expect(readings).toBe(2)
  await expect(readAll(3)).rejects.toEqual(damaged)
})

test('a reader that stops early closes the object', async () => {
  let closed = false
  const read = async function* () {
    try {
      for (;;) yield gzipSync('x'.repeat(100_000))
    } finally {
      closed = true
    }
  }
  for await (const _part of inflated(read)) break
  expect(closed).toBe(true)
})

test('what is held at a time does not grow with the text', async () => {
  const piece = gzipSync(Buffer.alloc(16_000_000, '{"a":1}\n'))
  const pieces = 64
  let fed = 0
  const read = async function* () {
    for (; fed < pieces; fed++) yield piece
  }
  let total = 0
  let mostAhead = 0
  for await (const part of inflated(read)) {
    total += part.length
    mostAhead = Math.max(mostAhead, fed * 16_000_000 - total)
  }
  expect(total).toBe(pieces * 16_000_000)
  // Nothing is fed before the text of what was fed has been taken, but for one step and the parts in it.
  expect(mostAhead).toBeLessThan(40_000_000)
})
