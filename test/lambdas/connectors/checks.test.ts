import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { polledStreams } from '../../../lambdas/connectors/generated/polled.ts'
import { registered } from '../../../lambdas/connectors/registry.ts'
import type { Fault } from '../../../lambdas/core/errors.ts'
import { checkStreams, feedCheck } from '../../../lambdas/core/poll/check.ts'
import { createHttpClient } from '../../../lambdas/core/poll/provider/http.ts'
import { keptSecret } from '../../../lambdas/core/poll/provider/kept-secret.ts'
import { exampleAnthropicKey, startAnthropicServer } from '../../../simulators/anthropic/activity.ts'
import { exampleGithubToken, startGithubAuditServer } from '../../../simulators/github/audit.ts'
import { control, started } from '../../support/provider.ts'

/** Checks the first stream of a source as its function does, with this secret. */
async function check(sourceType: string, apiUrl: string, secret: string, options = {}) {
  const [stream] = await registered(polledStreams, sourceType)
  if (!stream) throw new Error(`${sourceType} has no stream`)
  const kept = keptSecret({ read: async () => ({ value: secret, createdAt: 0 }) }, 'arn:secret')
  const connection = { options, apiUrl, secret: kept.value, http: createHttpClient(), pageSize: 100 }
  const { checks } = await checkStreams([feedCheck(stream.facts, stream.connect(connection))], kept)
  return checks[0]
}

const github = (apiUrl: string, secret = exampleGithubToken, options = {}) =>
  check('github-audit', apiUrl, secret, { scope: 'organization', name: 'example-org', ...options })
const anthropic = (apiUrl: string, secret = exampleAnthropicKey) => check('anthropic-activity', apiUrl, secret)

const serveGithub = (options: Parameters<typeof startGithubAuditServer>[0] = {}) =>
  started(startGithubAuditServer({ eventsPerMinute: 0, ...options }))
const serveAnthropic = (options: Parameters<typeof startAnthropicServer>[0] = {}) =>
  started(startAnthropicServer({ eventsPerMinute: 0, ...options }))

const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
})

/** GitHub's answers to a feed, by fault. */
const refusals: readonly (readonly [string, Fault | undefined, object])[] = [
  ['bad credentials', 'expired-or-revoked', { status: 401, body: { message: 'Bad credentials' }, times: 2 }],
  [
    'an app that the organization has not approved',
    'app-not-approved',
    {
      status: 403,
      body: {
        message:
          'Although you appear to have the correct authorization credentials, the `example-org` organization has enabled OAuth App access restrictions, meaning that data access to third-parties is limited.',
      },
    },
  ],
  [
    'a fine-grained token without the permission',
    'scope',
    { status: 403, body: { message: 'Resource not accessible by personal access token' } },
  ],
  ['no owner', 'role', { status: 403, body: { message: 'Must have admin rights to Organization.' } }],
  ['an IP allow list', undefined, { status: 403, body: { message: 'your IP address is not permitted' } }],
  ['a missing answer that nothing explains', undefined, { status: 404, body: { message: 'Not Found' } }],
]

