import { createHash } from 'node:crypto'
import { StoreError, TransientError } from '../errors.ts'
import type { Download } from '../poll/provider/download.ts'
import type { ObjectFacts } from './object-facts.ts'
import { storageRefusal } from './storage-refusal.ts'

/** Requests in a row that bring nothing before the reading is given up. */
const fruitless = 3

/** Bytes after which the time for a content begins anew. */
const stretchBytes = 1_000_000

/** Longest error answer that is read, in bytes. */
const longestRefusal = 65_536

/**
 * The content of one generation of an object, as stored. A connection that breaks is continued from where it broke; the
 * first request is sent when the reading begins. What a proxy answers in place of the storage is never the content.
 * @param what the reading, for messages
 * @param request asks for the content from a position on
 * @param slowMs the longest wait for each million bytes, in milliseconds; what the reader takes does not count
 * @throws {StoreError} when the rest cannot be read
 */
export async function* contentOf(
  { object: { size }, isMarkedGzip, md5 }: ObjectFacts,
  what: string,
  request: (position: number) => Promise<{ readonly answer: Download; readonly token: string }>,
  slowMs: number,
): AsyncGenerator<Uint8Array> {
  const hash = createHash('md5')
  const patience = new Patience(slowMs)
  let position = 0
  const tooSlow = () =>
    new StoreError(
      `${what}: the content arrives too slowly, at byte ${position} of ${size}. If this persists, check apiUrl`,
    )
  for (let attempts = fruitless; ; ) {
    const { answer, token } = await request(position)
    await checkAnswer(answer, position, what, token)
    // Unpacked on the way after all: neither sizes nor positions hold.
    const isUnpacked = isMarkedGzip && answer.headers.get('content-encoding') !== 'gzip'
    const before = position
    try {
      if (isForeign(answer.headers, isUnpacked ? undefined : size - position)) answer.cancel()
      else {
        for await (const part of answer.parts) {
          position += part.length
          hash.update(part)
          if (patience.isOver(part.length) && (isUnpacked || position < size)) throw tooSlow()
          yield part
          patience.resume()
        }
        if (isUnpacked) return
      }
    } catch (error) {
      if (!(error instanceof TransientError) || error instanceof StoreError) throw error
      if (isUnpacked) throw new StoreError(`${what}: ${error.message}`, { cause: error })
    }
    if (position > size) throw new StoreError(`${what}: ${position} bytes arrived of an object of ${size}`)
    if (position === size) {
      if (md5 === undefined || hash.digest('base64') === md5) return
      throw new StoreError(`${what}: other bytes than the storage describes arrived (MD5)`)
    }
    attempts = position > before ? fruitless : attempts - 1
    if (attempts === 0 || patience.isOver()) throw tooSlow()
  }
}

/**
 * Measures the waiting for a content, so that one which drips in, or breaks off again and again, does not go on for
 * ever.
 */
class Patience {
  readonly #slowMs: number
  #left: number
  #bytes = 0
  #since = performance.now()

  constructor(slowMs: number) {
    this.#slowMs = slowMs
    this.#left = slowMs
  }

  /** The reader wants more: its own time is over. */
  resume(): void {
    this.#since = performance.now()
  }

  /** @param more bytes that have arrived */
  isOver(more = 0): boolean {
    const now = performance.now()
    this.#left -= now - this.#since
    this.#since = now
    this.#bytes += more
    if (this.#bytes >= stretchBytes) {
      this.#left = this.#slowMs
      this.#bytes = 0
    }
    return this.#left <= 0
  }
}

/** @param expected bytes that are to come; `undefined` for content that was unpacked, which only the storage marks */
function isForeign(headers: Headers, expected: number | undefined): boolean {
  if (expected === undefined) return !headers.has('x-goog-generation')
  const length = headers.get('content-length')
  return length !== null && Number(length) !== expected
}

/** @throws unless the content follows from the position on */
async function checkAnswer(answer: Download, position: number, what: string, token: string): Promise<void> {
  const { status, headers, receivedAt } = answer
  if (position === 0 ? status === 200 : status === 206 && startOf(headers) === position) return
  if (status === 404) {
    answer.cancel()
    throw new StoreError(`${what}: the object was replaced or deleted while it was being read`)
  }
  if (status < 400) {
    answer.cancel()
    throw new StoreError(`${what}: the answer (status ${status}) does not continue at byte ${position}`)
  }
  throw storageRefusal({ status, headers, receivedAt, bytes: await beginningOf(answer) }, what, token)
}

const startOf = (headers: Headers): number =>
  Number(/^bytes (\d{1,15})-/.exec(headers.get('content-range') ?? '')?.[1] ?? Number.NaN)

async function beginningOf({ parts }: Download): Promise<Uint8Array> {
  const read: Uint8Array[] = []
  let length = 0
  for await (const part of parts) {
    read.push(part)
    length += part.length
    if (length > longestRefusal) break
  }
  return Buffer.concat(read)
}
