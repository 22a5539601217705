import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3'
import { TransientError } from '../errors.ts'
import type { ObjectStore, PutCondition } from '../ports.ts'
import type { CallBound } from './clients.ts'

/** Answers to a conditional put that mean "somebody else was faster": https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html */
const lostRace = new Set([404, 409, 412])

/**
 * One bucket as an object store.
 * @param bound makes the limit of a call; none by default
 */
export function s3Store(client: S3Client, bucket: string, bound: () => CallBound = () => ({})): ObjectStore {
  const at = (key: string) => ({ Bucket: bucket, Key: key })
  const down = (key: string, cause: unknown) => storeDown(`s3://${bucket}/${key}`, cause)
  return {
    async get(key) {
      try {
        const { Body, ETag } = await client.send(new GetObjectCommand(at(key)), bound())
        if (!Body || !ETag) throw new TypeError('answer without body or ETag')
        return { body: await Body.transformToByteArray(), etag: ETag }
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined
        throw down(key, error)
      }
    },
    async put(key, body) {
      const command = new PutObjectCommand({ ...at(key), Body: body })
      await client.send(command, bound()).catch((error: unknown) => {
        throw down(key, error)
      })
    },
    async putIf(key, body, condition) {
      try {
        const command = new PutObjectCommand({ ...at(key), Body: body, ...conditionHeader(condition) })
        const { ETag } = await client.send(command, bound())
        if (!ETag) throw new TypeError('answer without ETag')
        return ETag
      } catch (error) {
        if (error instanceof S3ServiceException && lostRace.has(error.$metadata.httpStatusCode ?? 0)) return undefined
        throw down(key, error)
      }
    },
    async list(prefix, limit, after) {
      const command = new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, MaxKeys: limit, StartAfter: after })
      const { Contents = [] } = await client.send(command, bound()).catch((error: unknown) => {
        throw down(prefix, error)
      })
      return Contents.map(({ Key = '', LastModified }) => ({ key: Key, writtenAt: LastModified?.getTime() ?? 0 }))
    },
    async delete(key) {
      await client.send(new DeleteObjectCommand(at(key)), bound()).catch((error: unknown) => {
        throw down(key, error)
      })
    },
  }
}

const conditionHeader = (condition: PutCondition) =>
  'etag' in condition ? { IfMatch: condition.etag } : { IfNoneMatch: '*' }

/** An outage, or access that is refused: told by the name that AWS gives it, since its message can quote data. */
export const storeDown = (what: string, cause: unknown): TransientError =>
  new TransientError(`${what}: ${cause instanceof Error ? cause.name : 'no answer'}`, { cause })