describe('a check of a GitHub audit log', () => {
  test('tells when the token expires, and that it may do more than it must', async () => {
    const expiresAt = Date.UTC(2027, 0, 31, 12)
    const { apiUrl } = await serveGithub({ tokenExpiresAt: expiresAt })
    expect(await github(apiUrl)).toEqual({ stream: 'github.audit', ok: true, expiresAt })
    const broad = await serveGithub({ scopes: ['repo', 'read:audit_log'] })
    expect(await github(broad.apiUrl)).toMatchObject({ ok: true, remarks: [expect.stringContaining('may do more')] })
    const ofEnterprise = { scope: 'enterprise', name: 'example' }
    expect(await github(apiUrl, exampleGithubToken, ofEnterprise)).toMatchObject({ ok: true, expiresAt })
  })

  test.each(refusals)('%s: the fault is %s', async (_what, fault, answer) => {
    const server = await serveGithub()
    await control(server, { faults: [{ kind: 'status', ...answer }] })
    const checked = await github(server.apiUrl)
    expect(checked).toMatchObject({ ok: false, says: expect.stringContaining('GitHub audit log of organization') })
    expect(checked?.fault).toBe(fault)
  })

  test('single sign-on, a missing scope', async () => {
    expect(await github((await serveGithub({ ssoRequired: true })).apiUrl)).toMatchObject({ ok: false, fault: 'sso' })
    expect(await github((await serveGithub({ scopes: ['repo'] })).apiUrl)).toMatchObject({ ok: false, fault: 'scope' })
  })

  test('an answer of 404 is told apart by what GitHub says of the organization', async () => {
    const hidden = { faults: [{ kind: 'status', status: 404, body: { message: 'Not Found' } }] }
    const lesser = await serveGithub({ plan: 'team' })
    await control(lesser, hidden)
    expect(await github(lesser.apiUrl)).toMatchObject({ ok: false, fault: 'plan' })
    const member = await serveGithub({ role: 'member' })
    await control(member, hidden)
    expect(await github(member.apiUrl)).toMatchObject({ ok: false, fault: 'role' })
    const { apiUrl } = await serveGithub()
    expect(await github(apiUrl, exampleGithubToken, { name: 'another-org' })).toMatchObject({
      ok: false,
      fault: 'wrong-organization',
    })
  })

  test('an App that is no longer installed, and one whose key was deleted', async () => {
    const { apiUrl } = await serveGithub({ app: { appId: '1', installationId: '2', publicKey } })
    const secretOf = (installationId: string, key: string) =>
      JSON.stringify({ appId: '1', installationId, privateKey: key })
    expect(await github(apiUrl, secretOf('2', privateKey))).toMatchObject({ ok: true })
    expect(await github(apiUrl, secretOf('3', privateKey))).toMatchObject({ ok: false, fault: 'deactivated' })
    const { apiUrl: another } = await serveGithub()
    expect(await github(another, secretOf('2', privateKey))).toMatchObject({ ok: false, fault: 'expired-or-revoked' })
  })

  test.each(['<token>', 'ghp_xxxxxxxxxxxxxxxxxxxx', 'hello', '{"token": "…"}', ''])(
    'the placeholder %j costs no request',
    async (secret) => {
      const server = await serveGithub()
      expect(await github(server.apiUrl, secret)).toMatchObject({ ok: false, fault: 'placeholder' })
      expect(server.requests).toEqual([])
    },
  )

  test('a provider that cannot be reached', async () => {
    const server = await serveGithub()
    await server.stop()
    expect(await github(server.apiUrl)).toMatchObject({ ok: false, fault: 'no-egress' })
  })

  test('an answer of something in between is no fault of the credential', async () => {
    const server = await serveGithub()
    await control(server, { faults: [{ kind: 'redirect' }] })
    expect(await github(server.apiUrl)).toMatchObject({ ok: false, fault: 'settings' })
    await control(server, { faults: [{ kind: 'html' }] })
    expect(await github(server.apiUrl)).toEqual({
      stream: 'github.audit',
      ok: false,
      says: expect.stringContaining('HTML page'),
    })
  })
})

describe('a check of the Anthropic activity feed', () => {
  test('works, with every kind of key', async () => {
    expect(await anthropic((await serveAnthropic()).url)).toEqual({ stream: 'anthropic.activity', ok: true })
    const server = await serveAnthropic({ settings: 'enabled' })
    expect(await anthropic(server.url)).toEqual({ stream: 'anthropic.activity', ok: true })
  })

  test('a Compliance API that is switched off, at the feed or in its settings', async () => {
    const disabled = await serveAnthropic({ settings: 'disabled' })
    expect(await anthropic(disabled.url)).toMatchObject({ ok: false, fault: 'api-off' })
    const server = await serveAnthropic()
    const body = { type: 'error', error: { type: 'invalid_request_error', message: 'not enabled' } }
    await control(server, { faults: [{ kind: 'status', status: 400, body }] })
    expect(await anthropic(server.url)).toMatchObject({ ok: false, fault: 'api-off' })
  })

  test.each([
    ['an ordinary key', 'wrong-key', 'sk-ant-api03-simulated-key-of-nobody-0123456789', {}],
    [
      'an ordinary key, refused as invalid',
      'wrong-key',
      'sk-ant-api03-simulated-key-of-nobody-0123456789',
      { missingKeyStatus: 401 },
    ],
    ['a revoked key', 'expired-or-revoked', 'sk-ant-api01-another-key-of-nobody-0123456789', {}],
    ['a key without the scope', 'scope', exampleAnthropicKey, { scopes: ['read:users'] }],
  ] as const)('%s: the fault is %s', async (_what, fault, key, options) => {
    const server = await serveAnthropic(options)
    const checked = await anthropic(server.url, key)
    expect(checked).toMatchObject({ ok: false, fault })
    expect(JSON.stringify(checked)).not.toContain(key)
  })
})
