import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { expect, test } from 'vitest'
import { type Stack, startStack } from '../../../support/clients.ts'

const of = { Bucket: 'lake', Key: 'big/object' }
const mebi = 1024 * 1024

async function startUpload() {
  const stack = await startStack()
  stack.gateway.objects.ensureBucket(of.Bucket)
  const { UploadId = '' } = await stack.s3.send(new CreateMultipartUploadCommand(of))
  return { ...stack, UploadId }
}

async function sendPart({ s3, UploadId }: Pick<Stack, 's3'> & { UploadId: string }, PartNumber: number, Body: Buffer) {
  const { ETag, ChecksumCRC32 } = await s3.send(new UploadPartCommand({ ...of, UploadId, PartNumber, Body }))
  return { PartNumber, ETag, ChecksumCRC32 }
}

const complete = (
  { s3, UploadId }: Pick<Stack, 's3'> & { UploadId: string },
  Parts: CompletedPart[],
  more: object = {},
) => s3.send(new CompleteMultipartUploadCommand({ ...of, UploadId, MultipartUpload: { Parts }, ...more }))

test('parts sent in any order, one of them twice, become one object in the order of their numbers', async () => {
  const upload = await startUpload()
  const second = await sendPart(upload, 2, Buffer.alloc(10, 'b'))
  await sendPart(upload, 1, Buffer.alloc(5 * mebi, 'x'))
  const first = await sendPart(upload, 1, Buffer.alloc(5 * mebi, 'a'))
  const { ETag } = await complete(upload, [first, second])
  const object = await upload.s3.send(new GetObjectCommand(of))
  expect(object.ETag).toBe(ETag)
  const bytes = Buffer.from((await object.Body?.transformToByteArray()) ?? [])
  expect(bytes.equals(Buffer.concat([Buffer.alloc(5 * mebi, 'a'), Buffer.alloc(10, 'b')]))).toBe(true)
  expect(await readdir(join(upload.gateway.objects.pathOf('lake', 'x'), '../../.incoming'))).toEqual([])
  await expect(complete(upload, [first])).rejects.toMatchObject({ name: 'NoSuchUpload' })
})

test('an upload obeys the condition under which it is completed', async () => {
  const upload = await startUpload()
  const part = await sendPart(upload, 1, Buffer.from('late'))
  await upload.s3.send(new PutObjectCommand({ ...of, Body: 'early' }))
  await expect(complete(upload, [part], { IfNoneMatch: '*' })).rejects.toMatchObject({ name: 'PreconditionFailed' })
  await complete(upload, [part])
})

test('parts that were not sent, differ, are too small or out of order are refused', async () => {
  const upload = await startUpload()
  const one = await sendPart(upload, 1, Buffer.from('small'))
  const two = await sendPart(upload, 2, Buffer.from('last'))
  await expect(complete(upload, [{ PartNumber: 3, ETag: '"x"' }])).rejects.toMatchObject({ name: 'InvalidPart' })
  await expect(complete(upload, [{ ...two, ETag: one.ETag }])).rejects.toMatchObject({ name: 'InvalidPart' })
  await expect(complete(upload, [{ ...two, ChecksumCRC32: 'AAAAAA==' }])).rejects.toMatchObject({ name: 'InvalidPart' })
  await expect(complete(upload, [one, two])).rejects.toMatchObject({ name: 'EntityTooSmall' })
  await expect(complete(upload, [two, one])).rejects.toMatchObject({ name: 'InvalidPartOrder' })
})

test('an aborted upload is gone with its parts', async () => {
  const upload = await startUpload()
  const part = await sendPart(upload, 1, Buffer.from('x'))
  await upload.s3.send(new AbortMultipartUploadCommand({ ...of, UploadId: upload.UploadId }))
  await expect(complete(upload, [part])).rejects.toMatchObject({ name: 'NoSuchUpload' })
  expect(await readdir(join(upload.gateway.objects.pathOf('lake', 'x'), '../../.incoming'))).toEqual([])
})

test('operations that are not there say so', async () => {
  const { s3, gateway } = await startStack()
  gateway.objects.ensureBucket('lake')
  const refused = { name: 'NotImplemented', $metadata: { httpStatusCode: 501 } }
  await expect(s3.send(new CopyObjectCommand({ ...of, CopySource: 'lake/a' }))).rejects.toMatchObject(refused)
  await expect(s3.send(new ListObjectVersionsCommand({ Bucket: 'lake' }))).rejects.toMatchObject(refused)
  await expect(s3.send(new GetObjectCommand({ ...of, VersionId: '1' }))).rejects.toMatchObject(refused)
})
