import { createHash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { apiError } from './google-answers.ts'
import type { SimulatedRequest } from './provider-simulator.ts'
import type { SimulatedAnswer } from './simulator-faults.ts'

/** An object of a bucket. */
export interface StoredObject {
  readonly name: string
  /** 64 bits in digits, different for each content ever stored under the name. */
  readonly generation: string
  readonly bytes: Uint8Array
  /** When it was written, in milliseconds since 1970. */
  readonly writtenAt: number
  /** `Content-Encoding` of the object. */
  readonly encoding?: 'gzip'
}

const largestPage = 1000

/**
 * The JSON API of a bucket: listing, description and content of objects.
 * https://cloud.google.com/storage/docs/json_api/v1
 * @param objects those that are there now
 */
export function storageAnswer(
  request: SimulatedRequest,
  bucket: string,
  objects: readonly StoredObject[],
): SimulatedAnswer {
  const { method, target, url } = request
  const [path = ''] = target.split('?')
  const [, named, name] = /^\/storage\/v1\/b\/([^/]+)\/o(?:\/([^/]+))?$/.exec(path) ?? []
  if (method !== 'GET' || named === undefined) return { status: 404, headers: {}, body: 'Not Found' }
  if (decodeURIComponent(named) !== bucket) return apiError(404, 'The specified bucket does not exist.', 'notFound')
  if (name === undefined) return listing(url.searchParams, bucket, objects)
  const generation = url.searchParams.get('generation')
  const found = objects.find((one) => one.name === decodeURIComponent(name))
  if (!found || (generation !== null && generation !== found.generation)) {
    return apiError(404, `No such object: ${bucket}/${decodeURIComponent(name)}`, 'notFound')
  }
  if (url.searchParams.get('alt') === 'media') return content(request, found)
  const fields = url.searchParams.get('fields')?.split(',')
  return { status: 200, headers: {}, body: description(found, bucket, fields) }
}

const byBytes = (one: string, other: string): number => Buffer.compare(Buffer.from(one), Buffer.from(other))

function listing(query: URLSearchParams, bucket: string, objects: readonly StoredObject[]): SimulatedAnswer {
  const [prefix, from, until] = ['prefix', 'startOffset', 'endOffset'].map((name) => query.get(name) ?? '')
  const token = query.get('pageToken')
  const after = token === null ? undefined : Buffer.from(token, 'base64url').toString()
  const size = Math.min(Number(query.get('maxResults') ?? largestPage), largestPage)
  if (!(size > 0)) return apiError(400, 'Invalid value for maxResults', 'invalid')
  const found = objects
    .filter(({ name }) => name.startsWith(prefix ?? '') && byBytes(name, from ?? '') >= 0)
    .filter(({ name }) => (until ? byBytes(name, until) < 0 : true) && (!after || byBytes(name, after) > 0))
    .sort((one, other) => byBytes(one.name, other.name))
  const page = found.slice(0, size)
  const last = page.at(-1)
  const [, fields] = /items\(([^)]*)\)/.exec(query.get('fields') ?? '') ?? []
  const body = {
    // Left out when there are none.
    ...(page.length > 0 && { items: page.map((one) => description(one, bucket, fields?.split(','))) }),
    ...(last && found.length > size && { nextPageToken: Buffer.from(last.name).toString('base64url') }),
  }
  return { status: 200, headers: {}, body }
}

function description(
  { name, generation, bytes, writtenAt, encoding }: StoredObject,
  bucket: string,
  fields?: readonly string[],
): Readonly<Record<string, unknown>> {
  const time = new Date(writtenAt).toISOString()
  const whole = {
    kind: 'storage#object',
    id: `${bucket}/${name}/${generation}`,
    name,
    bucket,
    generation,
    metageneration: '1',
    contentType: 'application/octet-stream',
    storageClass: 'STANDARD',
    size: String(bytes.length),
    md5Hash: createHash('md5').update(bytes).digest('base64'),
    timeCreated: time,
    updated: time,
    ...(encoding && { contentEncoding: encoding }),
  }
  return fields ? Object.fromEntries(Object.entries(whole).filter(([member]) => fields.includes(member))) : whole
}

/**
 * What is marked as gzip is unpacked on the way unless the client takes gzip; ranges do not work then.
 * https://cloud.google.com/storage/docs/transcoding
 */
function content({ headers }: SimulatedRequest, { bytes, generation, encoding }: StoredObject): SimulatedAnswer {
  const stored = { 'content-type': 'application/octet-stream', 'x-goog-generation': generation }
  if (encoding === 'gzip' && !/\bgzip\b/.test(headers['accept-encoding'] ?? '')) {
    return { status: 200, headers: { ...stored, warning: '214 UploadServer gunzipped' }, body: gunzipSync(bytes) }
  }
  const sent = { ...stored, ...(encoding && { 'content-encoding': encoding }) }
  const [, from] = /^bytes=(\d+)-$/.exec(headers.range ?? '') ?? []
  if (from === undefined) return { status: 200, headers: sent, body: bytes }
  if (Number(from) >= bytes.length)
    return apiError(416, 'The requested range cannot be satisfied.', 'requestedRangeNotSatisfiable')
  const range = `bytes ${from}-${bytes.length - 1}/${bytes.length}`
  return { status: 206, headers: { ...sent, 'content-range': range }, body: bytes.subarray(Number(from)) }
}
