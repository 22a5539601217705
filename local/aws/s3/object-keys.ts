import { readdirSync, statSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { keyOfPath, pathOfKey } from './object-path.ts'

/** All keys of a bucket with this prefix, in S3's order: by their UTF-8 bytes. `dir` is the object store's folder. */
export function keysBelow(dir: string, bucket: string, prefix: string): string[] {
  const root = join(dir, bucket)
  const folder = prefix.includes('/') ? join(root, pathOfKey(prefix.slice(0, prefix.lastIndexOf('/')))) : root
  if (!isFolder(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => keyOfPath(relative(root, join(entry.parentPath, entry.name)).replaceAll(sep, '/')))
    .filter((key) => key?.startsWith(prefix) === true)
    .map((key = '') => ({ key, bytes: Buffer.from(key) }))
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes))
    .map(({ key }) => key)
}

function isFolder(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
  } catch (error) {
    return missingAsUndefined(error) ?? false // the path has a file where it needs a folder
  }
}

/** `undefined` for the error of a missing file. @throws any other */
export function missingAsUndefined(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
    return undefined
  throw error
}
