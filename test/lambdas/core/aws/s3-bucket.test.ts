import { randomBytes } from 'node:crypto'
import * as sdk from '@aws-sdk/client-s3'
import { describe, expect, onTestFinished, test } from 'vitest'
import { s3Bucket } from '../../../../lambdas/core/aws/s3-bucket.ts'
import type { OpenedObject } from '../../../../lambdas/core/stream/bucket.ts'
import { startStack } from '../../../support/clients.ts'
import { serve } from '../../../support/serve.ts'

const Bucket = 'stream'
const partBytes = 8 * 1024 * 1024

/** A bucket over the wire, and what is sent to S3. */
async function startBucket(owner?: string) {
  const { s3, gateway } = await startStack()
  gateway.objects.ensureBucket(Bucket)
  const sent: object[] = []
  s3.middlewareStack.add(
    (next) => (args) => {
      sent.push(args.input)
      return next(args)
    },
    { step: 'initialize' },
  )
  const put = (Key: string, Body: Uint8Array) => s3.send(new sdk.PutObjectCommand({ Bucket, Key, Body }))
  const remove = (Key: string) => s3.send(new sdk.DeleteObjectCommand({ Bucket, Key }))
  return { bucket: s3Bucket(async () => ({ sdk, client: s3 }), Bucket, owner), s3, sent, put, remove }
}

async function contentOf(object: OpenedObject | undefined): Promise<Buffer> {
  if (!object) throw new TypeError('no object')
  const parts: Uint8Array[] = []
  for await (const part of object.read()) parts.push(part)
  return Buffer.concat(parts)
}

describe('an object', () => {
  test('that is small takes one request, also when it is read twice', async () => {
    const { bucket, sent, put } = await startBucket()
    const body = randomBytes(1_000)
    await put('a.json.gz', body)
    sent.length = 0
    const object = await bucket.open('a.json.gz')
    expect(await contentOf(object)).toEqual(body)
    expect(await contentOf(object)).toEqual(body)
    expect(sent).toHaveLength(1)
  })

  test.each([partBytes - 1, partBytes, partBytes + 1, 2 * partBytes + 5])(
    'of %i bytes is read in parts of 8 MiB',
    async (size) => {
      const { bucket, sent, put } = await startBucket()
      const body = randomBytes(size)
      await put('a.json.gz', body)
      sent.length = 0
      const object = await bucket.open('a.json.gz')
      expect(object).toMatchObject({ name: 'a.json.gz', size })
      expect((await contentOf(object)).equals(body)).toBe(true)
      expect(sent).toHaveLength(Math.ceil(size / partBytes))
    },
  )

  test('that is empty has no bytes, and a missing one is undefined', async () => {
    const { bucket, put } = await startBucket()
    await put('empty.json.gz', new Uint8Array())
    const empty = await bucket.open('empty.json.gz')
    expect(empty).toMatchObject({ size: 0, name: 'empty.json.gz' })
    expect(await contentOf(empty)).toEqual(Buffer.alloc(0))
    expect(await bucket.open('missing.json.gz')).toBeUndefined()
  })

  test.each(['a b.json.gz', 'a+b.json.gz', 'a%20b%.json.gz', 'ä/😀&=?#.json.gz'])(
    'is found and listed by its name as it is: %s',
    async (name) => {
      const { bucket, put } = await startBucket()
      await put(name, Buffer.from('text'))
      expect((await contentOf(await bucket.open(name))).toString()).toBe('text')
      const [listed, ...more] = await bucket.list('')
      expect([listed?.name, more]).toEqual([name, []])
    },
  )

  test.each(['replaced', 'deleted'])('that is %s while it is read is an error to try again', async (how) => {
    const { bucket, put, remove } = await startBucket()
    await put('a.json.gz', randomBytes(partBytes + 10))
    const object = await bucket.open('a.json.gz')
    await (how === 'deleted' ? remove('a.json.gz') : put('a.json.gz', randomBytes(partBytes + 10)))
    await expect(contentOf(object)).rejects.toMatchObject({
      name: 'StoreError',
      message: 's3://stream/a.json.gz changed while it was read',
    })
  })
})

