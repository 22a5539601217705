import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { type Answer, ServiceError, type Store, type StoreRequest, type Target } from '../store.ts'
import { receiveBody, receiveText } from './body.ts'
import { listObjects } from './list.ts'
import { MultipartUploads } from './multipart.ts'
import { noSuchKey, type ObjectCreated, ObjectFiles, type ObjectInfo, preconditionFailed } from './object-files.ts'
import { identify, type ObjectCall, type Operation } from './operations.ts'
import { type Element, elements, renderErrorXml, renderXml } from './xml.ts'

export interface ObjectStoreOptions {
  /** The folder that holds a folder per bucket. One process at a time may use it. */
  readonly dir: string
  readonly onObjectCreated?: (event: ObjectCreated) => void
}

export interface ObjectStore extends Store {
  /** Makes a bucket unless it is there. */
  ensureBucket(bucket: string): void
  /** The file that holds an object. */
  pathOf(bucket: string, key: string): string
}

/**
 * S3 over REST, path style, as far as this project and its tools use it: objects are plain files that other programs can
 * read, writes are atomic and conditional (`If-None-Match: *`, `If-Match`), checksums are verified, lists are ordered by
 * bytes. Bodies are bound by the disk alone.
 *
 * What S3 would keep beside the bytes has no place in a plain file. Content types are taken and forgotten (no reader of
 * this project looks at them, and every client sends one); storage class and encryption are taken when they name S3's
 * defaults. Everything else (`x-amz-meta-*`, tags, ACLs, versions, `Content-Encoding`, …) is refused with 501.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
 */
export function createObjectStore({ dir, onObjectCreated }: ObjectStoreOptions): ObjectStore {
  const files = new ObjectFiles(dir, onObjectCreated)
  const uploads = new MultipartUploads(files)

  const run: Readonly<Record<Operation['name'], (call: ObjectCall) => Promise<Answer>>> = {
    CreateBucket: async ({ bucket }) => {
      files.ensureBucket(bucket)
      return { status: 200, headers: { location: `/${bucket}` } }
    },
    HeadBucket: async () => ({ status: 200, headers: {} }),
    ListObjectsV2: (call) => listObjects(files, call),
    DeleteObjects: (call) => deleteObjects(files, call),
    PutObject: (call) => putObject(files, call),
    GetObject: (call) => getObject(files, call),
    HeadObject: (call) => headObject(files, call),
    DeleteObject: async ({ bucket, key, condition }) => {
      await files.remove(bucket, key, condition)
      return { status: 204, headers: {} }
    },
    CreateMultipartUpload: async (call) => uploads.create(call),
    UploadPart: (call) => uploads.receivePart(call),
    CompleteMultipartUpload: (call) => uploads.complete(call),
    AbortMultipartUpload: async (call) => uploads.abort(call),
  }

  return {
    ensureBucket: (bucket) => files.ensureBucket(bucket),
    pathOf: (bucket, key) => files.pathOf(bucket, key),
    target: async (request) => targetOf(request),
    handle: async (request) => {
      const { operation, call } = identify(request)
      if (operation.name !== 'CreateBucket' && !files.hasBucket(call.bucket)) {
        throw new ServiceError(404, 'NoSuchBucket', `The specified bucket does not exist: ${call.bucket}`)
      }
      return run[operation.name](call)
    },
    refuse,
  }
}

async function targetOf(request: StoreRequest): Promise<Target> {
  const { operation, call } = identify(request)
  const bucketArn = `arn:aws:s3:::${call.bucket}`
  const keys =
    operation.name === 'DeleteObjects' ? keysToDelete(await request.text()).map(({ key }) => key) : [call.key]
  // a write under an ETag also needs the right to read:
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
  const actions = [operation.action, ...(operation.writes && call.condition.etag !== undefined ? ['s3:GetObject'] : [])]
  const resources =
    operation.on === 'bucket' && operation.name !== 'DeleteObjects' ? [''] : keys.map((key) => `/${key}`)
  const prefix = call.query.get('prefix')
  const conditionKeys = prefix === null ? {} : { 's3:prefix': prefix }
  return {
    operation: operation.name,
    access: resources.flatMap((path) =>
      actions.map((action) => ({ action, resource: `${bucketArn}${path}`, keys: conditionKeys })),
    ),
  }
}

function refuse(error: ServiceError, request: StoreRequest): Answer {
  const headers = { ...error.headers, 'content-type': 'application/xml' }
  if (request.method === 'HEAD' || error.status === 304) return { status: error.status, headers: error.headers }
  const content: readonly Element[] = [
    ['Code', error.code],
    ['Message', error.message],
    ['Resource', request.path],
    ['RequestId', randomUUID()],
  ]
  return { status: error.status, headers, body: renderErrorXml(content) }
}

