import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ObjectCopier } from '../ports.ts'
import type { S3 } from './clients.ts'
import { isMissing } from './s3-errors.ts'
import { storeDown } from './s3-store.ts'

/** Copies the objects of one bucket. */
export function s3Copier(s3: S3, bucket: string): ObjectCopier {
  return {
    async copy(key, path) {
      const { sdk, client } = await s3()
      try {
        const { Body, ContentLength } = await client.send(new sdk.GetObjectCommand({ Bucket: bucket, Key: key }))
        if (!(Body instanceof Readable)) throw new TypeError('answer without body')
        const file = createWriteStream(path)
        await pipeline(Body, file)
        if (ContentLength !== file.bytesWritten) throw new TypeError('answer was cut off')
        return true
      } catch (error) {
        if (isMissing(error)) return false
        throw storeDown(`s3://${bucket}/${key}`, error)
      }
    },
  }
}
