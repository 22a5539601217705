import { createVerify, generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { appJwt, installationToken } from '../../../../lambdas/connectors/github/app-token.ts'
import { createHttpClient, type HttpClient } from '../../../../lambdas/core/poll/provider/http.ts'
import { type GithubAuditServer, startGithubAuditServer } from '../../../../simulators/github/audit.ts'
import { control, everythingIn, failureOf, oracle, started, walk } from '../../../support/provider.ts'
import { registeredStream } from '../../../support/registered-stream.ts'

const githubAudit = await registeredStream('github-audit')

const now = Date.UTC(2026, 0, 15, 10, 30)
const minute = 60_000
const window = { from: now - 60 * minute, to: now + 1000 }

const pem = { type: 'spki', format: 'pem' } as const
const keys = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: pem,
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
})
const app = { appId: 'Iv23liExample', installationId: '4711', privateKey: keys.privateKey }

const serve = (): Promise<GithubAuditServer> =>
  started(
    startGithubAuditServer({
      now: () => now,
      startAt: window.from,
      lateShare: 0,
      app: { appId: app.appId, installationId: app.installationId, publicKey: keys.publicKey },
    }),
  )

/** @param ours how far our clock is ahead of GitHub's */
function connect(server: GithubAuditServer, members: Record<string, unknown> = {}, ours = () => 0) {
  return githubAudit({
    options: { scope: 'organization', name: 'example-org' },
    apiUrl: server.apiUrl,
    secret: async () => JSON.stringify({ ...app, ...members }),
    http: createHttpClient({ now: () => now + ours() }),
    now: () => now + ours(),
  })
}

test('the JWT is signed with the key and valid for less than ten minutes', () => {
  const [head = '', payload = '', signature = ''] = appJwt({ kind: 'app', ...app }, now).split('.')
  const verifier = createVerify('RSA-SHA256').update(`${head}.${payload}`)
  expect(verifier.verify(keys.publicKey, Buffer.from(signature, 'base64url'))).toBe(true)
  expect(JSON.parse(Buffer.from(head, 'base64url').toString())).toEqual({ alg: 'RS256', typ: 'JWT' })
  expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toEqual({
    iss: app.appId,
    iat: now / 1000 - 60,
    exp: now / 1000 + 540,
  })
})

test.each([
  ['2099', Date.UTC(2099, 0, 1), 1],
  ['1970', 0, 1],
  ['an hour and a minute ahead', now + 61 * minute, 1],
  ['50 minutes ahead', now + 50 * minute, 2],
])('if the clock of the answer says %s, no JWT is valid at a time that far away', async (_what, date, times) => {
  const expiries: number[] = []
  const http: HttpClient = async ({ headers }) => {
    const [, payload = ''] = headers.authorization?.split('.') ?? []
    expiries.push(JSON.parse(Buffer.from(payload, 'base64url').toString()).exp * 1000)
    const answered = new Headers({ date: new Date(date).toUTCString() })
    return { status: 401, headers: answered, bytes: Buffer.from('{"message":"no"}'), receivedAt: now }
  }
  const asked = installationToken({ kind: 'app', ...app }, { apiUrl: 'https://example.com', http, now: () => now })
  expect(await failureOf(asked)).toMatchObject({ name: 'AuthError' })
  expect(expiries).toHaveLength(times)
  for (const expiry of expiries) expect(Math.abs(expiry - now)).toBeLessThan(60 * minute)
})

describe('an App', () => {
  test('reads the log with one token of its installation', async () => {
    const server = await serve()
    const { ids, pages } = await walk(connect(server), window)
    expect(ids).toEqual((await oracle(server)).sort())
    expect(pages.length).toBeGreaterThan(2)
    expect(server.issuedTokens()).toBe(1)
  })

  test.each([
    ['with line breaks as they stand in JSON twice', { privateKey: app.privateKey.replaceAll('\n', '\\n') }],
    ['with a number for its installation', { installationId: 4711 }],
  ])('%s', async (_how, members) => {
    const server = await serve()
    expect((await connect(server, members).fetchPage(window)).events).toHaveLength(100)
  })

  test('renews its token shortly before it expires, and not earlier', async () => {
    const server = await serve()
    let passed = 0
    const stream = connect(server, {}, () => passed)
    const tokensAfter = async (minutes: number) => {
      passed = minutes * minute
      await control(server, { time: now + passed })
      await stream.fetchPage(window)
      return server.issuedTokens()
    }
    expect(await tokensAfter(0)).toBe(1)
    expect(await tokensAfter(54)).toBe(1)
    expect(await tokensAfter(56)).toBe(2)
  })

  test('requests a new token when its own was revoked', async () => {
    const server = await serve()
    const stream = connect(server)
    await stream.fetchPage(window)
    server.revokeIssuedTokens()
    expect((await stream.fetchPage(window)).events).toHaveLength(100)
    expect(server.issuedTokens()).toBe(2)
  })

  test.each([5, -5])('works with a clock that is wrong by %i minutes', async (minutes) => {
    const server = await serve()
    const stream = connect(server, {}, () => minutes * minute)
    expect((await stream.fetchPage(window)).events).toHaveLength(100)
    await stream.fetchPage(window)
    expect(server.issuedTokens()).toBe(1)
  })

  const other = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: pem,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  const curve = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: pem,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  test.each([
    ['another key', { privateKey: other.privateKey }, /check appId and privateKey/],
    ['another id', { appId: 5 }, /check appId and privateKey/],
    ['another installation', { installationId: 12 }, /check installationId/],
    ['no PEM', { privateKey: 'MIISimulatedKey' }, /not an RSA key in PEM form/],
    ['a key of another kind', { privateKey: curve.privateKey }, /not an RSA key in PEM form/],
  ])('with %s: a credential error', async (_how, members, message) => {
    const server = await serve()
    const error = await failureOf(connect(server, members).fetchPage(window))
    expect(error).toMatchObject({ name: 'AuthError', message: expect.stringMatching(message) })
    const secret = String('privateKey' in members ? members.privateKey : app.privateKey)
    for (const line of secret.split('\n').filter((text) => !text.startsWith('---') && text !== '')) {
      expect(everythingIn(error)).not.toContain(line)
    }
  })
})
