import type { RequestListener } from 'node:http'
import { text } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { TooLargeError, TransientError } from '../../../../../lambdas/core/errors.ts'
import { createHttpClient, type HttpClientOptions } from '../../../../../lambdas/core/poll/provider/http.ts'
import { providerWords } from '../../../../../lambdas/core/poll/provider/provider-words.ts'
import { everythingIn, failureOf } from '../../../../support/provider.ts'
import { serve as serveOrigin } from '../../../../support/serve.ts'

const token = 'TokenOfNobody-0123456789'
const headers = { authorization: `Bearer ${token}` }

const serve = async (listener: RequestListener): Promise<string> => `${await serveOrigin(listener)}/feed`

const get = (url: string, options: HttpClientOptions = {}) => createHttpClient(options)({ url, headers })

test('returns a complete answer of any status', async () => {
  const url = await serve((_request, response) => response.writeHead(418, { 'x-a': 'b' }).end('teapot'))
  const answer = await get(url, { now: () => 42 })
  expect(answer).toMatchObject({ status: 418, receivedAt: 42 })
  expect(answer.headers.get('x-a')).toBe('b')
  expect(Buffer.from(answer.bytes).toString()).toBe('teapot')
})

test('a body is sent with the form that its header says, and no error repeats it', async () => {
  const url = await serve(async (request, response) => {
    const sent = await text(request)
    if (sent === 'redirect=s3cretword') response.writeHead(302, { location: 'https://s3cretword.example/' }).end()
    else response.end(`${request.method} ${request.headers['content-type']} ${sent}`)
  })
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const post = (body: string) => createHttpClient()({ method: 'POST', url, headers: form, body })
  const { bytes } = await post('a=%2F')
  expect(Buffer.from(bytes).toString()).toBe('POST application/x-www-form-urlencoded a=%2F')
  const error = await failureOf(post('redirect=s3cretword'))
  expect(error.name).toBe('ConfigError')
  expect(everythingIn(error)).not.toContain('s3cretword')
})

test('the limit counts unpacked bytes', async () => {
  const url = await serve((_request, response) =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(3_000_000))),
  )
  const error = await failureOf(get(url, { maxBytes: 2 * 1024 * 1024 }))
  expect(error).toMatchObject({ name: 'TooLargeError', message: expect.stringContaining('more than 2 MiB') })
  expect(error).toBeInstanceOf(TransientError)
  expect((await get(url, { maxBytes: 3_000_000 })).bytes).toHaveLength(3_000_000)
})

test('the limit is 16 MiB', async () => {
  const url = await serve(({ url: path }, response) => {
    response.end(Buffer.alloc(path === '/feed' ? 16 * 1024 * 1024 : 16 * 1024 * 1024 + 1))
  })
  expect((await get(url)).bytes).toHaveLength(16 * 1024 * 1024)
  const error = await failureOf(get(`${url}/more`))
  expect(error).toBeInstanceOf(TooLargeError)
  expect(error.message).toContain('more than 16 MiB')
})

test('an answer that trickles for ever ends at the time limit', async () => {
  const url = await serve((_request, response) => {
    const timer = setInterval(() => response.write(' '), 20)
    response.on('close', () => clearInterval(timer))
  })
  expect(await failureOf(get(url, { timeoutMs: 200 }))).toMatchObject({
    message: expect.stringContaining('within 0.2 s'),
  })
})

test('a connection that died in between is reopened, once', async () => {
  let requests = 0
  const url = await serve((request, response) => {
    if (++requests % 3 === 0) response.end('ok')
    else request.socket.destroy()
  })
  expect(await failureOf(get(url))).toMatchObject({
    message: expect.stringMatching(/connection failed \((?:ECONNRESET|UND_ERR_SOCKET)\)/),
  })
  expect(Buffer.from((await get(url)).bytes).toString()).toBe('ok')
  expect(requests).toBe(3)
  expect(await failureOf(createHttpClient()({ method: 'POST', url, headers }))).toMatchObject({
    name: 'TransientError',
  })
  expect(requests).toBe(4)
})

test.each([301, 302, 303, 307, 308])('a redirect with %i is not followed anywhere', async (status) => {
  let requests = 0
  const url = await serve((_request, response) => {
    requests++
    response.writeHead(status, { location: '/feed?again' }).end()
  })
  const error = await failureOf(get(url))
  expect(error.name).toBe('ConfigError')
  expect(requests).toBe(1)
})

