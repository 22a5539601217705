import { createHash } from 'node:crypto'
import { pick, randomText, seededRandom, shuffled } from '../shared/seeded-random.ts'
import { type StreamEntry, streamEntriesOf } from './audit-stream-entries.ts'
import {
  fileName,
  fileOf,
  joined,
  minutePrefix,
  outcomeOf,
  type StreamObject,
  type Written,
} from './audit-stream-objects.ts'

/** The stream of one enterprise. The same enterprise, seed and name of a part give the same bytes. */
export interface AuditStream {
  /** Independent of all parts with other names: they have no entry or name in common. */
  part(name: string): StreamPart
}

export interface StreamPart {
  readonly random: () => number
  /**
   * New entries, oldest first, spread evenly from the first time up to but excluding the second, both in milliseconds
   * since 1970. A Copilot request and its response count as one.
   */
  entries(count: number, from: number, to: number): StreamEntry[]
}

const minuteMs = 60_000
const dayMs = 86_400_000
/** How long GitHub keeps the events of a paused stream. */
const bufferedMs = 7 * dayMs

/**
 * @param setUp.enterprise its slug, by default `example`
 * @param setUp.seed by default 1
 */
export function auditStream(setUp: { readonly enterprise?: string; readonly seed?: number } = {}): AuditStream {
  const { enterprise = 'example', seed = 1 } = setUp
  const invent = streamEntriesOf(enterprise)
  return {
    part(name) {
      const random = seededRandom(createHash('sha256').update(`${seed}/${name}`).digest().readUInt32LE())
      return {
        random,
        entries(count, from, to) {
          const timeOf = (index: number) => from + Math.floor((index * (to - from)) / count)
          return Array.from({ length: count }, (_none, index) => invent(timeOf(index), random)).flat()
        },
      }
    },
  }
}

/** When a scenario takes place. */
export interface Occurrence {
  /** In milliseconds since 1970: the last object is written then. */
  readonly now: number
}

/** One file for each minute before `now`, oldest first. Seed and minute alone decide its content. */
export function steadyFlow(stream: AuditStream, { now, minutes = 10 }: Occurrence & { minutes?: number }): Written {
  const last = Math.floor(now / minuteMs)
  return joined(Array.from({ length: minutes }, (_none, index) => fileOfMinute(stream, last - minutes + index)))
}

function fileOfMinute(stream: AuditStream, minute: number): Written {
  const part = stream.part(`minute ${minute}`)
  const [from, to] = [minute * minuteMs, (minute + 1) * minuteMs]
  return fileOf(part.entries(2 + Math.floor(part.random() * 8), from, to), to, part.random)
}

/** What a check of the endpoint writes; the bytes are invented, since GitHub does not document them. */
function check(name: string, text: string): Written {
  return { objects: [{ name, body: Buffer.from(text) }], expected: outcomeOf([], { excluded: 1 }) }
}

const checkText = 'This object checks that the stream can write.\n'

/** The check when the stream is set up: `_check` at the root, without content. */
export const setUpCheck = (): Written => check('_check', '')

/** The check of a day: a new name under the minute, without content or with some. */
export function dailyCheck(stream: AuditStream, { now }: Occurrence): Written {
  const { random } = stream.part(`check ${now}`)
  const name = `${minutePrefix(now)}/_check-${randomText(8, '0123456789abcdef', random)}`
  return check(name, random() < 0.5 ? '' : checkText)
}

/** The check at set-up, those of some days, and one whose name ends as that of a file. */
export function checks(stream: AuditStream, { now, days = 4 }: Occurrence & { days?: number }): Written {
  const times = Array.from({ length: days }, (_none, index) => now - (days - 1 - index) * dayMs)
  const asFile = check(`${minutePrefix(now)}/_check.json.log.gz`, checkText)
  return joined([setUpCheck(), ...times.map((time) => dailyCheck(stream, { now: time })), asFile])
}

/** The object again under another uuid. */
function duplicateOf({ body }: StreamObject, writtenAt: number, random: () => number): StreamObject {
  return { name: fileName(writtenAt, random), body }
}

/** Files of which one comes again a minute later. */
export function duplicatedFile(stream: AuditStream, { now }: Occurrence): Written {
  const part = stream.part(`duplicated file ${now}`)
  const files = [2, 1].map((ago) => {
    const writtenAt = now - ago * minuteMs
    return fileOf(part.entries(5, writtenAt - minuteMs, writtenAt), writtenAt, part.random)
  })
  const { objects, expected } = joined(files)
  return { objects: [...objects, duplicateOf(pick(objects, part.random), now, part.random)], expected }
}

/** Minutes are written in any order, and so are the lines of a file. */
export function outOfOrder(stream: AuditStream, { now, minutes = 8 }: Occurrence & { minutes?: number }): Written {
  const part = stream.part(`out of order ${now}`)
  const files = Array.from({ length: minutes }, (_none, index) => {
    const writtenAt = now - index * minuteMs
    const entries = part.entries(8, writtenAt - minuteMs, writtenAt)
    return fileOf(shuffled(entries, part.random), writtenAt, part.random)
  })
  return joined(shuffled(files, part.random))
}

export interface BurstOptions extends Occurrence {
  /** @default 168: one for each hour */
  readonly files?: number
  /** Inventions in each file. @default 12 */
  readonly entriesPerFile?: number
  /** Share of the files that come again under another name, from 0 to 1. @default 0.05 */
  readonly duplicateShare?: number
  /** Whether names have the minute of writing or that of the events, which no page says. @default 'writing' */
  readonly names?: 'writing' | 'events'
}

/** Seven days of buffered entries at once, in any order, as after a pause. */
export function burst(stream: AuditStream, options: BurstOptions): Written {
  const { now, files = 168, entriesPerFile = 12, duplicateShare = 0.05, names = 'writing' } = options
  const part = stream.part(`burst ${now}, names of ${names}`)
  const start = now - bufferedMs
  const timeOf = (index: number) => start + Math.floor((index * bufferedMs) / files)
  const written = Array.from({ length: files }, (_none, index) => {
    const [from, to] = [timeOf(index), timeOf(index + 1)]
    return fileOf(part.entries(entriesPerFile, from, to), names === 'writing' ? now : to, part.random)
  })
  const { objects, expected } = joined(written)
  const repeated = shuffled(objects, part.random).slice(0, Math.ceil(files * duplicateShare))
  const duplicates = repeated.map((object) => duplicateOf(object, now, part.random))
  return { objects: shuffled([...objects, ...duplicates], part.random), expected }
}
