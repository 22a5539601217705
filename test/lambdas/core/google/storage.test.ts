import { randomBytes } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { storageBucket } from '../../../../lambdas/core/google/storage.ts'
import { createDownloadClient } from '../../../../lambdas/core/poll/provider/download.ts'
import { createHttpClient } from '../../../../lambdas/core/poll/provider/http.ts'
import type { ListedObject, OpenedObject, StreamBucket } from '../../../../lambdas/core/stream/bucket.ts'
import { bucketOf, now, serveBucket } from '../../../support/google.ts'
import { control, everythingIn, failureOf } from '../../../support/provider.ts'
import { serve } from '../../../support/serve.ts'

async function listAll(bucket: StreamBucket, prefix: string, after?: string): Promise<string[]> {
  const names: string[] = []
  for (let from = after; ; ) {
    const page: readonly ListedObject[] = await bucket.list(prefix, from)
    if (page.length === 0) return names
    names.push(...page.map(({ name }) => name))
    from = names.at(-1)
  }
}

async function opened(bucket: StreamBucket, name: string): Promise<OpenedObject> {
  const object = await bucket.open(name)
  if (!object) throw new Error('there is no such object')
  return object
}

const contentOf = async (bucket: StreamBucket, name: string): Promise<Buffer> =>
  buffer((await opened(bucket, name)).read())

const lines = gzipSync('{"_document_id":"a"}\n{"_document_id":"b"}\n')

test('lists what lies below a prefix after a name, in order, beyond one page', async () => {
  const server = await serveBucket()
  const names = Array.from(
    { length: 2300 },
    (_none, index) => `2026/01/15/10/29/${String(index).padStart(4, '0')}.json.log.gz`,
  )
  for (const name of names) server.objects.put(name, lines, now)
  server.objects.put('2026/01/15/10/30/a.json.log.gz', lines, now)
  server.objects.put('2026/01/15/10/2', lines, now)
  const bucket = bucketOf(server)
  expect(await listAll(bucket, '2026/01/15/10/29/')).toEqual(names)
  expect(await listAll(bucket, '2026/01/15/10/29/', names[1500])).toEqual(names.slice(1501))
  expect(await listAll(bucket, '2026/01/15/10/', names.at(-1))).toEqual(['2026/01/15/10/30/a.json.log.gz'])
  expect(await listAll(bucket, '2025/')).toEqual([])
})

test('an object is listed and opened with its generation, size and time; a 64-bit generation keeps every digit', async () => {
  const server = await serveBucket()
  const name = '2026/01/15/10/29/a.json.log.gz'
  server.objects.put(name, lines, now - 1000)
  const bucket = bucketOf(server)
  const facts = { name, version: expect.stringMatching(/^179\d{13}$/), writtenAt: now - 1000, size: lines.length }
  expect(await bucket.list('2026/')).toEqual([facts])
  expect(await bucket.open(name)).toMatchObject(facts)
  expect(bucket.addressOf(name)).toBe(`gs://example-audit-log/${name}`)
})

test.each(['a b+c%2F%d?e#f&g=h.json.gz', 'ä/漢字/🙂', '../a', './a', 'a//b', '%'])(
  'the name %s is one segment',
  async (name) => {
    const server = await serveBucket()
    server.objects.put(name, lines, now)
    const bucket = bucketOf(server)
    expect(await listAll(bucket, '')).toContain(name)
    expect(await contentOf(bucket, name)).toEqual(lines)
  },
)

test.each(['', '.', '..', '\ud800', 'a'])('there is no object %j', async (name) => {
  const server = await serveBucket()
  expect(await bucketOf(server).open(name)).toBeUndefined()
})

test('the content arrives as stored, also of objects that the storage would unpack', async () => {
  const server = await serveBucket()
  server.objects.put('marked', lines, now, 'gzip')
  server.objects.put('plain', lines, now)
  server.objects.put('empty', new Uint8Array(), now)
  const bucket = bucketOf(server)
  expect(await contentOf(bucket, 'marked')).toEqual(lines)
  expect(await contentOf(bucket, 'plain')).toEqual(lines)
  expect(await contentOf(bucket, 'empty')).toHaveLength(0)
})

