import { notImplemented, ServiceError, type StoreRequest } from '../store.ts'
import { checksumHeader } from './body.ts'
import type { Condition } from './object-files.ts'

/** A parsed request to S3. */
export interface ObjectCall {
  readonly request: StoreRequest
  readonly bucket: string
  /** Empty in a request about a bucket. */
  readonly key: string
  readonly query: URLSearchParams
  /** From `If-Match` and `If-None-Match`. */
  readonly condition: Condition
}

export interface Operation {
  readonly name:
    | 'ListObjectsV2'
    | 'PutObject'
    | 'GetObject'
    | 'HeadObject'
    | 'DeleteObject'
    | 'HeadBucket'
    | 'GetBucketNotificationConfiguration'
    | 'PutBucketNotificationConfiguration'
    | 'GetBucketPolicy'
    | 'PutBucketPolicy'
    | 'GetBucketEncryption'
    | 'GetBucketLifecycleConfiguration'
    | 'GetBucketVersioning'
    | 'GetPublicAccessBlock'
  readonly method: string
  readonly on: 'bucket' | 'object'
  /** The IAM permission, whose name can differ from the operation's. */
  readonly action: string
  readonly writes?: true
  /** Query parameters: the required ones, which identify the operation, and the optional ones. */
  readonly needs?: readonly string[]
  readonly takes?: readonly string[]
  /** Meaningful headers that it implements, beside those of every operation. */
  readonly headers?: readonly string[]
}

const checksums = ['x-amz-sdk-checksum-algorithm', checksumHeader]
const upload = [...checksums, 'if-match', 'if-none-match']
const readObject = ['if-match', 'x-amz-checksum-mode']

const operations: readonly Operation[] = [
  {
    name: 'ListObjectsV2',
    method: 'GET',
    on: 'bucket',
    action: 's3:ListBucket',
    needs: ['list-type'],
    takes: ['prefix', 'delimiter', 'continuation-token', 'start-after', 'max-keys', 'encoding-type'],
  },
  {
    name: 'PutObject',
    method: 'PUT',
    on: 'object',
    action: 's3:PutObject',
    writes: true,
    headers: upload,
  },
  { name: 'GetObject', method: 'GET', on: 'object', action: 's3:GetObject', headers: [...readObject, 'range'] },
  { name: 'HeadObject', method: 'HEAD', on: 'object', action: 's3:GetObject', headers: readObject },
  {
    name: 'DeleteObject',
    method: 'DELETE',
    on: 'object',
    action: 's3:DeleteObject',
    writes: true,
    headers: ['if-match'],
  },
  { name: 'HeadBucket', method: 'HEAD', on: 'bucket', action: 's3:ListBucket' },
  {
    name: 'GetBucketNotificationConfiguration',
    method: 'GET',
    on: 'bucket',
    action: 's3:GetBucketNotification',
    needs: ['notification'],
  },
  {
    name: 'PutBucketNotificationConfiguration',
    method: 'PUT',
    on: 'bucket',
    action: 's3:PutBucketNotification',
    needs: ['notification'],
    headers: checksums,
  },
  { name: 'GetBucketPolicy', method: 'GET', on: 'bucket', action: 's3:GetBucketPolicy', needs: ['policy'] },
  {
    name: 'PutBucketPolicy',
    method: 'PUT',
    on: 'bucket',
    action: 's3:PutBucketPolicy',
    needs: ['policy'],
    headers: checksums,
  },
  {
    name: 'GetBucketEncryption',
    method: 'GET',
    on: 'bucket',
    action: 's3:GetEncryptionConfiguration',
    needs: ['encryption'],
  },
  {
    name: 'GetBucketLifecycleConfiguration',
    method: 'GET',
    on: 'bucket',
    action: 's3:GetLifecycleConfiguration',
    needs: ['lifecycle'],
  },
  {
    name: 'GetBucketVersioning',
    method: 'GET',
    on: 'bucket',
    action: 's3:GetBucketVersioning',
    needs: ['versioning'],
  },
  {
    name: 'GetPublicAccessBlock',
    method: 'GET',
    on: 'bucket',
    action: 's3:GetBucketPublicAccessBlock',
    needs: ['publicAccessBlock'],
  },
]

/** Headers that change the meaning of a request, so that an operation refuses those it does not implement. */
const meaningful = /^(x-amz-.+|if-.+|range|content-(md5|encoding|disposition|language)|cache-control|expires)$/
const everywhere = [
  'x-amz-date',
  'x-amz-content-sha256',
  'x-amz-security-token',
  'x-amz-user-agent',
  'x-amz-expected-bucket-owner',
]

/**
 * The operation of a request.
 * @throws {ServiceError} 501 for an operation, parameter or header that is not implemented; 400 for an invalid address
 */
export function identify(request: StoreRequest): { operation: Operation; call: ObjectCall } {
  const { bucket, key } = address(request.path)
  if (bucket === '') throw notImplemented('operations on the account, such as ListBuckets')
  const on = key === '' ? 'bucket' : 'object'
  const operation = operations.find(
    (one) =>
      one.on === on && one.method === request.method && (one.needs ?? []).every((name) => request.query.has(name)),
  )
  const asked = `${request.method} of ${on === 'bucket' ? 'a bucket' : 'an object'}`
  if (!operation)
    throw notImplemented(`${asked} with the parameters ${[...request.query.keys()].join(', ') || '(none)'}`)
  for (const name of request.query.keys()) {
    const known = name === 'x-id' || operation.needs?.includes(name) || operation.takes?.includes(name)
    if (!known) throw notImplemented(`the parameter ${name} of ${operation.name}`)
  }
  checkHeaders(operation, request)
  return { operation, call: { request, bucket, key, query: request.query, condition: conditionOf(request) } }
}

function address(path: string): { bucket: string; key: string } {
  const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/s.exec(path) ?? []
  try {
    const decoded = decodeURIComponent(key)
    if (Buffer.byteLength(decoded) <= 1024) return { bucket: decodeURIComponent(bucket), key: decoded }
  } catch {
    throw new ServiceError(400, 'InvalidURI', "Couldn't parse the specified URI.")
  }
  throw new ServiceError(400, 'KeyTooLongError', 'Your key is too long: 1024 bytes at most.')
}

function checkHeaders(operation: Operation, { headers }: StoreRequest): void {
  const payload = headers['x-amz-content-sha256']?.toString() ?? ''
  if (payload.startsWith('STREAMING-')) throw notImplemented('aws-chunked bodies: send the bytes, not a stream')
  for (const name of Object.keys(headers)) {
    if (!meaningful.test(name)) continue
    if (!everywhere.includes(name) && !operation.headers?.includes(name)) {
      throw notImplemented(`the header ${name} of ${operation.name}`)
    }
  }
}

function conditionOf({ headers }: StoreRequest): Condition {
  const etag = headers['if-match']?.replaceAll('"', '')
  const absent = headers['if-none-match'] !== undefined
  if (absent && headers['if-none-match'] !== '*') throw notImplemented('If-None-Match with an ETag in a write')
  return { ...(absent && { absent }), ...(etag !== undefined && { etag }) }
}
