import { StoreError } from '../errors.ts'
import type { ObjectStore, PutCondition } from '../ports.ts'
import type { CallBound, S3 } from './clients.ts'
import { missingOr } from './s3-errors.ts'

/** The answer to a put that may not replace anything, when there is an object. */
const isThere = 412

/**
 * Answers to a conditional put that lost to another writer:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
const lostRace = new Set([404, 409, isThere])

/**
 * One bucket as an object store.
 * @param bound makes the limit of a call; none by default
 */
export function s3Store(s3: S3, bucket: string, bound: () => CallBound = () => ({})): ObjectStore {
  const at = (key: string) => ({ Bucket: bucket, Key: key })
  const down = (key: string, cause: unknown) => storeDown(`s3://${bucket}/${key}`, cause)
  return {
    async get(key) {
      const { sdk, client } = await s3()
      try {
        const { Body, ETag } = await client.send(new sdk.GetObjectCommand(at(key)), bound())
        if (!Body || !ETag) throw new TypeError('answer without body or ETag')
        return { body: await Body.transformToByteArray(), etag: ETag }
      } catch (error) {
        return missingOr(error, () => down(key, error))
      }
    },
    async put(key, body) {
      const { sdk, client } = await s3()
      const command = new sdk.PutObjectCommand({ ...at(key), Body: body })
      await client.send(command, bound()).catch((error: unknown) => {
        throw down(key, error)
      })
    },
    async putOnce(key, body) {
      const { sdk, client } = await s3()
      const command = new sdk.PutObjectCommand({ ...at(key), Body: body, IfNoneMatch: '*' })
      try {
        await client.send(command, bound())
        return true
      } catch (error) {
        // A 409 does not say that the object is there: another request for it was under way.
        if (error instanceof sdk.S3ServiceException && error.$metadata.httpStatusCode === isThere) return false
        throw down(key, error)
      }
    },
    async putIf(key, body, condition) {
      const { sdk, client } = await s3()
      try {
        const command = new sdk.PutObjectCommand({ ...at(key), Body: body, ...conditionHeader(condition) })
        const { ETag } = await client.send(command, bound())
        if (!ETag) throw new TypeError('answer without ETag')
        return ETag
      } catch (error) {
        if (error instanceof sdk.S3ServiceException && lostRace.has(error.$metadata.httpStatusCode ?? 0))
          return undefined
        throw down(key, error)
      }
    },
    async list(prefix, limit, after) {
      const { sdk, client } = await s3()
      const command = new sdk.ListObjectsV2Command({
        Bucket: bucket,
        Prefix: prefix,
        MaxKeys: limit,
        StartAfter: after,
      })
      const { Contents = [] } = await client.send(command, bound()).catch((error: unknown) => {
        throw down(prefix, error)
      })
      return Contents.map(({ Key = '', LastModified, Size = 0 }) => ({
        key: Key,
        writtenAt: LastModified?.getTime() ?? 0,
        size: Size,
      }))
    },
    async delete(key) {
      const { sdk, client } = await s3()
      await client.send(new sdk.DeleteObjectCommand(at(key)), bound()).catch((error: unknown) => {
        throw down(key, error)
      })
    },
  }
}

const conditionHeader = (condition: PutCondition) =>
  'etag' in condition ? { IfMatch: condition.etag } : { IfNoneMatch: '*' }

/** An outage or refused access. Only AWS's name for the error is used, because its message can quote data. */
export const storeDown = (what: string, cause: unknown): StoreError =>
  new StoreError(`${what}: ${cause instanceof Error ? cause.name : 'no answer'}`, { cause })
