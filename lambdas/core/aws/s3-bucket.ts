import type { GetObjectCommandOutput } from '@aws-sdk/client-s3'
import { StoreError } from '../errors.ts'
import type { ListedObject, OpenedObject, StreamBucket } from '../stream/bucket.ts'
import { partBound, type S3 } from './clients.ts'
import { missingOr, statusOf } from './s3-errors.ts'
import { storeDown } from './s3-store.ts'

/** Bytes fetched at once: few requests for long objects, and little to fetch again when a connection breaks. */
const partBytes = 8 * 1024 * 1024

/**
 * A bucket that a provider writes to, in S3.
 * @param owner account of its owner, which S3 then checks: another account could take over a deleted bucket's name
 * @param bound makes the limit of a call
 */
export function s3Bucket(s3: S3, bucket: string, owner?: string, bound = partBound): StreamBucket {
  const addressOf = (name: string) => `s3://${bucket}/${name}`
  const whose = { Bucket: bucket, ...(owner !== undefined && { ExpectedBucketOwner: owner }) }

  /** @param start of the part; the whole object by default */
  const fetchPart = async (name: string, start?: number, version?: string): Promise<Part> => {
    const { sdk, client } = await s3()
    const range = start === undefined ? {} : { Range: `bytes=${start}-${start + partBytes - 1}` }
    const match = version === undefined ? {} : { IfMatch: `"${version}"` }
    return partOf(await client.send(new sdk.GetObjectCommand({ ...whose, Key: name, ...range, ...match }), bound()))
  }

  return {
    addressOf,
    async list(prefix, after) {
      const { sdk, client } = await s3()
      const command = new sdk.ListObjectsV2Command({ ...whose, Prefix: prefix, StartAfter: after })
      const { Contents = [] } = await client.send(command, bound()).catch((error: unknown) => {
        throw storeDown(addressOf(prefix), error)
      })
      return Contents.map(({ Key = '', ETag, LastModified, Size = 0 }): ListedObject => {
        return { name: Key, version: plainTag(ETag), writtenAt: LastModified?.getTime() ?? 0, size: Size }
      })
    },
    async open(name) {
      try {
        const first = await fetchPart(name, 0).catch((error: unknown) => {
          if (statusOf(error) !== 416) throw error
          // An object without content has no range.
          return fetchPart(name)
        })
        return opened(name, first, (start) => fetchPart(name, start, first.version), addressOf(name))
      } catch (error) {
        return missingOr(error, () => storeDown(addressOf(name), error))
      }
    },
  }
}

interface Part extends Omit<ListedObject, 'name'> {
  readonly bytes: Uint8Array
}

const plainTag = (tag = ''): string => tag.replaceAll('"', '')

async function partOf({ Body, ETag, LastModified, ContentRange = '' }: GetObjectCommandOutput): Promise<Part> {
  const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array()
  const size = Number(/\/(\d+)$/.exec(ContentRange)?.[1] ?? bytes.length)
  return { bytes, size, version: plainTag(ETag), writtenAt: LastModified?.getTime() ?? 0 }
}

function opened(name: string, first: Part, next: (start: number) => Promise<Part>, address: string): OpenedObject {
  const { bytes, ...facts } = first
  return {
    name,
    ...facts,
    async *read() {
      yield bytes
      for (let at = bytes.length; at < facts.size; ) {
        const part = await next(at).catch((cause: unknown) => {
          const changed = statusOf(cause) === 412 || statusOf(cause) === 404
          throw changed ? new StoreError(`${address} changed while it was read`, { cause }) : storeDown(address, cause)
        })
        if (part.bytes.length === 0) throw new StoreError(`${address}: an empty answer`)
        yield part.bytes
        at += part.bytes.length
      }
    },
  }
}
