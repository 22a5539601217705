import { StoreError } from '../errors.ts'
import type { ObjectReader } from '../ports.ts'
import type { CallBound, S3 } from './clients.ts'
import { isMissing, missingOr, statusOf } from './s3-errors.ts'
import { storeDown } from './s3-store.ts'

/** Bytes fetched with the first request: the footer of a data file, or all of a small one. */
const tailBytes = 65_536

/**
 * Reads parts of the objects of one bucket. Parts of an object's last 64 KiB cost no further request, and all parts
 * come from the version that was opened.
 * @param bound makes the limit of a call; none by default
 */
export function s3Reader(s3: S3, bucket: string, bound: () => CallBound = () => ({})): ObjectReader {
  const fetchRange = async (key: string, range: string, etag?: string) => {
    const { sdk, client } = await s3()
    const command = new sdk.GetObjectCommand({ Bucket: bucket, Key: key, Range: `bytes=${range}`, IfMatch: etag })
    const { Body, ContentRange = '', ETag } = await client.send(command, bound())
    if (!Body || !ETag) throw new TypeError(`s3://${bucket}/${key}: answer without body or ETag`)
    // Copied, because the array may be a view of a larger buffer.
    const { buffer } = new Uint8Array(await Body.transformToByteArray())
    return { bytes: buffer, byteLength: Number(/\/(\d+)$/.exec(ContentRange)?.[1] ?? buffer.byteLength), etag: ETag }
  }
  return {
    async open(key) {
      const tail = await fetchRange(key, `-${tailBytes}`).catch((error: unknown) => {
        // An empty object has no tail.
        if (statusOf(error) === 416) return { bytes: new ArrayBuffer(0), byteLength: 0, etag: '' }
        return missingOr(error, () => storeDown(`s3://${bucket}/${key}`, error))
      })
      if (!tail) return undefined
      const { byteLength, etag, bytes } = tail
      const tailStart = byteLength - bytes.byteLength
      return {
        byteLength,
        async slice(start, end = byteLength) {
          const last = Math.min(end, byteLength)
          if (start >= last) return new ArrayBuffer(0)
          if (start >= tailStart) return bytes.slice(start - tailStart, last - tailStart)
          try {
            return (await fetchRange(key, `${start}-${last - 1}`, etag)).bytes
          } catch (cause) {
            if (!isMissing(cause) && statusOf(cause) !== 412) throw storeDown(`s3://${bucket}/${key}`, cause)
            throw new StoreError(`s3://${bucket}/${key} was replaced while it was being read`, { cause })
          }
        },
      }
    },
  }
}