test('an object can be read again from its beginning, and one that is not read costs no download', async () => {
  const server = await serveBucket()
  server.objects.put('a', lines, now)
  const object = await opened(bucketOf(server), 'a')
  expect(server.requests).toHaveLength(1)
  for (let time = 0; time < 2; time++) {
    expect(await buffer(object.read())).toEqual(lines)
  }
})

test.each([false, true])('a broken connection is continued where it broke (marked as gzip: %s)', async (isMarked) => {
  const server = await serveBucket()
  const large = gzipSync(randomBytes(300_000))
  server.objects.put('large', large, now, isMarked ? 'gzip' : undefined)
  const broken = { kind: 'truncate', midway: true }
  await control(server, { faults: [{ ...broken, skip: 1 }, broken, { kind: 'reset' }] })
  expect(await contentOf(bucketOf(server), 'large')).toEqual(large)
  expect(server.requests.filter((request) => request.includes('alt=media'))).toHaveLength(4)
})

test('a content that ends too early without an error is continued, too', async () => {
  const server = await serveBucket()
  server.objects.put('a', lines, now)
  await control(server, { faults: [{ kind: 'truncate', skip: 1 }] })
  expect(await contentOf(bucketOf(server), 'a')).toEqual(lines)
})

test.each([false, true])(
  'an answer that is not the storage’s is asked for again (marked as gzip: %s)',
  async (isMarked) => {
    const server = await serveBucket()
    server.objects.put('a', lines, now, isMarked ? 'gzip' : undefined)
    await control(server, { faults: [{ kind: 'text', body: 'not JSON', skip: 1 }, { kind: 'html' }] })
    expect(await contentOf(bucketOf(server), 'a')).toEqual(lines)
  },
)

test('only the storage itself says that there is no such object', async () => {
  const server = await serveBucket()
  server.objects.put('a', lines, now)
  const bucket = bucketOf(server)
  expect(await bucket.open('b')).toBeUndefined()
  await control(server, { faults: [{ kind: 'status', status: 404, body: '<html>Not Found</html>' }] })
  expect(await failureOf(bucket.open('a'))).toMatchObject({
    name: 'StoreError',
    message: expect.stringContaining('no usable answer (status 404)'),
  })
})

test('other bytes of the same length are not the content', async () => {
  const server = await serveBucket()
  server.objects.put('a', lines, now)
  await control(server, { faults: [{ kind: 'text', body: 'x'.repeat(lines.length), skip: 1 }] })
  expect(await failureOf(contentOf(bucketOf(server), 'a'))).toMatchObject({
    name: 'StoreError',
    message: expect.stringContaining('other bytes than the storage describes'),
  })
})

test('a connection that brings nothing is given up', async () => {
  const server = await serveBucket()
  server.objects.put('a', lines, now)
  await control(server, { faults: [{ kind: 'text', skip: 1, times: 9 }] })
  const error = await failureOf(contentOf(bucketOf(server), 'a'))
  expect(error).toMatchObject({
    name: 'StoreError',
    message: expect.stringContaining('the content arrives too slowly, at byte 0 of'),
  })
})

test('a replaced object never gives a mixture of two generations', async () => {
  const server = await serveBucket()
  server.objects.put('a', lines, now)
  const object = await opened(bucketOf(server), 'a')
  server.objects.put('a', gzipSync('{}'), now)
  const error = await failureOf(buffer(object.read()))
  expect(error).toMatchObject({ name: 'StoreError', message: expect.stringContaining('replaced or deleted') })
})

test('an expired token is replaced while a content is being read', async () => {
  const server = await serveBucket()
  server.objects.put('a', lines, now)
  const bucket = bucketOf(server)
  const object = await opened(bucket, 'a')
  server.tokens.revokeAll()
  expect(await buffer(object.read())).toEqual(lines)
})

