import { createHash, type Hash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { crc32 } from 'node:zlib'
import { ServiceError, type StoreRequest } from '../store.ts'

/** What arrived. */
export interface ReceivedBody {
  readonly size: number
  /** Hexadecimal: the ETag. */
  readonly md5: string
  /** The checksums that the sender announced and that were found right, as headers of the answer. */
  readonly checksums: Readonly<Record<string, string>>
}

/**
 * Writes a request's body to a file and verifies every checksum that came with it, in a header or behind an aws-chunked
 * body. https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
 * @throws {ServiceError} when the body is cut short or a checksum differs
 */
export async function receiveBody(request: StoreRequest, file: string): Promise<ReceivedBody> {
  const trailers = new Map<string, string>()
  const chunked = request.headers['x-amz-content-sha256']?.toString().startsWith('STREAMING-') ?? false
  const check = verifier(request, trailers)
  await pipeline(
    chunked ? decodeChunks(request.body, trailers) : request.body,
    async function* checked(parts: AsyncIterable<Buffer>) {
      for await (const part of parts) {
        check.update(part)
        yield part
      }
    },
    createWriteStream(file),
  )
  return check.result()
}

/**
 * The body of a request that is small and text, verified in the same way.
 * @throws {ServiceError} when a checksum differs
 */
export async function receiveText(request: StoreRequest): Promise<string> {
  const check = verifier(request, new Map())
  const text = await request.text()
  check.update(Buffer.from(text))
  check.result()
  return text
}

function verifier(request: StoreRequest, trailers: ReadonlyMap<string, string>) {
  const expected = (header: string) => request.headers[header]?.toString() ?? trailers.get(header)
  const trailer = request.headers['x-amz-trailer']?.toString()
  const checks = Object.entries(checksums)
    .filter(([header, { applies }]) => header === trailer || applies.test(expected(header) ?? ''))
    .map(([header, { code, make }]) => ({ header, code, digest: make() }))
  const md5 = createHash('md5')
  let size = 0
  return {
    update(part: Buffer): void {
      size += part.length
      md5.update(part)
      for (const { digest } of checks) digest.update(part)
    },
    result(): ReceivedBody {
      const length = expected('x-amz-decoded-content-length')
      if (length !== undefined && Number(length) !== size) throw incompleteBody()
      const found = new Map<string, string>()
      for (const { header, code, digest } of checks) {
        found.set(header, digest.digest())
        if (found.get(header) !== expected(header)) throw mismatch(code, header)
      }
      const digest = md5.digest()
      if ((expected('content-md5') ?? digest.toString('base64')) !== digest.toString('base64')) {
        throw mismatch('BadDigest', 'Content-MD5')
      }
      found.delete(payloadHash)
      return { size, md5: digest.toString('hex'), checksums: Object.fromEntries(found) }
    },
  }
}

function mismatch(code: string, header: string): ServiceError {
  return new ServiceError(400, code, `The ${header} you specified did not match what we received.`)
}

interface Digest {
  update(part: Buffer): unknown
  digest(): string
}

const payloadHash = 'x-amz-content-sha256'

/** Checksums by the header (or trailer) that carries them, and the error that a wrong one gives. */
const checksums: Readonly<
  Record<string, { readonly code: string; readonly applies: RegExp; readonly make: () => Digest }>
> = {
  'x-amz-checksum-crc32': { code: 'BadDigest', applies: /./, make: crc32Digest },
  'x-amz-checksum-sha1': { code: 'BadDigest', applies: /./, make: () => encoded(createHash('sha1'), 'base64') },
  'x-amz-checksum-sha256': { code: 'BadDigest', applies: /./, make: () => encoded(createHash('sha256'), 'base64') },
  // otherwise the header says how the payload is signed
  [payloadHash]: {
    code: 'XAmzContentSHA256Mismatch',
    applies: /^[0-9a-f]{64}$/,
    make: () => encoded(createHash('sha256'), 'hex'),
  },
}

/** The headers of the checksums that are verified. Another kind has to be refused, or it would go unchecked. */
export const checksumHeaders: readonly string[] = Object.keys(checksums).filter((header) => header !== payloadHash)

function encoded(hash: Hash, form: 'hex' | 'base64'): Digest {
  return { update: (part) => hash.update(part), digest: () => hash.digest(form) }
}

function crc32Digest(): Digest {
  let value = 0
  return {
    update: (part) => {
      value = crc32(part, value)
    },
    digest: () => {
      const bytes = Buffer.alloc(4)
      bytes.writeUInt32BE(value)
      return bytes.toString('base64')
    },
  }
}

/**
 * The payload of an aws-chunked body; what stands behind it goes to `trailers`. Signatures of chunks are not verified,
 * as those of requests are not.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 */
async function* decodeChunks(body: AsyncIterable<Buffer>, trailers: Map<string, string>): AsyncGenerator<Buffer> {
  const input = new ByteReader(body)
  while (true) {
    const head = await input.line()
    const size = /^[0-9a-f]{1,8}(?=;|$)/i.exec(head)?.[0]
    if (size === undefined) throw incompleteBody()
    const length = Number.parseInt(size, 16)
    if (length === 0) break
    yield* input.take(length)
    if ((await input.line()) !== '') throw incompleteBody()
  }
  for (let line = await input.line(); line !== ''; line = await input.line()) {
    const colon = line.indexOf(':')
    trailers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim())
  }
}

/** Reads lines and runs of bytes from a stream of parts. */
class ByteReader {
  readonly #parts: AsyncIterator<Buffer>
  #rest: Buffer = Buffer.alloc(0)

  constructor(body: AsyncIterable<Buffer>) {
    this.#parts = body[Symbol.asyncIterator]()
  }

  /** Up to CRLF, which is taken but not given; empty at the end of the stream. */
  async line(): Promise<string> {
    let end = this.#rest.indexOf('\r\n')
    while (end < 0) {
      const part = await this.#next()
      if (!part) {
        if (this.#rest.length > 0) throw incompleteBody()
        return ''
      }
      if (this.#rest.length > 16_384) throw incompleteBody()
      this.#rest = Buffer.concat([this.#rest, part])
      end = this.#rest.indexOf('\r\n')
    }
    const line = this.#rest.toString('latin1', 0, end)
    this.#rest = this.#rest.subarray(end + 2)
    return line
  }

  async *take(length: number): AsyncGenerator<Buffer> {
    for (let left = length; left > 0; ) {
      if (this.#rest.length === 0) {
        const part = await this.#next()
        if (!part) throw incompleteBody()
        this.#rest = part
      }
      const part = this.#rest.subarray(0, left)
      this.#rest = this.#rest.subarray(part.length)
      left -= part.length
      yield part
    }
  }

  async #next(): Promise<Buffer | undefined> {
    const { value, done } = await this.#parts.next()
    return done ? undefined : value
  }
}

function incompleteBody(): ServiceError {
  return new ServiceError(
    400,
    'IncompleteBody',
    'You did not provide the number of bytes specified by the request headers.',
  )
}
