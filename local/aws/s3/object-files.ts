import { createHash, randomUUID } from 'node:crypto'
import {
  type BigIntStats,
  mkdirSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  unlinkSync,
  utimesSync,
} from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { notImplemented, ServiceError } from '../store.ts'
import { keysBelow, missingAsUndefined } from './object-keys.ts'
import { objectPath } from './object-path.ts'

/** The facts of one version of an object. */
export interface ObjectInfo {
  /** Bytes. */
  readonly size: number
  /** Without quotes. */
  readonly etag: string
  readonly lastModified: Date
}

/** Reported once the new version can be read. */
export interface ObjectCreated {
  readonly bucket: string
  readonly key: string
  /** Bytes. */
  readonly size: number
  readonly etag: string
  readonly lastModified: Date
}

/** The condition on the current version under which a change happens. */
export interface Condition {
  /** Only if the key has no object. */
  readonly absent?: boolean
  /** Only if the current version has this ETag (without quotes); `*` is any version. */
  readonly etag?: string
}

const incoming = '.incoming'

/** A clock that shows another time than the system's by more than this, in milliseconds, is shifted. */
const shiftedMs = 1_000

export interface ObjectFilesOptions {
  readonly dir: string
  /** The time at which objects are modified, in milliseconds since 1970. @default that of the system */
  readonly now?: (() => number) | undefined
  /** What it returns must be done before a put is acknowledged. */
  readonly onObjectCreated?: (event: ObjectCreated) => Promise<void> | undefined
}

/**
 * Objects as plain files, one folder per bucket. A new version is written beside the buckets and renamed into place, so
 * that readers, and a kill at any moment, see whole versions only. Nothing is synced to the disk: objects survive the
 * death of the process, not of the machine.
 *
 * One process owns the folder. Conditions hold because the last check and the rename are one synchronous step.
 */
export class ObjectFiles {
  readonly #dir: string
  readonly #now: () => number
  readonly #onObjectCreated: ObjectFilesOptions['onObjectCreated']
  /** ETags by path, valid while the file's stamp is the same. */
  readonly #etags = new Map<string, { readonly stamp: string; readonly etag: string }>()

  constructor({ dir, now = Date.now, onObjectCreated }: ObjectFilesOptions) {
    this.#dir = dir
    this.#now = now
    this.#onObjectCreated = onObjectCreated
    rmSync(join(dir, incoming), { recursive: true, force: true })
    mkdirSync(join(dir, incoming), { recursive: true })
  }

