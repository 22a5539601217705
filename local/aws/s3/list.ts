import { type Answer, ServiceError } from '../store.ts'
import type { ObjectFiles } from './object-files.ts'
import type { ObjectCall } from './operations.ts'
import { type Element, renderXml } from './xml.ts'

/** A page of a list: keys, and prefixes that stand for all keys below them. */
interface Entry {
  readonly kind: 'key' | 'prefix'
  readonly name: string
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
export async function listObjects(files: ObjectFiles, { bucket, query }: ObjectCall): Promise<Answer> {
  const prefix = query.get('prefix') ?? ''
  const delimiter = query.get('delimiter') ?? ''
  const token = query.get('continuation-token')
  const startAfter = query.get('start-after')
  const limit = Math.min(1000, Number(query.get('max-keys') ?? 1000))
  if (!Number.isInteger(limit) || limit < 0) throw invalidArgument('max-keys is not a whole number of at least 0')
  const after = token === null ? { kind: 'key' as const, name: startAfter ?? '' } : decodeToken(token)

  const entries: Entry[] = []
  let truncated = false
  for (const entry of grouped(files.keys(bucket, prefix), prefix, delimiter, after)) {
    if (limit === 0) break
    truncated = entries.length === limit
    if (truncated) break
    entries.push(entry)
  }
  const text = query.get('encoding-type') === 'url' ? urlEncoded : (name: string) => name
  const last = entries.at(-1)
  const content: Element[] = [
    ['Name', bucket],
    ['Prefix', text(prefix)],
    ['KeyCount', entries.length],
    ['MaxKeys', limit],
    ['IsTruncated', truncated],
  ]
  if (delimiter !== '') content.push(['Delimiter', text(delimiter)])
  if (startAfter !== null) content.push(['StartAfter', text(startAfter)])
  if (token !== null) content.push(['ContinuationToken', token])
  if (query.has('encoding-type')) content.push(['EncodingType', 'url'])
  if (truncated && last) content.push(['NextContinuationToken', encodeToken(last)])
  for (const { kind, name } of entries) {
    if (kind === 'prefix') content.push(['CommonPrefixes', [['Prefix', text(name)]]])
    else content.push(...(await describe(files, bucket, name, text)))
  }
  return {
    status: 200,
    headers: { 'content-type': 'application/xml' },
    body: renderXml('ListBucketResult', content),
  }
}

async function describe(
  files: ObjectFiles,
  bucket: string,
  key: string,
  text: (name: string) => string,
): Promise<Element[]> {
  const info = await files.info(bucket, key)
  if (!info) return [] // deleted since the list was read
  const content: readonly Element[] = [
    ['Key', text(key)],
    ['LastModified', info.lastModified.toISOString()],
    ['ETag', `"${info.etag}"`],
    ['Size', info.size],
    ['StorageClass', 'STANDARD'],
  ]
  return [['Contents', content]]
}

/** The entries after `after`, in order. `keys` are sorted. */
function* grouped(keys: readonly string[], prefix: string, delimiter: string, after: Entry): Generator<Entry> {
  const bytes = Buffer.from(after.name)
  let group: string | undefined
  for (const key of keys) {
    if (Buffer.compare(Buffer.from(key), bytes) <= 0) continue
    if (after.kind === 'prefix' && key.startsWith(after.name)) continue
    const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length)
    if (end < 0) {
      yield { kind: 'key', name: key }
      continue
    }
    const common = key.slice(0, end + delimiter.length)
    if (common !== group) yield { kind: 'prefix', name: common }
    group = common
  }
}

function encodeToken({ kind, name }: Entry): string {
  return Buffer.from(JSON.stringify([kind, name])).toString('base64url')
}

function decodeToken(token: string): Entry {
  try {
    const [kind, name]: unknown[] = JSON.parse(Buffer.from(token, 'base64url').toString())
    if ((kind === 'key' || kind === 'prefix') && typeof name === 'string') return { kind, name }
  } catch {
    // Falls through to the refusal.
  }
  throw invalidArgument('The continuation token provided is incorrect')
}

function invalidArgument(message: string): ServiceError {
  return new ServiceError(400, 'InvalidArgument', message)
}

function urlEncoded(name: string): string {
  return encodeURIComponent(name).replaceAll('%2F', '/')
}
