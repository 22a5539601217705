import { createHash, randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream, rmSync } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { type Answer, ServiceError } from '../store.ts'
import { type ReceivedBody, receiveBody, receiveText } from './body.ts'
import type { ObjectFiles } from './object-files.ts'
import type { ObjectCall } from './operations.ts'
import { elements, renderXml } from './xml.ts'

interface Part extends ReceivedBody {
  readonly file: string
}

interface Upload {
  readonly bucket: string
  readonly key: string
  readonly parts: Map<number, Part>
}

/** Every part but the last: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const smallestPart = 5 * 1024 * 1024

/**
 * Uploads in parts. An upload that is under way ends with the process, as the processes that send it do. The finished
 * object's ETag is the MD5 of its content, not S3's hash of hashes; both are opaque to clients.
 */
export class MultipartUploads {
  readonly #uploads = new Map<string, Upload>()
  readonly #files: ObjectFiles

  constructor(files: ObjectFiles) {
    this.#files = files
  }

  create({ bucket, key }: ObjectCall): Answer {
    const id = randomUUID()
    this.#uploads.set(id, { bucket, key, parts: new Map() })
    return xmlAnswer('InitiateMultipartUploadResult', [
      ['Bucket', bucket],
      ['Key', key],
      ['UploadId', id],
    ])
  }

  async receivePart(call: ObjectCall): Promise<Answer> {
    const { upload } = this.#find(call)
    const number = Number(call.query.get('partNumber'))
    if (!Number.isInteger(number) || number < 1 || number > 10_000) {
      throw new ServiceError(400, 'InvalidArgument', 'Part number must be an integer between 1 and 10000, inclusive')
    }
    const file = this.#files.temporaryFile()
    try {
      const received = await receiveBody(call.request, file)
      discard(upload.parts.get(number))
      upload.parts.set(number, { ...received, file })
      return { status: 200, headers: { etag: `"${received.md5}"`, ...received.checksums } }
    } catch (error) {
      rmSync(file, { force: true })
      throw error
    }
  }

  async complete(call: ObjectCall): Promise<Answer> {
    const { bucket, key, condition } = call
    const { id, upload } = this.#find(call)
    const parts = chosenParts(upload, await receiveText(call.request))
    const temporary = this.#files.temporaryFile()
    try {
      const etag = await join(parts, temporary)
      await this.#files.publish(temporary, bucket, key, condition, etag)
      this.#forget(id, upload)
      return xmlAnswer('CompleteMultipartUploadResult', [
        ['Bucket', bucket],
        ['Key', key],
        ['ETag', `"${etag}"`],
      ])
    } finally {
      rmSync(temporary, { force: true })
    }
  }

  abort(call: ObjectCall): Answer {
    const { id, upload } = this.#find(call)
    this.#forget(id, upload)
    return { status: 204, headers: {} }
  }

  #find({ query, bucket, key }: ObjectCall): { id: string; upload: Upload } {
    const id = query.get('uploadId') ?? ''
    const upload = this.#uploads.get(id)
    if (upload?.bucket === bucket && upload.key === key) return { id, upload }
    throw new ServiceError(
      404,
      'NoSuchUpload',
      'The specified upload does not exist. It may have been aborted or completed.',
    )
  }

  #forget(id: string, upload: Upload): void {
    this.#uploads.delete(id)
    for (const part of upload.parts.values()) discard(part)
  }
}

/** The parts that the request lists, checked against those that were sent. */
function chosenParts(upload: Upload, xml: string): Part[] {
  const listed = elements(xml, 'Part')
  const numbers = listed.map((part) => Number(part.get('PartNumber')))
  if (numbers.length === 0) throw new ServiceError(400, 'MalformedXML', 'The XML you provided lists no parts.')
  if (numbers.some((number, index) => index > 0 && number <= (numbers[index - 1] ?? 0))) {
    throw new ServiceError(400, 'InvalidPartOrder', 'The list of parts was not in ascending order.')
  }
  return listed.map((wanted, index) => {
    const part = upload.parts.get(numbers[index] ?? 0)
    const differs = [...wanted].some(
      ([name, value]) => name !== 'PartNumber' && value.replaceAll('"', '') !== partValue(part, name),
    )
    if (!part || differs || !wanted.has('ETag')) {
      throw new ServiceError(400, 'InvalidPart', 'One or more of the specified parts could not be found or differ.')
    }
    if (part.size < smallestPart && index < listed.length - 1) {
      throw new ServiceError(400, 'EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size')
    }
    return part
  })
}

/** What a part's `ETag`, `ChecksumCRC32` and so on has to be. */
function partValue(part: Part | undefined, name: string): string | undefined {
  if (name === 'ETag') return part?.md5
  return part?.checksums[name.replace(/^Checksum/, 'x-amz-checksum-').toLowerCase()]
}

async function join(parts: readonly Part[], target: string): Promise<string> {
  const hash = createHash('md5')
  await pipeline(async function* all() {
    for (const { file } of parts) {
      for await (const chunk of createReadStream(file)) {
        hash.update(chunk)
        yield chunk
      }
    }
  }, createWriteStream(target))
  return hash.digest('hex')
}

function discard(part: Part | undefined): void {
  if (part) rmSync(part.file, { force: true })
}

function xmlAnswer(name: string, content: readonly (readonly [string, string])[]): Answer {
  return { status: 200, headers: { 'content-type': 'application/xml' }, body: renderXml(name, content) }
}
