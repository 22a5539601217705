import { describe, expect, test } from 'vitest'
import { connect as connectAccess } from '../../../../lambdas/connectors/slack/access-logs.ts'
import { connect as connectAudit } from '../../../../lambdas/connectors/slack/audit-logs.ts'
import { connect as connectIntegrations } from '../../../../lambdas/connectors/slack/integration-logs.ts'
import type { Connect } from '../../../../lambdas/core/poll/stream.ts'
import { everythingIn, failureOf } from '../../../support/provider.ts'
import { connected, noon, type SlackAnswer, slackToken } from '../../../support/slack.ts'

const organization = { ok: true, team_id: 'E1', enterprise_id: 'E1', user_id: 'W1', is_enterprise_install: true }
const workspace = { ok: true, team_id: 'T1', user_id: 'U1', is_enterprise_install: false }

interface Asked {
  readonly identity?: object
  readonly scopes?: string
  readonly options?: Readonly<Record<string, string>>
  readonly answer?: SlackAnswer
}

function check(connect: Connect, { identity, scopes, options = {}, answer }: Asked) {
  const headers = { ...(scopes !== undefined && { 'x-oauth-scopes': scopes }) }
  const { stream, requests } = connected(connect, () => answer ?? { headers, body: identity }, {
    webUrl: 'https://slack.example.com/',
    ...options,
  })
  return { checked: stream.check?.() ?? Promise.reject(new Error('no check')), requests }
}

describe('audit logs', () => {
  const audit = (asked: Asked) => check(connectAudit, { identity: organization, scopes: 'auditlogs:read', ...asked })

  test('ask the website whose the token is', async () => {
    const { checked, requests } = audit({ options: { enterpriseId: 'E1' } })
    expect(await checked).toEqual({ remarks: [] })
    expect(requests).toMatchObject([
      {
        method: 'POST',
        url: 'https://slack.example.com/api/auth.test',
        headers: { authorization: `Bearer ${slackToken}` },
      },
    ])
  })

  test.each<[string, Asked, string, string]>([
    ['another organization', { options: { enterpriseId: 'E2' } }, 'wrong-organization', 'belongs to E1'],
    [
      'no organization',
      { identity: workspace, options: { enterpriseId: 'E2' } },
      'wrong-organization',
      'another place',
    ],
    ['a workspace of it', { identity: { ...workspace, enterprise_id: 'E1' } }, 'wrong-organization', 'on a workspace'],
    ['fewer scopes', { scopes: 'identify, users:read' }, 'scope', 'identify, users:read'],
    ['no scopes', { scopes: '' }, 'scope', 'no scope'],
    ['a longer scope', { scopes: 'auditlogs:read:x' }, 'scope', 'lacks the scope auditlogs:read'],
  ])('refuse the token of %s', async (_whose, asked, fault, says) => {
    const error = await failureOf(audit(asked).checked)
    expect(error).toMatchObject({ name: 'AuthError', fault, message: expect.stringContaining(says) })
    expect(everythingIn(error)).not.toContain(slackToken.slice(5, 20))
  })

  test('say when the token expires, by the secret or by Slack', async () => {
    expect((await audit({ identity: { ...organization, expires_in: 3600 } }).checked).expiresAt).toBe(
      (noon + 3600) * 1000,
    )
    const secret = JSON.stringify({ token: slackToken, expiresAt: '2026-01-15T13:00:00Z' })
    expect((await audit({ options: { secret } }).checked).expiresAt).toBe(Date.UTC(2026, 0, 15, 13))
  })

  test('remark on scopes that are not needed', async () => {
    const { remarks } = await audit({ scopes: 'auditlogs:read,chat:write' }).checked
    expect(remarks).toEqual([expect.stringContaining('chat:write')])
  })

  test('take an answer without scopes', async () => {
    const { checked } = check(connectAudit, { identity: organization })
    expect(await checked).toEqual({ remarks: [] })
  })
})

describe.each([
  ['access logs', connectAccess],
  ['integration logs', connectIntegrations],
])('%s', (_log, connect) => {
  const remark = (asked: Asked) => check(connect, { scopes: 'admin', ...asked }).checked

  test('take the token of the workspace, and remark how much it may do', async () => {
    for (const options of [{}, { teamId: 'T1' }]) {
      expect((await remark({ identity: workspace, options })).remarks).toEqual([expect.stringContaining('scope admin')])
    }
  })

  test('refuse that of another workspace', async () => {
    const error = await failureOf(remark({ identity: workspace, options: { teamId: 'T2' } }))
    expect(error).toMatchObject({ name: 'AuthError', fault: 'wrong-organization' })
    expect(error.message).toContain('belongs to T1, and teamId names T2')
  })

  test('take that of an organization, and remark that it names no workspace', async () => {
    expect((await remark({ identity: organization, options: { teamId: 'T9' } })).remarks).toHaveLength(1)
    expect((await remark({ identity: organization })).remarks?.join()).toContain('Without teamId')
  })
})

test.each<[string, SlackAnswer, string]>([
  ['a revoked token', { body: { ok: false, error: 'token_revoked' } }, 'AuthError'],
  ['an outage', { status: 503, body: '<html>' }, 'TransientError'],
  ['a page of a proxy', { body: '<html>' }, 'TransientError'],
  ['JSON of another form', { body: { a: 1 } }, 'TransientError'],
])('%s is told', async (_what, answer, name) => {
  expect(await failureOf(check(connectAudit, { answer }).checked)).toMatchObject({ name })
})
