import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { jsonObject } from '../json-protocol.ts'
import { type Access, type Answer, ServiceError, type Store, type StoreRequest } from '../store.ts'
import { receiveBody } from './body.ts'
import type { BucketAccess } from './bucket-access.ts'
import type { BucketFacts, BucketFactsFile } from './bucket-facts.ts'
import { bucketOperations } from './bucket-operations.ts'
import { listObjects } from './list.ts'
import type { Notifications } from './notifications.ts'
import { type Condition, noSuchKey, ObjectFiles, type ObjectInfo, preconditionFailed } from './object-files.ts'
import { identify, type ObjectCall, type Operation } from './operations.ts'
import { type Element, renderErrorXml } from './xml.ts'

export interface ObjectStoreOptions {
  /** The folder that holds a folder per bucket. One process at a time may use it. */
  readonly dir: string
  readonly facts: BucketFactsFile
  readonly access: BucketAccess
  readonly notifications: Notifications
  /** The time at which objects are modified, in milliseconds since 1970. @default that of the system */
  readonly now?: (() => number) | undefined
}

export interface ObjectStore extends Store {
  /** Messages about created objects. */
  readonly notifications: Notifications
  /** Makes a bucket if it is missing. Facts that are given replace the kept ones. */
  ensureBucket(bucket: string, facts?: Partial<BucketFacts>): void
  has(bucket: string): boolean
  factsOf(bucket: string): BucketFacts
  /** The file that holds an object. */
  pathOf(bucket: string, key: string): string
}

/**
 * S3 over REST, path style, as far as this project and its tools use it. Objects are plain files for other programs to
 * read, writes are atomic and conditional (`If-None-Match: *`, `If-Match`), checksums are verified, lists are in byte
 * order, and only the disk limits the size of bodies.
 *
 * Plain files have no room for metadata. Content types are accepted and dropped, because every client sends one and no
 * reader here uses it; storage class and encryption are accepted if they name S3's defaults. Everything else
 * (`x-amz-meta-*`, tags, ACLs, versions, `Content-Encoding`, …) is refused with 501.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
 */
export function createObjectStore({ dir, facts, access, notifications, now }: ObjectStoreOptions): ObjectStore {
  const files = new ObjectFiles({ dir, now, onObjectCreated: (event) => notifications.objectCreated(event) })
  // The policies of the template's buckets are judged as parts of the template.
  const guard = (bucket: string, { owner, byTemplate, policy }: BucketFacts): void =>
    access.guardBucket(bucket, { owner, policy: byTemplate ? {} : jsonObject(policy ?? '{}') })
  for (const bucket of facts.names()) guard(bucket, facts.of(bucket))
  const change = (bucket: string, changed: Partial<BucketFacts>): void => {
    // First, because it refuses policies that cannot be judged here.
    guard(bucket, { ...facts.of(bucket), ...changed })
    facts.change(bucket, changed)
  }
  const factsOf = (bucket: string): BucketFacts => facts.of(bucket)
  const setPolicy = (bucket: string, policy: string): void => change(bucket, { policy })
  const run: Readonly<Record<Operation['name'], (call: ObjectCall) => Promise<Answer>>> = {
    ListObjectsV2: (call) => listObjects(files, call),
    PutObject: (call) => putObject(files, call),
    GetObject: (call) => getObject(files, call),
    HeadObject: (call) => headObject(files, call),
    DeleteObject: async ({ bucket, key, condition }) => {
      await files.remove(bucket, key, condition)
      return { status: 204, headers: {} }
    },
    ...bucketOperations({ notifications, factsOf, setPolicy }),
  }

  return {
    notifications,
    ensureBucket(bucket, changed) {
      files.ensureBucket(bucket)
      if (changed !== undefined) change(bucket, changed)
    },
    has: (bucket) => files.hasBucket(bucket),
    factsOf,
    pathOf: (bucket, key) => files.pathOf(bucket, key),
    accessOf: async (request) => accessOf(request),
    handle: async (request) => {
      const { operation, call } = identify(request)
      if (!files.hasBucket(call.bucket)) {
        throw new ServiceError(404, 'NoSuchBucket', `The specified bucket does not exist: ${call.bucket}`)
      }
      return run[operation.name](call)
    },
    refuse,
  }
}

function accessOf(request: StoreRequest): Access[] {
  const { operation, call } = identify(request)
  const resource = `arn:aws:s3:::${call.bucket}${operation.on === 'bucket' ? '' : `/${call.key}`}`
  // A write with If-Match also needs the permission to read:
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
  const actions = [operation.action, ...(operation.writes && call.condition.etag !== undefined ? ['s3:GetObject'] : [])]
  const keys = conditionKeys(operation, call)
  return actions.map((action) => ({ action, resource, keys }))
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html */
function conditionKeys({ name }: Operation, { query, condition }: ObjectCall): Record<string, string> {
  const prefix = query.get('prefix')
  return {
    ...(prefix !== null && { 's3:prefix': prefix }),
    // False only for the parts of a multipart upload, which the local run does not implement.
    ...(name === 'PutObject' && { 's3:objectcreationoperation': 'true' }),
    ...(name === 'PutObject' && condition.absent && { 's3:if-none-match': '*' }),
  }
}

function refuse(error: ServiceError, request: StoreRequest): Answer {
  const headers = { ...error.headers, 'content-type': 'application/xml' }
  if (request.method === 'HEAD') return { status: error.status, headers: error.headers }
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
    const { md5, checksum } = await receiveBody(request, temporary)
    await files.publish(temporary, bucket, key, condition, md5)
    return { status: 200, headers: { etag: `"${md5}"`, ...checksum } }
  } finally {
    rmSync(temporary, { force: true })
  }
}

async function headObject(files: ObjectFiles, { bucket, key, condition }: ObjectCall): Promise<Answer> {
  const info = await files.info(bucket, key)
  if (!info) throw noSuchKey()
  checkReadCondition(info, condition)
  return { status: 200, headers: { ...describe(info), 'content-length': info.size } }
}

async function getObject(files: ObjectFiles, { bucket, key, condition, request }: ObjectCall): Promise<Answer> {
  const opened = await files.open(bucket, key)
  if (!opened) throw noSuchKey()
  const { info, file } = opened
  try {
    checkReadCondition(info, condition)
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
    'content-type': 'binary/octet-stream', // S3's default
  }
}

function checkReadCondition(info: ObjectInfo, { etag }: Condition): void {
  if (etag !== undefined && etag !== '*' && etag !== info.etag) throw preconditionFailed('If-Match')
}

/** Undefined for the whole object, also when the header is not a byte range, which HTTP says to ignore. */
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
