import { createGunzip, type Gunzip } from 'node:zlib'
import { RecordError } from '../errors.ts'

/** Bytes fed to the decompressor at once, which bound what one step can grow to: deflate reaches about 1:1,000. */
const stepBytes = 16_384

const outputBytes = 65_536

/**
 * The text of an object, decompressed if its first bytes are those of gzip: names and headers are no proof, because
 * stores may decompress objects on the way. Every byte that can be decompressed is given out before the error.
 *
 * @param read reads the stored bytes from their beginning; called again if the object turns out to be damaged
 * @throws {RecordError} `bad_encoding` when the compressed data are cut or damaged
 */
export async function* inflated(read: () => AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const steps = inSteps(read())
  const first = await steps.next()
  if (first.done) return
  if (first.value[0] !== 0x1f || (first.value[1] ?? 0x8b) !== 0x8b) {
    yield first.value
    yield* steps
    return
  }
  const inflater = new Inflater()
  let fed = 0
  let given = 0
  try {
    for await (const step of startingWith(first.value, steps)) {
      for (const part of await inflater.write(step)) {
        given += part.length
        yield part
      }
      fed += step.length
    }
    yield* await inflater.end()
  } catch (error) {
    if (!(error instanceof Damage)) throw error
    // A cut leaves no output behind.
    if (!error.isCut) yield* restBefore(read, fed, given)
    const how = error.isCut ? 'end too early' : 'are damaged'
    throw new RecordError('bad_encoding', `the gzip data ${how}, near byte ${fed} of the object`)
  } finally {
    inflater.close()
    await steps.return(undefined)
  }
}

/**
 * What the last step before the damage holds: the decompressor drops its output with the error, so the step is fed
 * again byte by byte.
 * @param fed compressed bytes before that step
 * @param given decompressed bytes that have been given out
 */
async function* restBefore(
  read: () => AsyncIterable<Uint8Array>,
  fed: number,
  given: number,
): AsyncGenerator<Uint8Array> {
  const inflater = new Inflater()
  let at = 0
  let skip = given
  try {
    for await (const step of inSteps(read())) {
      const pieces = at < fed ? [step] : Array.from(step, (_, index) => step.subarray(index, index + 1))
      at += step.length
      for (const piece of pieces) {
        for (const part of await inflater.write(piece)) {
          if (part.length > skip) yield part.subarray(skip)
          skip = Math.max(0, skip - part.length)
        }
      }
      if (at > fed) return
    }
  } catch (error) {
    if (!(error instanceof Damage)) throw error
  } finally {
    inflater.close()
  }
}

async function* startingWith<T>(first: T, rest: AsyncIterable<T>): AsyncGenerator<T> {
  yield first
  yield* rest
}

/** Equal steps whatever the sizes of the parts, so that a second reading meets the same ones. */
async function* inSteps(parts: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let rest: Uint8Array = new Uint8Array()
  for await (const part of parts) {
    let bytes = rest.length === 0 ? part : Buffer.concat([rest, part])
    for (; bytes.length >= stepBytes; bytes = bytes.subarray(stepBytes)) yield bytes.subarray(0, stepBytes)
    rest = bytes
  }
  if (rest.length > 0) yield rest
}

/** The compressed data cannot be read further. */
class Damage extends Error {
  readonly isCut: boolean

  constructor(cause?: Error) {
    super('damaged', { cause })
    this.isCut = cause !== undefined && 'code' in cause && cause.code === 'Z_BUF_ERROR'
  }
}

/** Node's decompressor, one step at a time: a step's output is complete when its promise resolves. */
class Inflater {
  readonly #gunzip: Gunzip = createGunzip({ chunkSize: outputBytes })
  readonly #failed = Promise.withResolvers<never>()
  #output: Uint8Array[] = []
  #fed = 0
  /** The decompressor takes zeros after the last member for the end, and no more bytes after them. */
  #isPadding = false

  constructor() {
    this.#gunzip.on('data', (part: Buffer) => this.#output.push(part))
    this.#gunzip.on('error', (error) => this.#failed.reject(new Damage(error)))
    // Watched by each step, and no fault when none is under way.
    this.#failed.promise.catch(() => {})
  }

  /** @throws {Damage} also when anything but zeros follows zeros after the last member */
  async write(step: Uint8Array): Promise<Uint8Array[]> {
    const output = this.#isPadding ? [] : await this.#after((done) => this.#gunzip.write(step, done))
    this.#fed += step.length
    const untaken = step.subarray(Math.max(0, step.length - (this.#fed - this.#gunzip.bytesWritten)))
    this.#isPadding = untaken.length > 0
    if (untaken.some((byte) => byte !== 0)) throw new Damage()
    return output
  }

  /** @throws {Damage} when the data are not complete */
  async end(): Promise<Uint8Array[]> {
    return this.#isPadding ? [] : this.#after((done) => this.#gunzip.once('end', done).end())
  }

  close(): void {
    this.#gunzip.destroy()
  }

  async #after(start: (done: () => void) => unknown): Promise<Uint8Array[]> {
    const done = new Promise<void>((resolve) => start(resolve))
    await Promise.race([done, this.#failed.promise])
    const output = this.#output
    this.#output = []
    return output
  }
}
