import fc from 'fast-check'

/** Texts that readers of JSON, forms, HTTP and SQL may stumble over. */
const hostile = [
  '\u0000',
  '\ufeff',
  '\u2028',
  '\u202e',
  '&payload=%7B%22action%22%3A%22deleted%22%7D',
  'payload=',
  '{"__proto__":{"admin":true}}',
  '"},{"',
  ',',
  '\n',
  '[',
  ']]',
  '{"a":',
  '1e400',
  '9'.repeat(40),
  '"\\ud800"',
  '\\u0000',
  "'; drop table github_audit; --",
  '\u001b[2J',
].map((text) => Buffer.from(text))

const gzipStart = Buffer.from([0x1f, 0x8b, 8, 0])

/** A change of bytes. Its place is a share of the length, so that it fits any input. */
export type ByteChange =
  | { readonly change: 'replace'; readonly place: number; readonly value: number }
  | { readonly change: 'insert'; readonly place: number; readonly hex: string }
  | { readonly change: 'remove'; readonly place: number; readonly length: number }
  | { readonly change: 'cut'; readonly place: number }
  | { readonly change: 'double' }

const place = fc.double({ min: 0, max: 1, noNaN: true })
const hex = fc.oneof(
  fc.constantFrom(...[...hostile, gzipStart].map((bytes) => bytes.toString('hex'))),
  fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes).toString('hex')),
)

/** Changes of bytes as cut, damaged or hostile input has them. */
export const byteChange: fc.Arbitrary<ByteChange> = fc.oneof(
  fc.record({ change: fc.constant('replace' as const), place, value: fc.nat(255) }),
  fc.record({ change: fc.constant('insert' as const), place, hex }),
  fc.record({ change: fc.constant('remove' as const), place, length: fc.nat(40) }),
  fc.record({ change: fc.constant('cut' as const), place }),
  fc.constant({ change: 'double' as const }),
)

/** The bytes with the changes, one after another. */
export const changed = (bytes: Uint8Array, changes: readonly ByteChange[]): Buffer =>
  changes.reduce<Buffer>(withChange, Buffer.from(bytes))

function withChange(bytes: Buffer, change: ByteChange): Buffer {
  const at = Math.floor('place' in change ? change.place * bytes.length : bytes.length)
  const before = bytes.subarray(0, at)
  switch (change.change) {
    case 'replace':
      return Buffer.concat([before, Buffer.from([change.value]), bytes.subarray(at + 1)])
    case 'insert':
      return Buffer.concat([before, Buffer.from(change.hex, 'hex'), bytes.subarray(at)])
    case 'remove':
      return Buffer.concat([before, bytes.subarray(at + change.length)])
    case 'cut':
      return before
    case 'double':
      return Buffer.concat([before, before])
  }
}
