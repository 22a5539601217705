import { StoreError } from '../errors.ts'
import { isPlainObject, isText } from '../json/forms.ts'
import type { ListedObject } from '../stream/bucket.ts'

/** The members of an object that are asked for: https://cloud.google.com/storage/docs/json_api/v1/objects#resource */
export const objectFields = 'name,generation,size,md5Hash,timeCreated,contentEncoding'

/** An object as the storage describes it. */
export interface ObjectFacts {
  readonly object: ListedObject
  /** Whether it is marked as `Content-Encoding: gzip`, so that the storage may unpack it on the way. */
  readonly isMarkedGzip: boolean
  /** MD5 of the content as stored, in base64; absent where the storage has none, as of objects made of others. */
  readonly md5: string | undefined
}

/**
 * Reads the description of an object. Its 64-bit numbers are texts; the generation stays one.
 * @throws {StoreError} when a member is missing or invalid
 */
export function objectFacts(value: unknown): ObjectFacts {
  const { name, generation, size, md5Hash, timeCreated, contentEncoding } = isPlainObject(value) ? value : {}
  const writtenAt = isText(timeCreated) ? Date.parse(timeCreated) : Number.NaN
  if (!isText(name) || name === '' || !isDigits(generation) || !isDigits(size) || Number.isNaN(writtenAt)) {
    throw new StoreError(`an object of the bucket is not described by ${objectFields}. If this persists, check apiUrl`)
  }
  const object = { name, version: generation, writtenAt, size: Number(size) }
  return { object, isMarkedGzip: contentEncoding === 'gzip', md5: isText(md5Hash) ? md5Hash : undefined }
}

const isDigits = (value: unknown): value is string => isText(value) && /^\d{1,20}$/.test(value)
