import { createHash } from 'node:crypto'
import { open, readFile, stat } from 'node:fs/promises'
import type { ObjectReader, StoreReader } from '../../../lambdas/core/ports.ts'
import { keysBelow, missingAsUndefined } from './object-keys.ts'
import { objectPath } from './object-path.ts'

/**
 * Reads the objects of a bucket from the folder in which a local run keeps them, whether or not one is running: new
 * versions are renamed into place, so that a reader sees whole ones. Changes nothing there.
 * @param dir the object store's folder
 */
export function folderReader(dir: string, bucket: string): StoreReader & ObjectReader {
  return {
    async get(key) {
      const body = await readFile(objectPath(dir, bucket, key)).catch(missingAsUndefined)
      return body && { body, etag: createHash('md5').update(body).digest('hex') }
    },
    async list(prefix, limit, after = '') {
      const bytes = Buffer.from(after)
      const keys = keysBelow(dir, bucket, prefix).filter((key) => Buffer.compare(Buffer.from(key), bytes) > 0)
      const listed = keys.slice(0, limit).map(async (key) => {
        const found = await stat(objectPath(dir, bucket, key)).catch(missingAsUndefined)
        return found ? [{ key, writtenAt: found.mtimeMs, size: found.size }] : []
      })
      return (await Promise.all(listed)).flat()
    },
    async open(key) {
      const path = objectPath(dir, bucket, key)
      const found = await stat(path).catch(missingAsUndefined)
      if (!found?.isFile()) return undefined
      return {
        byteLength: found.size,
        async slice(start, end = found.size) {
          const file = await open(path)
          try {
            const buffer = new ArrayBuffer(Math.max(0, end - start))
            await file.read(new Uint8Array(buffer), 0, buffer.byteLength, start)
            return buffer
          } finally {
            await file.close()
          }
        },
      }
    },
  }
}