  ensureBucket(bucket: string): void {
    if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)) {
      throw new ServiceError(400, 'InvalidBucketName', `The specified bucket is not valid: ${bucket}`)
    }
    mkdirSync(join(this.#dir, bucket), { recursive: true })
  }

  hasBucket(bucket: string): boolean {
    return stampOf(join(this.#dir, bucket))?.stat.isDirectory() ?? false
  }

  pathOf(bucket: string, key: string): string {
    return objectPath(this.#dir, bucket, key)
  }

  /** A path for a version before it is published. The next start removes leftovers. */
  temporaryFile(): string {
    return join(this.#dir, incoming, randomUUID())
  }

  /** The object's current version, or undefined. */
  async info(bucket: string, key: string): Promise<ObjectInfo | undefined> {
    const path = this.pathOf(bucket, key)
    const found = fileStamp(path)
    if (!found) return undefined
    const cached = this.#cachedEtag(path, found.stamp)
    if (cached) return infoOf(found.stat, cached)
    const opened = await this.open(bucket, key)
    await opened?.file.close()
    return opened?.info
  }

  /** Opens one version for reading; later versions do not disturb the reader. The caller closes the file. */
  async open(bucket: string, key: string): Promise<{ info: ObjectInfo; file: FileHandle } | undefined> {
    const path = this.pathOf(bucket, key)
    if (!fileStamp(path)) return undefined
    const file = await open(path).catch(missingAsUndefined)
    if (!file) return undefined
    try {
      const stat = await file.stat({ bigint: true })
      return { info: infoOf(stat, await this.#etagOf(path, file, stat)), file }
    } catch (error) {
      await file.close()
      throw error
    }
  }

  /**
   * Makes a finished temporary file the object's current version.
   * @throws {ServiceError} 412 or 404 when the condition does not hold
   */
  async publish(temporary: string, bucket: string, key: string, condition: Condition, etag: string): Promise<void> {
    const path = this.pathOf(bucket, key)
    let reported: Promise<void> | undefined
    await this.#changeIf(bucket, key, condition, () => {
      try {
        mkdirSync(dirname(path), { recursive: true })
        const now = this.#now()
        if (Math.abs(now - Date.now()) > shiftedMs) utimesSync(temporary, now / 1_000, now / 1_000)
        renameSync(temporary, path)
      } catch (error) {
        if (!(error instanceof Error && 'code' in error)) throw error
        if (!['ENOTDIR', 'EEXIST', 'EISDIR', 'ENOTEMPTY'].includes(String(error.code))) throw error
        throw notImplemented(`an object and a folder of the same name (key ${key}): objects are plain files here`)
      }
      const published = fileStamp(path)
      if (!published) return
      this.#etags.set(path, { stamp: published.stamp, etag })
      reported = this.#onObjectCreated?.({ bucket, key, ...infoOf(published.stat, etag) })
    })
    await reported
  }

  /**
   * Deletes an object; a missing one counts as deleted.
   * @throws {ServiceError} 412 or 404 when the condition does not hold
   */
  async remove(bucket: string, key: string, condition: Condition): Promise<void> {
    const path = this.pathOf(bucket, key)
    await this.#changeIf(bucket, key, condition, () => {
      if (!fileStamp(path)) return
      unlinkSync(path)
      this.#etags.delete(path)
      removeEmptyFolders(dirname(path), join(this.#dir, bucket))
    })
  }

  /** All keys with this prefix, in S3's order. */
  keys(bucket: string, prefix: string): string[] {
    return keysBelow(this.#dir, bucket, prefix)
  }

  async #changeIf(bucket: string, key: string, condition: Condition, change: () => void): Promise<void> {
    const path = this.pathOf(bucket, key)
    while (true) {
      const seen = fileStamp(path)?.stamp
      const current = condition.etag !== undefined && seen ? await this.info(bucket, key) : undefined
      if (fileStamp(path)?.stamp !== seen) continue // the file changed while its ETag was computed
      if (condition.absent && seen) throw preconditionFailed('If-None-Match')
      if (condition.etag !== undefined) {
        if (!seen) throw noSuchKey()
        if (condition.etag !== '*' && condition.etag !== current?.etag) throw preconditionFailed('If-Match')
      }
      return change()
    }
  }

  async #etagOf(path: string, file: FileHandle, stat: BigIntStats): Promise<string> {
    const stamp = stampText(stat)
    const cached = this.#cachedEtag(path, stamp)
    if (cached) return cached
    const hash = createHash('md5')
    for await (const chunk of file.createReadStream({ autoClose: false, start: 0 })) hash.update(chunk)
    const etag = hash.digest('hex')
    this.#etags.set(path, { stamp, etag })
    return etag
  }

  #cachedEtag(path: string, stamp: string): string | undefined {
    const cached = this.#etags.get(path)
    return cached?.stamp === stamp ? cached.etag : undefined
  }
}

export function noSuchKey(): ServiceError {
  return new ServiceError(404, 'NoSuchKey', 'The specified key does not exist.')
}

export function preconditionFailed(header: string): ServiceError {
  return new ServiceError(
    412,
    'PreconditionFailed',
    `At least one of the pre-conditions you specified did not hold: ${header}`,
  )
}

interface Stamped {
  readonly stat: BigIntStats
  /** Differs between any two versions of a file. */
  readonly stamp: string
}

function stampOf(path: string): Stamped | undefined {
  try {
    const stat = statSync(path, { bigint: true, throwIfNoEntry: false })
    return stat && { stat, stamp: stampText(stat) }
  } catch (error) {
    return missingAsUndefined(error) // the path has a file where it needs a folder
  }
}

function fileStamp(path: string): Stamped | undefined {
  const found = stampOf(path)
  return found?.stat.isFile() ? found : undefined
}

function stampText(stat: BigIntStats): string {
  return `${stat.ino} ${stat.size} ${stat.mtimeNs}`
}

function infoOf(stat: BigIntStats, etag: string): ObjectInfo {
  return { size: Number(stat.size), etag, lastModified: stat.mtime }
}

/** Removes empty folders, because one would block an object of its name. */
function removeEmptyFolders(folder: string, root: string): void {
  for (let at = folder; at !== root && readdirSync(at).length === 0; at = dirname(at)) rmdirSync(at)
}
