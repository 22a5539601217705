import { DeleteObjectCommand, type S3Client, S3ServiceException } from '@aws-sdk/client-s3'

/** Answers when another writer has deleted or replaced the object. */
const lostRace: ReadonlySet<number | undefined> = new Set([404, 412])

/**
 * Deletes an object, unless another writer has replaced or deleted it since.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-deletes.html
 * @param etag of the object as it was written or read
 */
export async function deleteUnchanged(client: S3Client, bucket: string, key: string, etag: string): Promise<void> {
  await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key, IfMatch: etag })).catch((error: unknown) => {
    if (!(error instanceof S3ServiceException && lostRace.has(error.$metadata.httpStatusCode))) throw error
  })
}
