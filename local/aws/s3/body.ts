import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { crc32 } from 'node:zlib'
import { ServiceError, type StoreRequest } from '../store.ts'

/** The checksum that the SDK sends with every object. */
export const checksumHeader = 'x-amz-checksum-crc32'

/** What arrived. */
export interface ReceivedBody {
  /** MD5 in hexadecimal: the ETag. */
  readonly md5: string
  /** The checksum of the body, as a header of the answer. */
  readonly checksum: Readonly<Record<string, string>>
}

/**
 * Writes a request's body to a file and verifies the checksum that its header names.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
 * @throws {ServiceError} when the checksum differs
 */
export async function receiveBody({ headers, body }: StoreRequest, file: string): Promise<ReceivedBody> {
  const md5 = createHash('md5')
  const checksum = Buffer.alloc(4)
  await pipeline(
    body,
    async function* checked(parts: AsyncIterable<Buffer>) {
      for await (const part of parts) {
        md5.update(part)
        checksum.writeUInt32BE(crc32(part, checksum.readUInt32BE()))
        yield part
      }
    },
    createWriteStream(file),
  )
  const found = checksum.toString('base64')
  if ((headers[checksumHeader] ?? found) !== found) {
    throw new ServiceError(400, 'BadDigest', `The ${checksumHeader} you specified did not match what we received.`)
  }
  return { md5: md5.digest('hex'), checksum: { [checksumHeader]: found } }
}
