import { gzipSync } from 'node:zlib'
import { randomUuid } from '../shared/seeded-random.ts'
import type { AuditStream, Occurrence, StreamPart } from './audit-stream.ts'
import type { StreamEntry } from './audit-stream-entries.ts'
import { fileName, fileOf, minutePrefix, ndjson, outcomeOf, type Written } from './audit-stream-objects.ts'

const minuteMs = 60_000

/** A part of the stream for one scenario, and the entries of the minute before it. */
function lastMinute(stream: AuditStream, { now }: Occurrence, scenario: string): StreamPart & { all: StreamEntry[] } {
  const part = stream.part(`${scenario} ${now}`)
  return { ...part, all: part.entries(10, now - minuteMs, now) }
}

/** A good gzip file that holds nothing. */
export function emptyGzip(stream: AuditStream, { now }: Occurrence): Written {
  const { random } = stream.part(`empty gzip ${now}`)
  return { objects: [{ name: fileName(now, random), body: gzipSync('') }], expected: outcomeOf([]) }
}

/** An object of 0 bytes under the name of a file. */
export function emptyObject(stream: AuditStream, { now }: Occurrence): Written {
  const { random } = stream.part(`empty object ${now}`)
  return { objects: [{ name: fileName(now, random), body: Buffer.alloc(0) }], expected: outcomeOf([]) }
}

/** Uncompressed lines, under the name of a file, as a store serves them that inflates on the way. */
export function plainText(stream: AuditStream, occurrence: Occurrence): Written {
  const { random, all } = lastMinute(stream, occurrence, 'plain text')
  const object = { name: fileName(occurrence.now, random), body: Buffer.from(ndjson(all, random)) }
  return { objects: [object], expected: outcomeOf(all) }
}

/** Good lines around one that is not JSON. */
export function brokenLine(stream: AuditStream, occurrence: Occurrence): Written {
  const { random, all } = lastMinute(stream, occurrence, 'broken line')
  return between(all, '{"action":"repo.create","actor":', occurrence.now, random)
}

/** Good lines around an event that is longer than anybody should hold in memory. */
export function longLine(
  stream: AuditStream,
  { now, bytes = 9_000_000 }: Occurrence & { readonly bytes?: number },
): Written {
  const { random, all } = lastMinute(stream, { now }, 'long line')
  const event = { '@timestamp': now - 1, action: 'api.request', request_body: 'x'.repeat(bytes) }
  return between(all, JSON.stringify(event), now, random)
}

function between(all: readonly StreamEntry[], badLine: string, now: number, random: () => number): Written {
  const [before, after] = [all.slice(0, 5), all.slice(5)]
  const text = [...before.map(({ line }) => line), badLine, ndjson(after, random)].join('\n')
  return {
    objects: [{ name: fileName(now, random), body: gzipSync(text, { level: 1 }) }],
    expected: outcomeOf(all, { failures: 1 }),
  }
}

/** Three gzip members one after the other, which begin in the middle of lines. */
export function severalMembers(stream: AuditStream, occurrence: Occurrence): Written {
  const { random, all } = lastMinute(stream, occurrence, 'several members')
  const text = Buffer.from(ndjson(all, random))
  const third = Math.floor(text.length / 3)
  const pieces = [text.subarray(0, third), text.subarray(third, 2 * third), text.subarray(2 * third)]
  const body = Buffer.concat(pieces.map((piece) => gzipSync(piece)))
  return { objects: [{ name: fileName(occurrence.now, random), body }], expected: outcomeOf(all) }
}

/** Objects of others in the same bucket, among them a good file without the suffix of one. */
export function otherSuffixes(stream: AuditStream, occurrence: Occurrence): Written {
  const { random, all } = lastMinute(stream, occurrence, 'other suffixes')
  const { objects } = fileOf(all, occurrence.now, random)
  return {
    objects: [
      { name: 'README.txt', body: Buffer.from('This bucket belongs to the audit log.\n') },
      ...objects.map(({ name, body }) => ({ name: `${name}.tmp`, body })),
      { name: `${minutePrefix(occurrence.now)}/report.csv`, body: Buffer.alloc(0) },
    ],
    expected: outcomeOf([], { ignored: 3 }),
  }
}

/** Good files with the shorter suffix, and with names that need care in URLs: spaces, plus and percent signs. */
export function unusualNames(stream: AuditStream, occurrence: Occurrence): Written {
  const { random, entries } = lastMinute(stream, occurrence, 'unusual names')
  const { now } = occurrence
  const files = ['.json.gz', ' with spaces.json.log.gz', '+a+b.json.log.gz', '%20%2F%zz+ .json.log.gz'].map(
    (ending) => ({
      name: `${minutePrefix(now)}/${randomUuid(random)}${ending}`,
      inside: entries(4, now - minuteMs, now),
    }),
  )
  return {
    objects: files.map(({ name, inside }) => ({ name, body: gzipSync(ndjson(inside, random)) })),
    expected: outcomeOf(files.flatMap(({ inside }) => inside)),
  }
}