describe('a listing', () => {
  test('has the facts of each object, of which the opened one has the same', async () => {
    const { bucket, put } = await startBucket()
    const before = Math.floor(Date.now() / 1_000) * 1_000
    await put('a.json.gz', Buffer.from('12345'))
    await put('b.json.gz', Buffer.from('1'))
    const listed = await bucket.list('')
    expect(listed.map(({ name, size }) => [name, size])).toEqual([
      ['a.json.gz', 5],
      ['b.json.gz', 1],
    ])
    for (const { name, version, writtenAt } of listed) {
      expect(version).toMatch(/^[0-9a-f]{32}$/)
      expect(writtenAt).toBeGreaterThanOrEqual(before)
      const opened = await bucket.open(name)
      expect(opened?.version).toBe(version)
      // Whole seconds in one answer, and perhaps not in the other.
      expect(Math.floor((opened?.writtenAt ?? 0) / 1_000)).toBe(Math.floor(writtenAt / 1_000))
    }
  })

  test('goes on after a name, below a prefix, by bytes, until a page is empty', async () => {
    const { bucket, put } = await startBucket()
    const names = ['A', 'a/1', 'a/2', 'b', 'ä', '\u{FF5E}', '😀']
    for (const name of names) await put(name, Buffer.from('x'))
    const found: string[] = []
    for (let page = await bucket.list(''); page.length > 0; page = await bucket.list('', found.at(-1))) {
      found.push(...page.map(({ name }) => name))
    }
    expect(found).toEqual(names)
    expect((await bucket.list('a/')).map(({ name }) => name)).toEqual(['a/1', 'a/2'])
    expect((await bucket.list('a/', 'a/1')).map(({ name }) => name)).toEqual(['a/2'])
    expect(await bucket.list('', '😀')).toEqual([])
  })
})

test('a content or a listing that begins and goes no further is an error after its time', async () => {
  const endpoint = await serve((_request, response) => {
    response.writeHead(200, { etag: '"a"', 'content-length': 10 }).write('x')
  })
  const client = new sdk.S3Client({
    ...{ endpoint, region: 'us-east-1', forcePathStyle: true },
    credentials: { accessKeyId: 'AKIAEXAMPLEOFNOBODY1', secretAccessKey: 'SecretOfNobody' },
  })
  onTestFinished(() => client.destroy())
  const bound = () => ({ abortSignal: AbortSignal.timeout(200) })
  const bucket = s3Bucket(async () => ({ sdk, client }), Bucket, undefined, bound)
  await expect(bucket.open('a.json.gz')).rejects.toMatchObject({ name: 'StoreError' })
  await expect(bucket.list('')).rejects.toMatchObject({ name: 'StoreError' })
})

test('the version changes with the content', async () => {
  const { bucket, put } = await startBucket()
  const versions: unknown[] = []
  for (const text of ['one', 'two']) {
    await put('a.json.gz', Buffer.from(text))
    versions.push((await bucket.open('a.json.gz'))?.version)
  }
  expect(new Set(versions).size).toBe(2)
})

test('every request names the expected owner of the bucket, if the settings do', async () => {
  const { bucket, sent, put } = await startBucket('000000000000')
  await put('a.json.gz', randomBytes(partBytes + 1))
  await put('empty.json.gz', new Uint8Array())
  sent.length = 0
  await bucket.list('').catch(() => {})
  const object = await bucket.open('a.json.gz').catch(() => undefined)
  if (object) await contentOf(object)
  await bucket.open('empty.json.gz').catch(() => {})
  expect(sent.length).toBeGreaterThanOrEqual(3)
  for (const input of sent) expect(input).toMatchObject({ ExpectedBucketOwner: '000000000000' })
})

test('a missing bucket is an error that names it, and no missing object', async () => {
  const { s3 } = await startBucket()
  const nowhere = s3Bucket(async () => ({ sdk, client: s3 }), 'nowhere')
  const error = { name: 'StoreError', message: expect.stringMatching(/^s3:\/\/nowhere\/.*: NoSuchBucket$/) }
  await expect(nowhere.open('a')).rejects.toMatchObject(error)
  await expect(nowhere.list('')).rejects.toMatchObject(error)
})

test('an empty object that cannot be read is an error of the store, and one that is gone by then is undefined', async () => {
  for (const [code, status] of [
    ['AccessDenied', 403],
    ['NoSuchKey', 404],
  ] as const) {
    const { bucket, s3, put } = await startBucket()
    await put('empty.json.gz', new Uint8Array())
    s3.middlewareStack.add(
      (next) => (args) => {
        if ('Range' in args.input) return next(args)
        throw Object.assign(new Error('quotes data'), { name: code, $metadata: { httpStatusCode: status } })
      },
      { step: 'initialize' },
    )
    const opened = bucket.open('empty.json.gz')
    if (status === 404) expect(await opened).toBeUndefined()
    else
      await expect(opened).rejects.toMatchObject({
        name: 'StoreError',
        message: 's3://stream/empty.json.gz: AccessDenied',
      })
  }
})