async function putObject(files: ObjectFiles, { request, bucket, key, condition }: ObjectCall): Promise<Answer> {
  const temporary = files.temporaryFile()
  try {
    const { md5, checksums } = await receiveBody(request, temporary)
    await files.publish(temporary, bucket, key, condition, md5)
    return { status: 200, headers: { etag: `"${md5}"`, ...checksums } }
  } finally {
    rmSync(temporary, { force: true })
  }
}

async function headObject(files: ObjectFiles, { bucket, key, condition, request }: ObjectCall): Promise<Answer> {
  const info = await files.info(bucket, key)
  if (!info) throw noSuchKey()
  checkReadCondition(info, condition.etag, request.headers['if-none-match'])
  return { status: 200, headers: { ...describe(info), 'content-length': info.size } }
}

async function getObject(files: ObjectFiles, { bucket, key, condition, request }: ObjectCall): Promise<Answer> {
  const opened = await files.open(bucket, key)
  if (!opened) throw noSuchKey()
  const { info, file } = opened
  try {
    checkReadCondition(info, condition.etag, request.headers['if-none-match'])
    const range = requestedRange(request.headers.range, info.size)
    const { start, end } = range ?? { start: 0, end: info.size - 1 }
    const length = end - start + 1
    const headers = { ...describe(info), 'content-length': length }
    const body = length > 0 ? file.createReadStream({ start, end }) : undefined
    if (!body) await file.close()
    return {
      status: range ? 206 : 200,
      headers: range ? { ...headers, 'content-range': `bytes ${start}-${end}/${info.size}` } : headers,
      ...(body && { body }),
    }
  } catch (error) {
    await file.close()
    throw error
  }
}

function describe(info: ObjectInfo): Record<string, string> {
  return {
    etag: `"${info.etag}"`,
    'last-modified': info.lastModified.toUTCString(),
    'accept-ranges': 'bytes',
    'content-type': 'binary/octet-stream', // what S3 says of an object whose type nobody gave
  }
}

function checkReadCondition(info: ObjectInfo, ifMatch: string | undefined, ifNoneMatch: string | undefined): void {
  if (ifMatch !== undefined && ifMatch !== '*' && ifMatch !== info.etag) throw preconditionFailed('If-Match')
  if (ifNoneMatch === '*' || ifNoneMatch?.replaceAll('"', '') === info.etag) {
    throw new ServiceError(304, 'NotModified', 'Not Modified', { etag: `"${info.etag}"` })
  }
}

/** Undefined for the whole object: also when the header is no byte range, which HTTP says to pass over. */
function requestedRange(header: string | undefined, size: number): { start: number; end: number } | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? []
  if (first === '' && last === '') return undefined
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first)
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1)
  if (start < size && start <= end) return { start, end }
  throw new ServiceError(416, 'InvalidRange', 'The requested range is not satisfiable', {
    'content-range': `bytes */${size}`,
  })
}

async function deleteObjects(files: ObjectFiles, { request, bucket }: ObjectCall): Promise<Answer> {
  const text = await receiveText(request)
  const results: Element[] = []
  for (const { key, etag } of keysToDelete(text)) {
    try {
      await files.remove(bucket, key, etag === undefined ? {} : { etag })
      if (!/<Quiet>true<\/Quiet>/.test(text)) results.push(['Deleted', [['Key', key]]])
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error
      results.push([
        'Error',
        [
          ['Key', key],
          ['Code', error.code],
          ['Message', error.message],
        ],
      ])
    }
  }
  const body = renderXml('DeleteResult', results)
  return { status: 200, headers: { 'content-type': 'application/xml' }, body }
}

/** At most 1,000 keys: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html */
function keysToDelete(xml: string): { key: string; etag: string | undefined }[] {
  const objects = elements(xml, 'Object')
  const unknown = objects.flatMap((object) => [...object.keys()]).find((name) => name !== 'Key' && name !== 'ETag')
  if (unknown !== undefined)
    throw new ServiceError(501, 'NotImplemented', `The local run does not implement ${unknown} in DeleteObjects.`)
  const keys = objects.map((object) => ({
    key: object.get('Key') ?? '',
    etag: object.get('ETag')?.replaceAll('"', ''),
  }))
  if (keys.length > 0 && keys.length <= 1000 && keys.every(({ key }) => key !== '')) return keys
  throw new ServiceError(400, 'MalformedXML', 'The XML you provided does not name between 1 and 1000 keys.')
}
