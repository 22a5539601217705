import { randomBytes, randomUUID } from 'node:crypto'
import type { ObjectCreated } from './object-files.ts'

/**
 * The message about a created object, as S3 forms it.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 */
export function createdMessage(
  { bucket, key, size, etag, lastModified }: ObjectCreated,
  { region, owner, id }: { readonly region: string; readonly owner: string; readonly id: string },
): string {
  const record = {
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    awsRegion: region,
    eventTime: lastModified.toISOString(),
    eventName: 'ObjectCreated:Put',
    userIdentity: { principalId: `AWS:${owner}` },
    requestParameters: { sourceIPAddress: '127.0.0.1' },
    responseElements: requestIds('x-amz-request-id', 'x-amz-id-2'),
    s3: {
      s3SchemaVersion: '1.0',
      configurationId: id,
      bucket: { name: bucket, ownerIdentity: { principalId: owner }, arn: `arn:aws:s3:::${bucket}` },
      object: { key: formEncoded(key), size, eTag: etag, sequencer: nextSequencer() },
    },
  }
  return JSON.stringify({ Records: [record] })
}

/** The message with which S3 tries a queue when its notification is configured; it has no records. */
export function testMessage(bucket: string): string {
  const head = { Service: 'Amazon S3', Event: 's3:TestEvent', Time: new Date().toISOString(), Bucket: bucket }
  return JSON.stringify({ ...head, ...requestIds('RequestId', 'HostId') })
}

function requestIds(request: string, host: string): Record<string, string> {
  return {
    [request]: randomUUID().replaceAll('-', '').slice(0, 16).toUpperCase(),
    [host]: randomBytes(32).toString('base64'),
  }
}

/** Encodes as in a form, so that a space is a plus sign, but keeps slashes. */
export function formEncoded(key: string): string {
  return new URLSearchParams([['', key]]).toString().slice(1).replaceAll('%2F', '/')
}

let lastSequence = 0n

/** Grows with each event, so that comparing two of one key shows the later one. */
function nextSequencer(): string {
  const now = BigInt(Date.now()) << 20n
  lastSequence = now > lastSequence ? now : lastSequence + 1n
  return lastSequence.toString(16).toUpperCase().padStart(18, '0')
}
