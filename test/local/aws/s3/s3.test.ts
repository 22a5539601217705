import { createHash, randomBytes } from 'node:crypto'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import {
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3'
import { expect, test } from 'vitest'
import type { Gateway } from '../../../../local/aws/gateway/gateway.ts'
import { startStack, temporaryFolder } from '../../../support/clients.ts'

const Bucket = 'lake'

async function startBucket(options: Parameters<typeof startStack>[0] = {}) {
  const stack = await startStack(options)
  stack.gateway.objects.ensureBucket(Bucket)
  return stack
}

/** Headers of a request that no client would make. */
const authorization = ({ principals }: Gateway) =>
  `AWS4-HMAC-SHA256 Credential=${principals.create('raw').accessKeyId}/20261120/us-east-1/s3/aws4_request, Signature=0`

const put = (s3: S3Client, Key: string, Body: string | Buffer | Readable, more: Partial<PutObjectCommandInput> = {}) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }))

const read = async (s3: S3Client, Key: string) => {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }))
  return Buffer.from((await Body?.transformToByteArray()) ?? [])
}

test('an object is modified at the time of a shifted clock', async () => {
  const time = Date.parse('2026-01-15T10:00:00Z')
  const { s3 } = await startBucket({ now: () => time })
  await put(s3, 'k', 'rows')
  expect((await s3.send(new HeadObjectCommand({ Bucket, Key: 'k' }))).LastModified).toEqual(new Date(time))
})

test('an object is a plain file with the MD5 as its ETag', async () => {
  const { s3, gateway } = await startBucket()
  const etag = `"${createHash('md5').update('rows').digest('hex')}"`
  expect(await put(s3, 'tables/t/dt=2026-11-20/symlink.txt', 'rows')).toMatchObject({ ETag: etag })
  const path = gateway.objects.pathOf(Bucket, 'tables/t/dt=2026-11-20/symlink.txt')
  expect(path.endsWith('/s3/lake/tables/t/dt=2026-11-20/symlink.txt')).toBe(true)
  expect(await readFile(path, 'utf8')).toBe('rows')
  expect(await s3.send(new HeadObjectCommand({ Bucket, Key: 'tables/t/dt=2026-11-20/symlink.txt' }))).toMatchObject({
    ETag: etag,
    ContentLength: 4,
  })
  await writeFile(path, 'rows put by hand')
  expect((await read(s3, 'tables/t/dt=2026-11-20/symlink.txt')).toString()).toBe('rows put by hand')
})

test('of twenty racing creations of one object exactly one succeeds', async () => {
  const { s3 } = await startBucket()
  const racers = Array.from({ length: 20 }, (_, n) => put(s3, 'race', `racer ${n}`, { IfNoneMatch: '*' }))
  const results = await Promise.allSettled(racers)
  const winner = results.findIndex(({ status }) => status === 'fulfilled')
  const losers = results.filter(({ status }) => status === 'rejected')
  expect(losers).toHaveLength(19)
  for (const loser of losers) {
    expect(loser).toMatchObject({ reason: { name: 'PreconditionFailed', $metadata: { httpStatusCode: 412 } } })
  }
  expect((await read(s3, 'race')).toString()).toBe(`racer ${winner}`)
})

test('of twenty racing replacements of one version exactly one succeeds, even before its ETag is known', async () => {
  const dataDir = await temporaryFolder()
  const first = await startStack({ dataDir })
  first.gateway.objects.ensureBucket(Bucket)
  const { ETag = '' } = await put(first.s3, 'list', Buffer.alloc(10_000_000))
  await first.stop()
  const { s3 } = await startStack({ dataDir })
  for (const IfMatch of [ETag, (await put(s3, 'other', 'known')).ETag ?? '']) {
    const Key = IfMatch === ETag ? 'list' : 'other'
    const racers = Array.from({ length: 20 }, (_, n) => put(s3, Key, `racer ${n}`, { IfMatch }))
    const results = await Promise.allSettled(racers)
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  }
})

