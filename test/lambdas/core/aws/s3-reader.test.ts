import { randomBytes } from 'node:crypto'
import * as sdk from '@aws-sdk/client-s3'
import { expect, test } from 'vitest'
import { s3Reader } from '../../../../lambdas/core/aws/s3-reader.ts'
import type { OpenObject } from '../../../../lambdas/core/ports.ts'
import { startStack } from '../../../support/clients.ts'

const Bucket = 'lake'

/** A reader over the wire, and the ranges it requests. */
async function startReader() {
  const { s3, gateway } = await startStack()
  gateway.objects.ensureBucket(Bucket)
  const ranges: unknown[] = []
  s3.middlewareStack.add(
    (next) => (args) => {
      if ('Range' in args.input) ranges.push(args.input.Range)
      return next(args)
    },
    { step: 'initialize' },
  )
  const put = (Key: string, Body: Buffer) => s3.send(new sdk.PutObjectCommand({ Bucket, Key, Body }))
  const remove = (Key: string) => s3.send(new sdk.DeleteObjectCommand({ Bucket, Key }))
  return { reader: s3Reader(async () => ({ sdk, client: s3 }), Bucket), ranges, put, remove }
}

const slicesOf = (object: OpenObject | undefined) => async (start: number, end?: number) =>
  Buffer.from((await object?.slice(start, end)) ?? new ArrayBuffer(0))

test.each([1, 100, 65_536])('an object of %i bytes takes one request', async (size) => {
  const { reader, ranges, put } = await startReader()
  const body = randomBytes(size)
  await put('small', body)
  const object = await reader.open('small')
  const slice = slicesOf(object)
  expect(object?.byteLength).toBe(size)
  expect(await slice(0)).toEqual(body)
  expect(await slice(0, size + 10)).toEqual(body)
  expect(await slice(size - 1, size)).toEqual(body.subarray(size - 1))
  expect(await slice(size)).toEqual(Buffer.alloc(0))
  expect(ranges).toEqual(['bytes=-65536'])
})

test('a larger object is read part by part, on demand, its end first', async () => {
  const { reader, ranges, put } = await startReader()
  const body = randomBytes(200_000)
  await put('large', body)
  const object = await reader.open('large')
  const slice = slicesOf(object)
  expect(object?.byteLength).toBe(200_000)
  expect(await slice(150_000, 160_000)).toEqual(body.subarray(150_000, 160_000))
  expect(await slice(134_464)).toEqual(body.subarray(134_464))
  expect(await slice(10, 10)).toEqual(Buffer.alloc(0))
  expect(ranges).toHaveLength(1)
  expect(await slice(0, 100)).toEqual(body.subarray(0, 100))
  expect(await slice(134_463)).toEqual(body.subarray(134_463))
  expect(ranges).toEqual(['bytes=-65536', 'bytes=0-99', 'bytes=134463-199999'])
})

test('an empty object has no bytes, a missing one is undefined, a missing bucket is an error', async () => {
  const { reader, put } = await startReader()
  await put('empty', Buffer.alloc(0))
  const empty = await reader.open('empty')
  expect([empty?.byteLength, (await empty?.slice(0))?.byteLength]).toEqual([0, 0])
  expect(await reader.open('missing')).toBeUndefined()
  const { s3 } = await startStack()
  await expect(s3Reader(async () => ({ sdk, client: s3 }), 'nowhere').open('key')).rejects.toMatchObject({
    name: 'StoreError',
    message: 's3://nowhere/key: NoSuchBucket',
  })
})

test.each(['replaced', 'deleted'])(
  'an object that was %s while it was being read is an error to try again',
  async (how) => {
    const { reader, put, remove } = await startReader()
    await put('file', randomBytes(100_000))
    const object = await reader.open('file')
    await (how === 'deleted' ? remove('file') : put('file', randomBytes(100_000)))
    await expect(object?.slice(0, 10)).rejects.toMatchObject({
      name: 'StoreError',
      message: 's3://lake/file was replaced while it was being read',
    })
  },
)
