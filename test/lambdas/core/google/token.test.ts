import { generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { googleAddresses } from '../../../../lambdas/core/google/addresses.ts'
import { googleTokens } from '../../../../lambdas/core/google/token.ts'
import { createHttpClient, type HttpClient } from '../../../../lambdas/core/poll/provider/http.ts'
import { now, serveBucket, tokensOf } from '../../../support/google.ts'
import { everythingIn, failureOf } from '../../../support/provider.ts'

test('a token is kept until five minutes before it expires', async () => {
  let time = now
  const server = await serveBucket({ now: () => time })
  const exchange = {
    addresses: googleAddresses(server.url),
    http: createHttpClient({ now: () => time }),
    now: () => time,
  }
  const tokens = googleTokens({ kind: 'key', secret: async () => server.keyFile }, exchange)
  const first = await tokens.next()
  time += 54 * 60_000
  expect(await tokens.next()).toBe(first)
  time += 60_000
  expect(await tokens.next()).not.toBe(first)
  expect(server.tokens.given).toBe(2)
})

test('a refused token is replaced, and so is that of a replaced key', async () => {
  const server = await serveBucket()
  let secret = server.keyFile
  const tokens = tokensOf(server, { kind: 'key', secret: async () => secret })
  const first = await tokens.next()
  const second = await tokens.next(first)
  expect(second).not.toBe(first)
  expect(await tokens.next(first)).toBe(second)
  secret = ` ${secret}`
  expect(await tokens.next()).not.toBe(second)
})

const { privateKey: anotherKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
})

test('a key that Google does not know is refused with the remedy and without the key', async () => {
  const server = await serveBucket()
  const secret = JSON.stringify({ ...JSON.parse(server.keyFile), private_key: anotherKey })
  const error = await failureOf(tokensOf(server, { kind: 'key', secret: async () => secret }).next())
  expect(error).toMatchObject({ name: 'AuthError', message: expect.stringContaining('make a new key') })
  expect(error.message).toContain('Invalid JWT Signature')
  for (const line of anotherKey.split('\n').slice(1, 4)) expect(everythingIn(error)).not.toContain(line)
})

test('an address in the key file leads nowhere', async () => {
  const server = await serveBucket()
  const requests: string[] = []
  const send = createHttpClient({ now: () => now })
  const http: HttpClient = (request) => {
    requests.push(request.url)
    return send(request)
  }
  const secret = JSON.stringify({ ...JSON.parse(server.keyFile), token_uri: 'https://elsewhere.example/token' })
  await tokensOf(server, { kind: 'key', secret: async () => secret }, http).next()
  expect(requests).toEqual([`${server.url}/token`])
})

test('line breaks of the key that were escaped twice are restored', async () => {
  const server = await serveBucket()
  const file = JSON.parse(server.keyFile)
  const secret = JSON.stringify({ ...file, private_key: file.private_key.replaceAll('\n', '\\n') })
  expect(await tokensOf(server, { kind: 'key', secret: async () => secret }).next()).toMatch(/^ya29\./)
})

test.each([
  ['no JSON', () => 'ya29.TokenOfNobody', 'JSON'],
  ['cut JSON', (file: string) => file.slice(0, -9), 'cannot be read as JSON'],
  ['another type', (file: string) => file.replace('service_account', 'authorized_user'), 'another type'],
  ['no account', (file: string) => file.replace('client_email', 'mail'), 'client_email'],
  ['no key id', (file: string) => file.replace('private_key_id', 'key_id'), 'private_key_id'],
  ['no key', (file: string) => file.replace('"private_key":', '"key":'), 'private_key that'],
  ['a broken key', (file: string) => file.replace('BEGIN PRIVATE', 'BEGIN'), 'private_key that'],
])('a secret with %s is refused before anything is sent', async (_what, change, says) => {
  const server = await serveBucket()
  const http: HttpClient = () => Promise.reject(new Error('sent'))
  const secret = change(server.keyFile)
  const error = await failureOf(tokensOf(server, { kind: 'key', secret: async () => secret }, http).next())
  expect(error).toMatchObject({ name: 'AuthError', unasked: true, message: expect.stringContaining(says) })
  expect(error.message).toContain('store the whole key file')
  expect(everythingIn(error)).not.toContain('TokenOfNobody')
})

test.each([
  ['nothing', '{}'],
  ['a token with a line break', '{"access_token":"a\\nb","expires_in":3600}'],
  ['a page', '<html></html>'],
])('an answer with %s is no token', async (_what, body) => {
  const server = await serveBucket()
  const http: HttpClient = async () => ({
    status: 200,
    headers: new Headers(),
    bytes: Buffer.from(body),
    receivedAt: now,
  })
  const error = await failureOf(tokensOf(server, undefined, http).next())
  expect(error).toMatchObject({ name: 'TransientError', message: expect.stringContaining('no token') })
})

test('without an apiUrl, the requests go to Google', () => {
  expect(googleAddresses()).toEqual({
    oauth: 'https://oauth2.googleapis.com',
    sts: 'https://sts.googleapis.com',
    credentials: 'https://iamcredentials.googleapis.com',
    storage: 'https://storage.googleapis.com',
  })
  expect(() => googleAddresses('http://example.com')).toThrow('https://')
})