test('a version is replaced or deleted only under its own ETag', async () => {
  const { s3 } = await startBucket()
  const { ETag = '' } = await put(s3, 'list', 'one')
  const { ETag: second = '' } = await put(s3, 'list', 'two', { IfMatch: ETag })
  await expect(put(s3, 'list', 'three', { IfMatch: ETag })).rejects.toMatchObject({ name: 'PreconditionFailed' })
  await expect(put(s3, 'nowhere', 'x', { IfMatch: ETag })).rejects.toMatchObject({
    name: 'NoSuchKey',
    $metadata: { httpStatusCode: 404 },
  })
  const remove = (IfMatch: string) => s3.send(new DeleteObjectCommand({ Bucket, Key: 'list', IfMatch }))
  await expect(remove(ETag)).rejects.toMatchObject({ name: 'PreconditionFailed' })
  await remove(second)
  await expect(remove(second)).rejects.toMatchObject({ name: 'NoSuchKey' })
})

test('a reader sees whole versions only while writers keep replacing the object', async () => {
  const { s3 } = await startBucket()
  const version = (fill: number) => Buffer.alloc(300_000, fill)
  await put(s3, 'state', version(0))
  let writing = true
  const write = async () => {
    for (let n = 1; n <= 60; n++) await put(s3, 'state', version(n % 256))
    writing = false
  }
  const seen = new Set<number | undefined>()
  const watch = async () => {
    while (writing) {
      const bytes = await read(s3, 'state')
      expect(bytes.length).toBe(300_000)
      expect(bytes.every((byte) => byte === bytes[0])).toBe(true)
      seen.add(bytes[0])
    }
  }
  await Promise.all([write(), watch(), watch()])
  expect(seen.size).toBeGreaterThan(1)
})

test('70 MB are written in one request, and byte ranges of them read', async () => {
  const { s3, gateway } = await startBucket()
  const part = randomBytes(1_000_000)
  const whole = Buffer.concat(Array.from({ length: 70 }, () => part))
  await put(s3, 'big', whole)
  expect((await readFile(gateway.objects.pathOf(Bucket, 'big'))).equals(whole)).toBe(true)
  const range = async (Range: string) => {
    const answer = await s3.send(new GetObjectCommand({ Bucket, Key: 'big', Range }))
    return { bytes: await answer.Body?.transformToByteArray(), range: answer.ContentRange }
  }
  const middle = await range('bytes=999990-1000009')
  expect(Buffer.from(middle.bytes ?? [])).toEqual(Buffer.concat([part.subarray(-10), part.subarray(0, 10)]))
  expect(middle.range).toBe('bytes 999990-1000009/70000000')
  expect(Buffer.from((await range('bytes=-8')).bytes ?? [])).toEqual(part.subarray(-8))
  expect((await range('bytes=69999999-')).range).toBe('bytes 69999999-69999999/70000000')
  await expect(range('bytes=70000000-')).rejects.toMatchObject({
    name: 'InvalidRange',
    $metadata: { httpStatusCode: 416 },
  })
})

test('an empty object is an object', async () => {
  const { s3 } = await startBucket()
  await put(s3, 'empty', '')
  expect(await read(s3, 'empty')).toHaveLength(0)
  expect(await s3.send(new HeadObjectCommand({ Bucket, Key: 'empty' }))).toMatchObject({ ContentLength: 0 })
})

test('reads can require a version', async () => {
  const { s3 } = await startBucket()
  const { ETag = '' } = await put(s3, 'k', 'v')
  const get = (condition: object) => s3.send(new GetObjectCommand({ Bucket, Key: 'k', ...condition }))
  expect(await (await get({ IfMatch: ETag })).Body?.transformToString()).toBe('v')
  await expect(get({ IfMatch: '"other"' })).rejects.toMatchObject({ name: 'PreconditionFailed' })
})

test('a body that does not fit its checksum is refused and not stored', async () => {
  const { s3, gateway } = await startBucket()
  await expect(put(s3, 'damaged', 'content', { ChecksumCRC32: 'AAAAAA==' })).rejects.toMatchObject({
    name: 'BadDigest',
    $metadata: { httpStatusCode: 400 },
  })
  await expect(s3.send(new HeadObjectCommand({ Bucket, Key: 'damaged' }))).rejects.toMatchObject({ name: 'NotFound' })
  expect(await readdir(join(gateway.objects.pathOf(Bucket, 'x'), '../../.incoming'))).toEqual([])
})

test('a chunked body is refused by name', async () => {
  const { s3 } = await startBucket()
  const stream = put(s3, 'chunked', Readable.from([Buffer.from('x')]), { ContentLength: 1 })
  await expect(stream).rejects.toMatchObject({
    name: 'NotImplemented',
    message: expect.stringContaining('aws-chunked'),
  })
})

