import { gzipSync } from 'node:zlib'
import { randomUuid } from '../shared/seeded-random.ts'
import type { StreamEntry } from './audit-stream-entries.ts'

/** An object as the stream puts it into the bucket. */
export interface StreamObject {
  readonly name: string
  readonly body: Buffer
}

/** What a right reader makes of objects, however often it meets the same entry. */
export interface Outcome {
  /** Time of every readable event by its `_document_id`, in milliseconds since 1970. */
  readonly events: ReadonlyMap<string, number>
  /** Time of every readable Copilot usage record by `<event_id>/<type>`, in milliseconds since 1970. */
  readonly usage: ReadonlyMap<string, number>
  /** Pieces of files that cannot be read: one for each bad line, and one for all that follows the end of a bad file. */
  readonly failures: number
  /** Objects of the stream's own checks, whose last path segment begins with `_check`. */
  readonly excluded: number
  /** Other objects without the suffix of a file, `.json.log.gz` or `.json.gz`. */
  readonly ignored: number
}

/** Objects in the order in which they are written, and what a right reader makes of them. */
export interface Written {
  readonly objects: readonly StreamObject[]
  readonly expected: Outcome
}

/** What a right reader makes of these entries, beside the given counts. */
export function outcomeOf(
  entries: Iterable<StreamEntry>,
  counts: Partial<Pick<Outcome, 'failures' | 'excluded' | 'ignored'>> = {},
): Outcome {
  const events = new Map<string, number>()
  const usage = new Map<string, number>()
  for (const { kind, id, time } of entries) (kind === 'event' ? events : usage).set(id, time)
  return { events, usage, failures: 0, excluded: 0, ignored: 0, ...counts }
}

/** All objects, one part after the other. */
export function joined(parts: readonly Written[]): Written {
  const outcomes = parts.map(({ expected }) => expected)
  const sum = (count: 'failures' | 'excluded' | 'ignored') => outcomes.reduce((total, one) => total + one[count], 0)
  return {
    objects: parts.flatMap(({ objects }) => objects),
    expected: {
      events: new Map(outcomes.flatMap(({ events }) => [...events])),
      usage: new Map(outcomes.flatMap(({ usage }) => [...usage])),
      failures: sum('failures'),
      excluded: sum('excluded'),
      ignored: sum('ignored'),
    },
  }
}

/** The prefix of a minute, such as `2026/01/15/10/30`, in UTC. */
export function minutePrefix(time: number): string {
  return new Date(time).toISOString().slice(0, 16).replaceAll(/[-T:]/g, '/')
}

/**
 * A new name of a file that is written at a time: `YYYY/MM/DD/HH/mm/<uuid>.json.log.gz`.
 * https://github.com/aws-samples/aws-cloudtrail-lake-github-audit-log
 */
export function fileName(writtenAt: number, random: () => number): string {
  return `${minutePrefix(writtenAt)}/${randomUuid(random)}.json.log.gz`
}

/** One entry a line; whether the last line ends with a newline differs from file to file. */
export function ndjson(entries: readonly StreamEntry[], random: () => number): string {
  return entries.map(({ line }) => line).join('\n') + (random() < 0.5 ? '\n' : '')
}

/** A good file with these entries. */
export function fileOf(entries: readonly StreamEntry[], writtenAt: number, random: () => number): Written {
  const object = { name: fileName(writtenAt, random), body: gzipSync(ndjson(entries, random)) }
  return { objects: [object], expected: outcomeOf(entries) }
}
