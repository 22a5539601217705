import { Logger } from '@aws-lambda-powertools/logger'
import { Metrics } from '@aws-lambda-powertools/metrics'
import { expect, test } from 'vitest'
import { AuthError, TransientError } from '../../../../lambdas/core/errors.ts'
import { createRenewal } from '../../../../lambdas/core/oauth/renewal.ts'
import { checkStreams } from '../../../../lambdas/core/poll/check.ts'
import { createHttpClient } from '../../../../lambdas/core/poll/provider/http.ts'
import { keptSecret } from '../../../../lambdas/core/poll/provider/kept-secret.ts'
import { parsePolledSource } from '../../../../lambdas/core/poll/source.ts'
import type { SecretVersion } from '../../../../lambdas/core/ports.ts'
import { checksOf } from '../../../../lambdas/functions/poller/checks.ts'
import { exampleEnterpriseId, exampleSlackToken } from '../../../../simulators/slack/tokens.ts'
import { lakeInMemory } from '../../../support/lake-in-memory.ts'
import { memoryStore } from '../../../support/memory-stores.ts'
import { serveSlack, slackNow } from '../../../support/slack-server.ts'

const noteKey = 'state/slack/credential.json'
const hour = 3_600_000

/** The function of a source whose token is renewed, its secret, and a simulated Slack. */
async function world() {
  const server = await serveSlack()
  const { store, objects } = memoryStore()
  const clock = { time: slackNow }
  const now = () => clock.time
  /** A pair that Slack accepts, due for its renewal. */
  const pair = (name: string) => {
    const expiresAt = clock.time + hour
    const { token } = server.tokens.add({
      ofOrganization: true,
      teamId: 'T0EXAMPLE1',
      enterpriseId: exampleEnterpriseId,
      scopes: ['auditlogs:read'],
      expiresAt,
    })
    return JSON.stringify({ token, refreshToken: `xoxe-1-${name}`, expiresAt: new Date(expiresAt).toISOString() })
  }
  /** Whole seconds, as a store with coarse times has them. */
  const versionOf = (value: string): SecretVersion => ({ value, createdAt: Math.floor(clock.time / 1_000) * 1_000 })
  const kept = { version: versionOf('') }
  const put = (value: string) => {
    kept.version = versionOf(value)
  }
  const app: { problem?: string } = {}
  const secrets = { read: async () => kept.version }
  const renewal = () =>
    createRenewal({
      secretId: 'arn:the-secret',
      secrets,
      tokens: { put: async (_id, value) => put(value) },
      ops: store,
      leaseKey: noteKey,
      async renew() {
        if (app.problem !== undefined) throw new AuthError(app.problem)
        return JSON.parse(pair('renewed'))
      },
      report: () => {},
      now,
    })
  const secretOf = () => keptSecret(secrets, 'arn:the-secret', { now, renewal: renewal() })
  const refused = () => Promise.reject(new TransientError('not asked for'))
  const check = async () => {
    const secret = secretOf()
    const source = { id: 'slack', label: 'Slack', secretId: 'arn:the-secret', enterpriseId: exampleEnterpriseId }
    const checks = await checksOf('slack-audit', {
      source: parsePolledSource(JSON.stringify(source), 'SOURCE'),
      apiUrl: server.url,
      webUrl: server.url,
      secret,
      http: createHttpClient(),
      identity: { region: '', accessKeyId: '', secretAccessKey: '', sessionToken: '' },
      publisher: { publish: refused },
      bulkPublisher: { publish: refused, publishResolutions: refused },
      ops: store,
      lake: lakeInMemory([]).ports,
      logger: new Logger(),
      metrics: new Metrics(),
    })
    return (await checkStreams(checks, secret)).checks
  }
  const use = () => secretOf().value()
  return { app, clock, put, pair, use, check, objects }
}

const works = [{ stream: 'slack.audit-logs', ok: true }]
const refusedBy = (problem: string) => [
  {
    stream: 'slack.audit-logs',
    ok: false,
    fault: 'expired-or-revoked',
    says: `the token works until it expires, and is not renewed: ${problem}`,
  },
]

/** A world in which the renewal of the stored pair was refused. */
async function refusedWorld() {
  const all = await world()
  const former = all.pair('former')
  all.put(former)
  all.clock.time += hour / 2
  all.app.problem = 'invalid_refresh_token'
  await all.use()
  expect(await all.check()).toMatchObject(refusedBy('invalid_refresh_token'))
  return { ...all, former }
}

test('a refused renewal says nothing of a token that is put in afterwards', async () => {
  const { put, check } = await refusedWorld()
  put(exampleSlackToken)
  expect(await check()).toMatchObject(works)
})

test('nor of a pair from another consent, even within the second; it says it of the former pair that is put back', async () => {
  const { put, pair, check, former } = await refusedWorld()
  put(pair('consented'))
  expect(await check()).toMatchObject(works)
  put(former)
  expect(await check()).toMatchObject(refusedBy('invalid_refresh_token'))
})

test('a note from before, which does not say of which credential it is, is of none', async () => {
  const { put, check, objects } = await world()
  const older = { wait: { notBefore: slackNow + hour, step: 3 }, problem: 'bad_client_secret', isRefused: true }
  objects.set(noteKey, new TextEncoder().encode(JSON.stringify(older)))
  put(exampleSlackToken)
  expect(await check()).toMatchObject(works)
})

test('a check that renews the pair itself says what became of that', async () => {
  const { app, clock, check } = await refusedWorld()
  clock.time += hour / 4
  app.problem = 'bad_client_secret'
  expect(await check()).toMatchObject(refusedBy('bad_client_secret'))
  clock.time += hour / 8
  delete app.problem
  expect(await check()).toMatchObject(works)
})
