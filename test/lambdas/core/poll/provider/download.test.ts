import type { RequestListener } from 'node:http'
import { buffer, text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { createDownloadClient, type DownloadClientOptions } from '../../../../../lambdas/core/poll/provider/download.ts'
import { everythingIn, failureOf } from '../../../../support/provider.ts'
import { serve as serveOrigin } from '../../../../support/serve.ts'

const headers = { authorization: 'Bearer TokenOfNobody-0123456789' }

const serve = async (listener: RequestListener): Promise<string> => `${await serveOrigin(listener)}/object`

const get = (url: string, options: DownloadClientOptions = {}) => createDownloadClient(options)({ url, headers })

test('the body arrives as sent, whatever its Content-Encoding', async () => {
  const body = gzipSync('lines')
  const url = await serve((_request, response) => response.writeHead(206, { 'content-encoding': 'gzip' }).end(body))
  const { status, headers: answered, receivedAt, parts } = await get(url, { now: () => 42 })
  expect({ status, encoding: answered.get('content-encoding'), receivedAt }).toEqual({
    status: 206,
    encoding: 'gzip',
    receivedAt: 42,
  })
  expect(await buffer(parts)).toEqual(body)
})

test('a large body is read no faster than it is taken', async () => {
  const size = 64 * 1024 * 1024
  let sent = 0
  const url = await serve(async (_request, response) => {
    const part = Buffer.alloc(65_536)
    for (; sent < size; sent += part.length) {
      if (!response.write(part)) await new Promise((resolve) => response.once('drain', resolve))
    }
    response.end()
  })
  const { parts } = await get(url)
  let read = 0
  let ahead = 0
  for await (const part of parts) {
    read += part.length
    ahead = Math.max(ahead, sent - read)
  }
  expect(read).toBe(size)
  expect(ahead).toBeLessThan(size / 2)
})

test('silence before the answer and within it is an error, a slow reader is none', async () => {
  const url = await serve(({ url: path }, response) => {
    if (path === '/object/silent') return
    response.write('a')
    if (path === '/object/slow') response.end('b')
  })
  const options = { silenceMs: 50 }
  const silent = { name: 'TransientError', message: expect.stringContaining('nothing arrived for 0.05 s') }
  expect(await failureOf(get(`${url}/silent`, options))).toMatchObject(silent)
  const { parts } = await get(url, options)
  expect(await failureOf(buffer(parts))).toMatchObject(silent)
  const slow: string[] = []
  for await (const part of (await get(`${url}/slow`, options)).parts) {
    slow.push(Buffer.from(part).toString())
    await pause(200)
  }
  expect(slow.join('')).toBe('ab')
})

test('a body that breaks off is an error, also when nobody reads it yet', async () => {
  const url = await serve((_request, response) => {
    response.writeHead(200, { 'content-length': 10 }).write('half', () => response.destroy())
  })
  const { parts } = await get(url)
  await pause(20)
  const error = await failureOf(buffer(parts))
  expect(error).toMatchObject({ name: 'TransientError', message: expect.stringContaining('connection failed') })
})

test('the connection ends with the reading', async () => {
  let closed = 0
  const url = await serve((_request, response) => {
    response.on('close', () => closed++)
    response.write('a')
  })
  for await (const _part of (await get(url)).parts) break
  ;(await get(url)).cancel()
  await expect.poll(() => closed).toBe(2)
})

test('a connection that died in between is reopened, once', async () => {
  let requests = 0
  const url = await serve((request, response) => {
    if (++requests % 3 === 0) response.end('ok')
    else request.socket.destroy()
  })
  expect(await failureOf(get(url))).toMatchObject({
    message: expect.stringContaining('connection failed (ECONNRESET)'),
  })
  expect(await text((await get(url)).parts)).toBe('ok')
})

test.each([301, 302, 303, 307, 308])('a redirect with %i is not followed', async (status) => {
  let requests = 0
  const url = await serve((_request, response) => {
    requests++
    response.writeHead(status, { location: 'https://elsewhere.example/TokenOfNobody-0123456789' }).end()
  })
  const error = await failureOf(get(url))
  expect(error).toMatchObject({ name: 'ConfigError', message: expect.stringContaining('elsewhere.example') })
  expect(everythingIn(error)).not.toContain('TokenOfNobody')
  expect(requests).toBe(1)
})

test.each(['http://example.com/', 'ftp://127.0.0.1/', 'x'])('nothing is sent to %s', async (url) => {
  expect(await failureOf(get(url))).toMatchObject({ name: 'ConfigError', message: expect.stringContaining('https') })
})

test('no error repeats the credential', async () => {
  expect(everythingIn(await failureOf(get('http://127.0.0.1:9/')))).not.toContain('TokenOfNobody')
  const bad = createDownloadClient()({ url: 'http://127.0.0.1:9/', headers: { authorization: 'TokenOfNobody\n' } })
  expect(await failureOf(bad)).toMatchObject({ name: 'ConfigError', message: expect.not.stringContaining('Token') })
})