const limit = { error: { code: 403, message: 'slow down', errors: [{ reason: 'rateLimitExceeded' }] } }

test.each([
  ['an outage', { kind: 'status', status: 503, headers: { 'retry-after': '20' } }, 'StoreError', 'status 503'],
  ['a limit', { kind: 'status', status: 429 }, 'StoreError', 'status 429'],
  ['a limit that says forbidden', { kind: 'status', status: 403, body: limit }, 'StoreError', 'slow down'],
  ['a page', { kind: 'html' }, 'StoreError', 'check apiUrl'],
  ['a cut answer', { kind: 'truncate' }, 'StoreError', 'check apiUrl'],
  ['no answer', { kind: 'reset', times: 2 }, 'StoreError', 'connection failed'],
  ['a redirect', { kind: 'redirect' }, 'ConfigError', 'redirects'],
  ['a request it cannot take', { kind: 'status', status: 400 }, 'ConfigError', 'check bucket'],
])('%s is no listing and no object', async (_what, fault, name, message) => {
  const server = await serveBucket()
  server.objects.put('a', lines, now)
  const bucket = bucketOf(server)
  for (const asked of [() => bucket.list(''), () => bucket.open('a'), () => contentOf(bucket, 'a')]) {
    await control(server, { clearFaults: true, faults: [{ ...fault, times: 3 }] })
    const error = await failureOf(asked())
    expect(error).toMatchObject({ name, message: expect.stringContaining(message) })
    expect(everythingIn(error)).not.toContain('ya29')
  }
})

test('a withdrawn role, a wrong bucket and a token that is never accepted name the remedy', async () => {
  const server = await serveBucket()
  const wrong = await failureOf(bucketOf(server, { bucket: 'another' }).list(''))
  expect(wrong).toMatchObject({ name: 'ConfigError', message: expect.stringContaining('check the setting bucket') })
  await control(server, { faults: [{ kind: 'status', status: 401, times: 2 }] })
  expect(await failureOf(bucketOf(server).list(''))).toMatchObject({ name: 'AuthError' })
  server.withdrawRole()
  const error = await failureOf(bucketOf(server).open('a'))
  expect(error).toMatchObject({ name: 'AuthError', message: expect.stringContaining('roles/storage.objectViewer') })
})

test('a listing of pages without objects comes to its end, or is refused when it goes round in a circle', async () => {
  const pages = ['{"nextPageToken":"1"}', '{"nextPageToken":"2","items":[]}', '{}']
  let asked = 0
  const answers = (page: (number: number) => string) =>
    storageBucket({
      bucket: 'b',
      url: 'http://127.0.0.1:1',
      tokens: { next: async () => 'ya29' },
      download: createDownloadClient(),
      http: async () => ({ status: 200, headers: new Headers(), receivedAt: now, bytes: Buffer.from(page(asked++)) }),
    })
  expect(await answers((number) => pages[number] ?? '').list('')).toEqual([])
  expect(asked).toBe(3)
  expect(await failureOf(answers(() => '{"nextPageToken":"1"}').list(''))).toMatchObject({
    message: expect.stringContaining('circle'),
  })
})

test('content that is unpacked on the way after all is given as it arrives', async () => {
  const facts = { name: 'a', generation: '1', size: '33', timeCreated: '2026-01-15T10:30:00Z', contentEncoding: 'gzip' }
  const origin = await serve(({ url = '' }, response) => {
    if (url.includes('alt=media')) response.setHeader('x-goog-generation', '1').end('unpacked')
    else response.end(JSON.stringify(facts))
  })
  const bucket = storageBucket({
    bucket: 'b',
    url: origin,
    tokens: { next: async () => 'ya29' },
    download: createDownloadClient(),
    http: createHttpClient(),
  })
  expect((await contentOf(bucket, 'a')).toString()).toBe('unpacked')
})
