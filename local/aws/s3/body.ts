import { createHash, type Hash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { crc32 } from 'node:zlib'
import { ServiceError, type StoreRequest } from '../store.ts'

/** What arrived. */
export interface ReceivedBody {
  /** Hexadecimal: the ETag. */
  readonly md5: string
  /** The checksums that the sender announced and that were found right, as headers of the answer. */
  readonly checksums: Readonly<Record<string, string>>
}

/**
 * Writes a request's body to a file and verifies every checksum that its headers name.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
 * @throws {ServiceError} when a checksum differs
 */
export async function receiveBody({ headers, body }: StoreRequest, file: string): Promise<ReceivedBody> {
  const checks = Object.entries(checksums).flatMap(([header, { code, applies, make }]) => {
    const expected = headers[header]?.toString() ?? ''
    return applies.test(expected) ? [{ header, code, expected, digest: make() }] : []
  })
  const md5 = createHash('md5')
  await pipeline(
    body,
    async function* checked(parts: AsyncIterable<Buffer>) {
      for await (const part of parts) {
        md5.update(part)
        for (const { digest } of checks) digest.update(part)
        yield part
      }
    },
    createWriteStream(file),
  )
  for (const { header, code, expected, digest } of checks) {
    if (digest.digest() !== expected) throw mismatch(code, header)
  }
  const digest = md5.digest()
  if ((headers['content-md5'] ?? digest.toString('base64')) !== digest.toString('base64')) {
    throw mismatch('BadDigest', 'Content-MD5')
  }
  const announced = checks.filter(({ header }) => header !== payloadHash)
  return {
    md5: digest.toString('hex'),
    checksums: Object.fromEntries(announced.map(({ header, expected }) => [header, expected])),
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

/** Checksums by the header that carries them, and the error that a wrong one gives. */
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
