import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { createGzip } from 'node:zlib'
import type { AuditStream, Occurrence } from './audit-stream.ts'
import type { StreamEntry } from './audit-stream-entries.ts'
import { fileName, type Outcome, outcomeOf } from './audit-stream-objects.ts'

/** A file that is too large to be made in one piece. */
export interface LargeFile {
  readonly name: string
  readonly expected: Outcome
  /** The compressed bytes, made while they are read; each call begins anew. */
  content(): Readable
}

export interface LargeFileOptions extends Occurrence {
  /** Least number of bytes after decompression. @default 52,428,800 */
  readonly bytes?: number
  /**
   * Random characters in each event, which compress to three quarters. With the default the compressed file is about
   * half as large, with 0 a small part of the decompressed one. @default 1,500
   */
  readonly noise?: number
}

const minuteMs = 60_000
const differentEvents = 100
const batchBytes = 262_144

/** Events of the minute before, made from a hundred inventions under new ids. */
export function largeFile(stream: AuditStream, options: LargeFileOptions): LargeFile {
  const { now, bytes = 52_428_800, noise = 1500 } = options
  const { random, entries } = stream.part(`large file ${now}`)
  const patterns = entries(differentEvents, now - minuteMs, now).filter(({ kind }) => kind === 'event')
  const name = fileName(now, random)
  const all = () => numbered(patterns, { salt: name, bytes, noise })
  return {
    name,
    expected: outcomeOf(all()),
    content: () => Readable.from(batches(all())).compose(createGzip({ level: 1 })),
  }
}

function* numbered(
  patterns: readonly StreamEntry[],
  { salt, bytes, noise }: { readonly salt: string; readonly bytes: number; readonly noise: number },
): Generator<StreamEntry> {
  let made = 0
  for (let number = 0; made < bytes; number++) {
    const pattern = patterns[number % patterns.length]
    if (pattern === undefined) throw new RangeError('the stream invented no event to repeat')
    const text = createHash('shake256', { outputLength: Math.ceil(((22 + noise) * 3) / 4) })
      .update(`${salt}/${number}`)
      .digest('base64url')
    const id = text.slice(0, 22)
    const renewed = pattern.line.replace(pattern.id, id)
    const line = `${renewed.slice(0, -1)},"request_noise":"${text.slice(22, 22 + noise)}"}`
    made += Buffer.byteLength(line) + 1
    yield { ...pattern, id, line }
  }
}

function* batches(entries: Iterable<StreamEntry>): Generator<Buffer> {
  let batch = ''
  for (const { line } of entries) {
    batch += `${line}\n`
    if (batch.length < batchBytes) continue
    yield Buffer.from(batch)
    batch = ''
  }
  yield Buffer.from(batch)
}
