import { RecordError } from '../errors.ts'
import type { Failure } from '../intake/failure.ts'
import type { FoundEvent } from '../intake/found.ts'
import type { Intake, IntakeTarget, Receipt } from '../intake/intake.ts'
import { isNumber, objectOf, type Passing } from '../json/forms.ts'
import type { JsonObject } from '../json/json.ts'
import { type Line, LineSplitter, maxLineBytes } from '../json/lines.ts'
import { parseLine } from '../normalize/event.ts'
import type { OpenedObject } from './bucket.ts'
import { inflated } from './inflate.ts'

/** How far an object has been read: everything before is durable. Counts its text after decompression. */
export type Position = Passing<typeof isPosition>

export const isPosition = objectOf({ bytes: isNumber, lines: isNumber })

export const beginning: Position = { bytes: 0, lines: 0 }

/** What became of an object's lines. */
export interface ObjectCounts {
  /** Rows published. */
  readonly events: number
  /** Rows of failures published. */
  readonly failed: number
  /** Events that the settings leave out. */
  readonly leftOut: number
}

export const nothingCounted: ObjectCounts = { events: 0, failed: 0, leftOut: 0 }

export interface ObjectPorts {
  readonly intake: Intake
  readonly publisher: IntakeTarget['publisher']
  isLeftOut(event: JsonObject): boolean
  /** Asked after each batch; false ends the reading with position and counts. */
  mayGoOn(): boolean
  /** Called now and then with what is durable, so that a killed reading need not begin again. */
  keep?(position: Position, counts: ObjectCounts): Promise<void>
  /** Most text that is read of an object, in bytes after decompression. @default 4 GB */
  readonly maxTextBytes?: number
}

export interface ObjectReading {
  /** `open`: the time was up, and the rest begins at `position`. */
  readonly end: 'done' | 'open'
  readonly position: Position
  /** Of this reading alone. */
  readonly counts: ObjectCounts
}

/** Most lines, and bytes of them, that are published together. */
const batchLimits = { lines: 2_000, bytes: 4_000_000 } as const

/**
 * Reading on at a position decompresses everything before it anew, so an object that decompresses to more than an
 * invocation can skip would never end.
 */
const maxText = 4_000_000_000

/** Text after which the position of a long object is kept, in bytes. */
const keepEvery = 32_000_000

/**
 * Reads an object of newline-delimited JSON, compressed or not, and publishes its events as it goes: memory stays
 * bounded whatever its size, and reading it again gives rows with the same ids. A line that is not an event is a row of
 * failures, and so is what cannot be decompressed; every complete line before it is kept.
 *
 * @param receipt its `receivedAt` should be the time when the object was written
 * @param from where an earlier reading of the same version stopped
 * @throws {StoreError} when the object cannot be read further or its rows cannot be stored; what `keep` was given last
 *   is durable
 */
export async function readObject(
  object: OpenedObject,
  receipt: Receipt & { readonly object: string },
  ports: ObjectPorts,
  from: Position = beginning,
): Promise<ObjectReading> {
  const batch = new Batch(receipt, ports, from)
  const splitter = new LineSplitter(maxLineBytes, from)
  const { maxTextBytes = maxText } = ports
  let skip = from.bytes
  let seen = 0
  try {
    for await (const part of inflated(() => object.read())) {
      seen += part.length
      if (seen > maxTextBytes) {
        throw new RecordError('too_large', `the object holds more than ${maxTextBytes} bytes after decompression`)
      }
      const text = skip > 0 ? part.subarray(skip) : part
      skip -= part.length - text.length
      for (const line of splitter.push(text)) {
        if (batch.add(line) && !(await batch.publish())) return batch.reading('open')
      }
      if (batch.reach(splitter.done) && !(await batch.publish())) return batch.reading('open')
    }
    for (const line of splitter.end()) batch.add(line)
  } catch (error) {
    if (!(error instanceof RecordError)) throw error
    batch.fail(error, splitter)
  }
  await batch.publish()
  return batch.reading('done')
}

/** The lines that are to be published together, and the sums of those that were. */
class Batch {
  readonly #receipt: Receipt
  readonly #ports: ObjectPorts
  #events: FoundEvent[] = []
  #failures: Failure[] = []
  #leftOut = 0
  #bytes = 0
  #next: Position
  #position: Position
  #kept: Position
  #counts = nothingCounted

  constructor(receipt: Receipt, ports: ObjectPorts, from: Position) {
    this.#receipt = receipt
    this.#ports = ports
    this.#next = from
    this.#position = from
    this.#kept = from
  }

  reading(end: ObjectReading['end']): ObjectReading {
    return { end, position: this.#position, counts: this.#counts }
  }

  /** @returns whether the batch is full */
  add(line: Line): boolean {
    const part = { bytes: line.bytes, position: line.number }
    try {
      const event = parseLine(line)
      if (this.#ports.isLeftOut(event)) this.#leftOut++
      else this.#events.push({ event, ...part })
    } catch (error) {
      this.#failures.push({ error, ...part })
    }
    this.#bytes += line.bytes.length
    this.#next = { bytes: line.end, lines: line.number }
    return this.#events.length + this.#failures.length >= batchLimits.lines || this.#bytes >= batchLimits.bytes
  }

  /**
   * Takes along blank lines, which are no events but take time. @returns whether there is as much text as in a full
   * batch
   */
  reach(done: Position): boolean {
    this.#next = done
    return done.bytes - this.#position.bytes >= batchLimits.bytes
  }

  /** Ends the object with a failure: the beginning of the line in which the text breaks off. */
  fail({ code, message }: RecordError, { rest, done }: Pick<LineSplitter, 'rest' | 'done'>): void {
    const { bytes, lines } = done
    const kept = `its first ${bytes} bytes after decompression (${lines} lines) are stored`
    const error = new RecordError(code, `${message}; ${kept}`)
    this.#failures.push({ error, bytes: rest, position: lines + 1 })
  }

  /** @returns whether the reading may go on */
  async publish(): Promise<boolean> {
    const { intake, publisher, keep, mayGoOn } = this.#ports
    const found = { events: this.#events, failures: this.#failures }
    if (found.events.length + found.failures.length > 0) {
      const { counts } = await intake(found, this.#receipt, { publisher })
      this.#count({ events: counts.new, failed: counts.failed, leftOut: 0 })
    }
    this.#count({ ...nothingCounted, leftOut: this.#leftOut })
    this.#events = []
    this.#failures = []
    this.#leftOut = 0
    this.#bytes = 0
    this.#position = this.#next
    if (keep && this.#position.bytes - this.#kept.bytes >= keepEvery) {
      await keep(this.#position, this.#counts)
      this.#kept = this.#position
    }
    return mayGoOn()
  }

  #count(more: ObjectCounts): void {
    this.#counts = addCounts(this.#counts, more)
  }
}

export const addCounts = (a: ObjectCounts, b: ObjectCounts): ObjectCounts => ({
  events: a.events + b.events,
  failed: a.failed + b.failed,
  leftOut: a.leftOut + b.leftOut,
})