test('deleting is final, repeatable, and leaves no folder in the way of an object', async () => {
  const { s3 } = await startBucket()
  await put(s3, 'a/b/c', 'x')
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'a/b/c' }))
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'a/b/c' }))
  await expect(read(s3, 'a/b/c')).rejects.toMatchObject({ name: 'NoSuchKey' })
  await put(s3, 'a', 'an object where a folder was')
  await expect(put(s3, 'a/b', 'x')).rejects.toMatchObject({
    name: 'NotImplemented',
    message: expect.stringContaining('a/b'),
  })
})

test('operations that the pipeline does not call are refused by name', async () => {
  const { s3 } = await startBucket()
  const refused = { name: 'NotImplemented', $metadata: { httpStatusCode: 501 } }
  const of = { Bucket, Key: 'k' }
  await expect(s3.send(new CopyObjectCommand({ ...of, CopySource: 'lake/a' }))).rejects.toMatchObject(refused)
  await expect(s3.send(new CreateMultipartUploadCommand(of))).rejects.toMatchObject(refused)
  const many = new DeleteObjectsCommand({ Bucket, Delete: { Objects: [of] } })
  await expect(s3.send(many)).rejects.toMatchObject(refused)
  await expect(s3.send(new ListObjectVersionsCommand({ Bucket }))).rejects.toMatchObject(refused)
  await expect(s3.send(new GetObjectCommand({ ...of, VersionId: '1' }))).rejects.toMatchObject(refused)
})

test('a missing bucket is NoSuchBucket', async () => {
  const { s3 } = await startBucket()
  const answer = s3.send(new PutObjectCommand({ Bucket: 'other', Key: 'k', Body: 'x' }))
  await expect(answer).rejects.toMatchObject({ name: 'NoSuchBucket', message: expect.stringContaining('other') })
})

test.each<[string, Partial<PutObjectCommandInput>]>([
  ['x-amz-meta-owner', { Metadata: { owner: 'me' } }],
  ['x-amz-tagging', { Tagging: 'a=b' }],
  ['x-amz-acl', { ACL: 'private' }],
  ['content-encoding', { ContentEncoding: 'gzip' }],
  ['x-amz-storage-class', { StorageClass: 'GLACIER' }],
  ['x-amz-server-side-encryption', { ServerSideEncryption: 'aws:kms' }],
  ['cache-control', { CacheControl: 'no-store' }],
  ['content-md5', { ContentMD5: 'AAAAAAAAAAAAAAAAAAAAAA==' }],
  ['x-amz-checksum-sha256', { ChecksumSHA256: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=' }],
  ['x-amz-checksum-crc64nvme', { ChecksumCRC64NVME: 'AAAAAAAAAAA=' }],
])('metadata that a plain file cannot keep is refused by name: %s', async (header, input) => {
  const { s3 } = await startBucket()
  await expect(put(s3, 'k', 'x', input)).rejects.toMatchObject({
    name: 'NotImplemented',
    message: expect.stringContaining(header),
    $metadata: { httpStatusCode: 501 },
  })
})

test('objects outlive the gateway', async () => {
  const dataDir = await temporaryFolder()
  const first = await startStack({ dataDir })
  first.gateway.objects.ensureBucket(Bucket)
  const { ETag } = await put(first.s3, 'kept/object', 'content')
  await first.stop()
  const second = await startStack({ dataDir })
  expect(await second.s3.send(new HeadObjectCommand({ Bucket, Key: 'kept/object' }))).toMatchObject({ ETag })
})

test('an aborted upload leaves nothing behind and is not reported as a fault', async () => {
  const faults: unknown[] = []
  const { gateway } = await startStack({ onFault: (error) => faults.push(error) })
  gateway.objects.ensureBucket(Bucket)
  const incoming = join(gateway.objects.pathOf(Bucket, 'x'), '../../.incoming')
  const upload = request(`${gateway.url}/lake/half`, {
    method: 'PUT',
    headers: { authorization: authorization(gateway), 'content-length': 2_000_000 },
  })
  const broken = new Promise((resolve) => upload.once('error', resolve))
  upload.write(Buffer.alloc(1_000_000))
  await expect.poll(() => readdir(incoming)).toHaveLength(1)
  upload.destroy()
  await broken
  await expect.poll(() => readdir(incoming)).toEqual([])
  await expect(stat(gateway.objects.pathOf(Bucket, 'half'))).rejects.toMatchObject({ code: 'ENOENT' })
  expect(faults).toEqual([])
})