test.each([
  'http://example.com/',
  'http://127.0.0.1.example.com/',
  'http://10.0.0.1/',
  'ftp://127.0.0.1/',
  'file:///etc/passwd',
  'x',
])('nothing is sent to %s', async (url) => {
  let sent = 0
  const fetch = async () => {
    sent++
    return new Response()
  }
  expect(await failureOf(get(url, { fetch }))).toMatchObject({ name: 'ConfigError' })
  expect(sent).toBe(0)
})

test.each(['https://example.com/', 'http://127.0.0.1:1/', 'http://[::1]:1/', 'http://localhost:1/'])(
  '%s is fine',
  async (url) => {
    expect(await get(url, { fetch: async () => new Response('ok') })).toMatchObject({ status: 200 })
  },
)

test('no error repeats the credential: of the network, of the library, of an unsendable header', async () => {
  const closed = await failureOf(get('http://127.0.0.1:9/'))
  expect(closed.message).toMatch(/connection failed/)
  const library = await failureOf(
    get('https://example.com/', {
      fetch: async () => {
        throw new TypeError(`invalid header ${token}`, { cause: { code: token } })
      },
    }),
  )
  const url = await serve((_request, response) => response.end())
  const broken = await failureOf(createHttpClient()({ url, headers: { authorization: `Bearer ${token}\r\nx: y` } }))
  expect(broken).toMatchObject({ name: 'ConfigError', message: expect.stringContaining('authorization') })
  for (const error of [closed, library, broken]) expect(everythingIn(error)).not.toContain('Nobody')
})

test.each([
  [{ authorization: `Bearer ${token}` }],
  [{ 'x-api-key': token, accept: 'application/json' }],
  [{ 'x-of-a-new-provider': token }],
])('a redirect to a host that repeats a credential of %o does not quote the host', async (sent) => {
  const hosts = [token, token.toUpperCase(), `a.${token.slice(3, 11)}`].map((name) => `https://${name}.evil.example`)
  for (const location of hosts) {
    const fetch = async () => new Response(null, { status: 302, headers: { location: `${location}/login` } })
    const error = await failureOf(createHttpClient({ fetch })({ url: 'https://example.com/', headers: sent }))
    expect(error).toMatchObject({ name: 'ConfigError', message: expect.stringContaining('redirects to [left out]') })
    expect(everythingIn(error).toLowerCase()).not.toContain(token.slice(3, 11).toLowerCase())
  }
})

test('a redirect quotes a host that looks like a header without a credential', async () => {
  const location = 'https://auditlake.example.com/login'
  const fetch = async () => new Response(null, { status: 302, headers: { location } })
  const sent = { ...headers, 'user-agent': 'AuditLake', accept: 'application/json' }
  const error = await failureOf(createHttpClient({ fetch })({ url: 'https://example.com/', headers: sent }))
  expect(error.message).toContain('redirects to https://auditlake.example.com.')
})

test('a host of any length makes a short message', async () => {
  const location = `https://${'x.'.repeat(5000)}example`
  const fetch = async () => new Response(null, { status: 302, headers: { location } })
  const error = await failureOf(createHttpClient({ fetch })({ url: 'https://example.com/', headers }))
  expect(error).toMatchObject({ name: 'ConfigError' })
  expect(error.message.length).toBeLessThan(600)
})

test("a provider's message becomes one short line without any part of a credential", () => {
  expect(providerWords('a\n\tb\u0000c\u202e d', [])).toBe('a b c d')
  expect(providerWords('x'.repeat(1000), [])).toHaveLength(301)
  expect(providerWords(`key=${token}! ${token.slice(3, 11)} ${token.slice(0, 7)}`, [token])).toBe(
    `[left out] [left out] ${token.slice(0, 7)}`,
  )
})

test('parts of a credential are known in capital and small letters', () => {
  for (const echo of [token.toLowerCase(), token.toUpperCase(), token.slice(3, 11).toUpperCase()]) {
    expect(providerWords(`a ${echo} b`, [token])).toBe('a [left out] b')
  }
})

test('a message that is cut within a character stays well-formed', () => {
  for (const length of [298, 299, 300]) {
    expect(providerWords(`${'x'.repeat(length)}\u{1f512}${'y'.repeat(10)}`, [])).toSatisfy((text: string) =>
      text.isWellFormed(),
    )
  }
})
