import { describe, expect, test } from 'vitest'
import { subjectToken } from '../../../../lambdas/core/google/federation.ts'
import type { GoogleIdentity } from '../../../../lambdas/core/google/token.ts'
import { createHttpClient, type HttpClient, type HttpRequest } from '../../../../lambdas/core/poll/provider/http.ts'
import { functionIdentity, now, pool, serveBucket, tokensOf } from '../../../support/google.ts'
import { audience } from '../../../support/listed-sources.ts'
import { everythingIn, failureOf } from '../../../support/provider.ts'

const federation = (members: Partial<Extract<GoogleIdentity, { kind: 'federation' }>> = {}): GoogleIdentity => ({
  kind: 'federation',
  audience,
  aws: functionIdentity,
  ...members,
})

/** A client that changes each request before it is sent. */
const changing = (change: (request: HttpRequest) => HttpRequest): HttpClient => {
  const http = createHttpClient({ now: () => now })
  return (request) => http(change(request))
}

test('a function reads with the storage scope alone, without any secret', async () => {
  const server = await serveBucket()
  const token = await tokensOf(server, federation()).next()
  const answer = await fetch(`${server.url}/storage/v1/b/example-audit-log/o`, {
    headers: { authorization: `Bearer ${token}` },
  })
  expect(answer.status).toBe(200)
})

test('a function acts as a service account when one is named', async () => {
  const server = await serveBucket()
  const requests: string[] = []
  const http = changing((request) => {
    requests.push(new URL(request.url).pathname)
    return request
  })
  await tokensOf(server, federation({ serviceAccount: server.serviceAccount }), http).next()
  expect(requests).toEqual([
    '/v1/token',
    '/v1/projects/-/serviceAccounts/audit-lake-reader%40example-project.iam.gserviceaccount.com:generateAccessToken',
  ])
  expect(server.tokens.given).toBe(2)
})

test('credentials without a session token are signed, too', async () => {
  const { sessionToken: _none, ...aws } = functionIdentity
  const server = await serveBucket({
    pool: { ...pool, identities: [{ ...aws, arn: 'arn:aws:iam::111122223333:user/a' }] },
  })
  expect(await tokensOf(server, federation({ aws })).next()).toMatch(/^ya29\./)
})

test('the subject token is a signed request of which nobody but this pool has a use', () => {
  const text = subjectToken(functionIdentity, audience, now)
  const { url, method, headers } = JSON.parse(decodeURIComponent(text))
  expect({ url, method }).toEqual({
    url: 'https://sts.eu-central-1.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15',
    method: 'POST',
  })
  const byName = Object.fromEntries(headers.map(({ key, value }: { key: string; value: string }) => [key, value]))
  expect(byName).toMatchObject({
    host: 'sts.eu-central-1.amazonaws.com',
    'x-amz-date': '20260115T103000Z',
    'x-amz-security-token': functionIdentity.sessionToken,
    'x-goog-cloud-target-resource': audience,
  })
  expect(byName.Authorization).toContain(
    'SignedHeaders=host;x-amz-date;x-amz-security-token;x-goog-cloud-target-resource',
  )
  expect(text).not.toContain(functionIdentity.secretAccessKey)
})

describe('a refusal names what to check and no credential', () => {
  const form = (change: (form: URLSearchParams) => void) =>
    changing((request) => {
      const parameters = new URLSearchParams(request.body)
      change(parameters)
      return { ...request, body: parameters.toString() }
    })
  const single = form((parameters) =>
    parameters.set('subject_token', decodeURIComponent(parameters.get('subject_token') ?? '')),
  )
  const authorized = changing((request) => ({ ...request, headers: { ...request.headers, authorization: 'Bearer x' } }))
  const longArn = `arn:aws:sts::111122223333:assumed-role/${'r'.repeat(50)}/${'f'.repeat(50)}`
  const longSubject = { pool: { ...pool, identities: [{ ...functionIdentity, arn: longArn }] } }
  const stale = { now: () => now + 16 * 60_000 }
  const noGrant = { grantsPool: false }

  test.each([
    [
      'an audience of another pool',
      {},
      { audience: `${audience}2` },
      undefined,
      /check that audience names the provider/,
    ],
    ['a subject token that is encoded once', {}, {}, single, /encoded once/],
    ['an Authorization header', {}, {}, authorized, /Authorization header is not allowed/],
    ['a wrong clock', stale, {}, undefined, /the clock of this machine.*has expired/],
    [
      'an ARN above 127 characters',
      longSubject,
      {},
      undefined,
      /google\.subject.*within 127 characters.*exceeds the 127/,
    ],
    [
      'a signature with another key',
      {},
      { aws: { ...functionIdentity, secretAccessKey: 'another-key-of-nobody-0123456789' } },
      undefined,
      /trusts this AWS account.*signature does not match/,
    ],
    [
      'a service account that grants nothing',
      noGrant,
      { serviceAccount: 'audit-lake-reader@example-project.iam.gserviceaccount.com' },
      undefined,
      /grants the role Workload Identity User.*getAccessToken/,
    ],
    ['an unknown service account', {}, { serviceAccount: 'x@y' }, undefined, /check serviceAccount/],
  ])('%s', async (_what, options, members, http, message) => {
    const server = await serveBucket(options)
    const error = await failureOf(tokensOf(server, federation(members), http).next())
    expect(error).toMatchObject({ name: 'AuthError', message: expect.stringMatching(message) })
    for (const secret of [
      functionIdentity.secretAccessKey,
      functionIdentity.sessionToken,
      functionIdentity.accessKeyId,
    ]) {
      expect(everythingIn(error)).not.toContain(secret)
    }
  })

  test('an outage is no refusal', async () => {
    const http: HttpClient = async () => ({
      status: 503,
      headers: new Headers({ 'retry-after': '30' }),
      bytes: Buffer.from('{"error":{"message":"try later"}}'),
      receivedAt: now,
    })
    const error = await failureOf(tokensOf(await serveBucket(), federation(), http).next())
    expect(error).toMatchObject({ name: 'TransientError', retryAt: now + 30_000 })
    expect(error.message).toContain('try later')
  })
})
