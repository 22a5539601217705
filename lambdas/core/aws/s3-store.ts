import { GetObjectCommand, NoSuchKey, PutObjectCommand, type S3Client, S3ServiceException } from '@aws-sdk/client-s3'
import type { ObjectStore, PutCondition } from '../ports.ts'

/** Answers to a conditional put that mean "somebody else was faster": https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html */
const lostRace = new Set([404, 409, 412])

/** One bucket as an object store. */
export function s3Store(client: S3Client, bucket: string): ObjectStore {
  const at = (key: string) => ({ Bucket: bucket, Key: key })
  return {
    async get(key) {
      try {
        const { Body, ETag } = await client.send(new GetObjectCommand(at(key)))
        if (!Body || !ETag) throw new TypeError(`s3://${bucket}/${key}: answer without body or ETag`)
        return { body: await Body.transformToByteArray(), etag: ETag }
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined
        throw error
      }
    },
    async put(key, body) {
      await client.send(new PutObjectCommand({ ...at(key), Body: body }))
    },
    async putIf(key, body, condition) {
      try {
        await client.send(new PutObjectCommand({ ...at(key), Body: body, ...conditionHeader(condition) }))
        return true
      } catch (error) {
        if (error instanceof S3ServiceException && lostRace.has(error.$metadata.httpStatusCode ?? 0)) return false
        throw error
      }
    },
  }
}

const conditionHeader = (condition: PutCondition) =>
  'etag' in condition ? { IfMatch: condition.etag } : { IfNoneMatch: '*' }
