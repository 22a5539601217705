import { crc32, deflateRawSync, constants as zlib } from 'node:zlib'
import type { AuditStream, Occurrence } from './audit-stream.ts'
import type { StreamEntry } from './audit-stream-entries.ts'
import { fileName, outcomeOf, type Written } from './audit-stream-objects.ts'

const minuteMs = 60_000
const entriesPerFile = 60

/** A gzip file in pieces, of which the second ends in the middle of a line. */
interface Pieces {
  readonly name: string
  readonly header: Buffer
  readonly untilTear: Buffer
  readonly rest: Buffer
  readonly trailer: Buffer
  /** The entries whose lines end before the tear, and all. */
  readonly before: readonly StreamEntry[]
  readonly all: readonly StreamEntry[]
}

/** The compressor starts anew at the tear, so that what can be read before it depends on no reader. */
function tornFile(stream: AuditStream, { now }: Occurrence, kind: string): Pieces {
  const { random, entries } = stream.part(`${kind} ${now}`)
  const all = entries(entriesPerFile, now - minuteMs, now)
  const before = all.slice(0, all.length >> 1)
  const text = Buffer.from(all.map(({ line }) => `${line}\n`).join(''))
  const tornLine = all[before.length]?.line ?? ''
  const tear = Buffer.byteLength(before.map(({ line }) => `${line}\n`).join('')) + (tornLine.length >> 1)
  const trailer = Buffer.alloc(8)
  trailer.writeUInt32LE(crc32(text))
  trailer.writeUInt32LE(text.length, 4)
  return {
    name: fileName(now, random),
    header: Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]),
    untilTear: deflateRawSync(text.subarray(0, tear), { finishFlush: zlib.Z_FULL_FLUSH }),
    rest: deflateRawSync(text.subarray(tear)),
    trailer,
    before,
    all,
  }
}

/** A file that ends in the middle of a line and of the compressed bytes. */
export function truncatedFile(stream: AuditStream, occurrence: Occurrence): Written {
  const { name, header, untilTear, rest, before } = tornFile(stream, occurrence, 'truncated')
  const body = Buffer.concat([header, untilTear, rest.subarray(0, 3)])
  return { objects: [{ name, body }], expected: outcomeOf(before, { failures: 1 }) }
}

/** A file in whose middle one bit is wrong: from there on it cannot be decompressed. */
export function corruptFile(stream: AuditStream, occurrence: Occurrence): Written {
  const { name, header, untilTear, rest, trailer, before } = tornFile(stream, occurrence, 'corrupt')
  const [first = 0, ...others] = rest
  // Bits 1 and 2 are the block's type: 1 or 2 for any text, and 3 is no type (RFC 1951, 3.2.3).
  const spoiled = Buffer.from([first | 0b110, ...others])
  const body = Buffer.concat([header, untilTear, spoiled, trailer])
  return { objects: [{ name, body }], expected: outcomeOf(before, { failures: 1 }) }
}

/** A file with every line, whose checksum is wrong. */
export function wrongChecksum(stream: AuditStream, occurrence: Occurrence): Written {
  const { name, header, untilTear, rest, trailer, all } = tornFile(stream, occurrence, 'wrong checksum')
  const [first = 0, ...others] = trailer
  const body = Buffer.concat([header, untilTear, rest, Buffer.from([first ^ 1, ...others])])
  return { objects: [{ name, body }], expected: outcomeOf(all, { failures: 1 }) }
}
