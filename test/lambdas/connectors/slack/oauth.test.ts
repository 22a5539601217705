import { describe, expect, test } from 'vitest'
import { connect as connectAccess } from '../../../../lambdas/connectors/slack/access-logs.ts'
import { connect as connectAudit } from '../../../../lambdas/connectors/slack/audit-logs.ts'
import { parseSlackCredential } from '../../../../lambdas/connectors/slack/credential.ts'
import { manifest } from '../../../../lambdas/connectors/slack/manifest.ts'
import { connect } from '../../../../lambdas/connectors/slack/oauth.ts'
import { tryOut } from '../../../../lambdas/core/oauth/try-out.ts'
import type { HttpAnswer, HttpRequest } from '../../../../lambdas/core/poll/provider/http.ts'
import { clientSecret, consentWorld, noon, publicUrl } from '../../../support/consent-world.ts'
import { failureOf } from '../../../support/provider.ts'

const { 'slack-audit': audit, 'slack-workspace': workspace } = manifest.sourceTypes
const redirectUri = `${publicUrl}/oauth/log/callback`
const code = 'code-of-nobody-0123456789'
const slackToken = 'xoxp-190019001900-ofNobody0123456789abcdef'
const rotating = 'xoxe.xoxp-1-ofNobody0123456789abcdef'
const refreshToken = 'xoxe-1-ofNobody0123456789abcdef'

const answer = (body: unknown, status = 200, headers = {}): HttpAnswer => ({
  status,
  headers: new Headers(headers),
  bytes: new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body)),
  receivedAt: noon,
})

const user = (scope: string) => ({ id: 'U01', scope, access_token: slackToken, token_type: 'user' })
const onOrganization = {
  ok: true,
  app_id: 'A01',
  authed_user: user('auditlogs:read'),
  team: null,
  enterprise: { id: 'E0EXAMPLE', name: 'Example' },
  is_enterprise_install: true,
}
const onWorkspace = {
  ok: true,
  app_id: 'A01',
  authed_user: user('admin'),
  team: { id: 'T0EXAMPLE', name: 'Example' },
  enterprise: null,
  is_enterprise_install: false,
}

type Kind = 'slack-audit' | 'slack-workspace'
const optionsOf = { 'slack-audit': { enterpriseId: 'E0EXAMPLE' }, 'slack-workspace': { teamId: 'T0EXAMPLE' } } as const

function appThatHears(kind: Kind, body: unknown, status = 200) {
  const sent: HttpRequest[] = []
  const http = async (request: HttpRequest) => {
    sent.push(request)
    return answer(body, status)
  }
  const { scopes } = manifest.sourceTypes[kind].oauth
  const app = connect({ options: optionsOf[kind], clientId: '123.456', scopes, http })
  return { app, sent, exchange: () => app.exchange({ code, redirectUri, clientSecret }) }
}

describe('the consent page', () => {
  test('is asked for the scope of a user alone, never for those of a bot', () => {
    const { app } = appThatHears('slack-audit', {})
    const { origin, pathname, searchParams } = new URL(app.consentUrl({ redirectUri, state: 'the-state' }))
    expect(origin + pathname).toBe('https://slack.com/oauth/v2/authorize')
    expect(Object.fromEntries(searchParams)).toEqual({
      client_id: '123.456',
      user_scope: 'auditlogs:read',
      redirect_uri: redirectUri,
      state: 'the-state',
    })
  })

  test('begins with the workspace of the settings', () => {
    const { app } = appThatHears('slack-workspace', {})
    expect(new URL(app.consentUrl({ redirectUri, state: 's' })).searchParams.get('team')).toBe('T0EXAMPLE')
  })

  test('is never bound by PKCE, which would end refresh tokens after 30 days', () => {
    expect([audit.oauth.pkce, workspace.oauth.pkce]).toEqual([false, false])
  })
})

describe('the exchange', () => {
  test('sends code and client secret in the body', async () => {
    const { sent, exchange } = appThatHears('slack-audit', onOrganization)
    expect(await exchange()).toEqual({ token: slackToken })
    expect(sent).toMatchObject([{ method: 'POST', url: 'https://slack.com/api/oauth.v2.access' }])
    expect(Object.fromEntries(new URLSearchParams(sent[0]?.body))).toEqual({
      client_id: '123.456',
      client_secret: clientSecret,
      code,
      redirect_uri: redirectUri,
    })
  })

  test('with token rotation, keeps what is needed to renew the token, in the form of secrets', async () => {
    const rotated = { ...user('admin'), access_token: rotating, refresh_token: refreshToken, expires_in: 43_200 }
    const issued = await appThatHears('slack-workspace', { ...onWorkspace, authed_user: rotated }).exchange()
    expect(issued).toEqual({ token: rotating, refreshToken, expiresAt: '2026-01-16T00:00:00.000Z' })
    expect(parseSlackCredential(JSON.stringify(issued))).toMatchObject({
      token: rotating,
      expiresAt: noon + 43_200_000,
    })
  })

  test('accepts the token of an organization for a workspace, whose log must then show that it reaches it', async () => {
    const ofOrganization = { ...onOrganization, authed_user: user('admin') }
    expect(await appThatHears('slack-workspace', ofOrganization).exchange()).toEqual({ token: slackToken })
  })

  const bot = { ...onWorkspace, access_token: 'xoxb-bot-0123456789', token_type: 'bot', authed_user: { id: 'U01' } }
  const half = { ...user('admin'), access_token: rotating, refresh_token: refreshToken }

  test.each<[string, Kind, unknown, number, string, string]>([
    [
      'another organization',
      'slack-audit',
      { ...onOrganization, enterprise: { id: 'E0STRANGER' } },
      200,
      'AuthError',
      'E0STRANGER',
    ],
    [
      'a workspace of the organization in place of it',
      'slack-audit',
      { ...onOrganization, team: { id: 'T0EXAMPLE' }, is_enterprise_install: false },
      200,
      'AuthError',
      'choose the organization',
    ],
    [
      'an organization without its flag',
      'slack-audit',
      { ...onOrganization, is_enterprise_install: undefined },
      200,
      'AuthError',
      'choose the organization',
    ],
    [
      'a workspace without organization',
      'slack-audit',
      { ...onWorkspace, authed_user: user('auditlogs:read') },
      200,
      'AuthError',
      'enterpriseId names E0EXAMPLE',
    ],
    [
      'another workspace',
      'slack-workspace',
      { ...onWorkspace, team: { id: 'T0STRANGER' } },
      200,
      'AuthError',
      'T0STRANGER',
    ],
    ['no workspace', 'slack-workspace', { ...onWorkspace, team: null }, 200, 'AuthError', 'another place'],
    [
      'a narrowed scope',
      'slack-audit',
      { ...onOrganization, authed_user: user('identify') },
      200,
      'AuthError',
      'auditlogs:read',
    ],
    ['no scope', 'slack-workspace', { ...onWorkspace, authed_user: user('') }, 200, 'AuthError', 'admin'],
    ['a bot token', 'slack-workspace', bot, 200, 'ConfigError', 'no user token'],
    [
      'a bot token as that of a user',
      'slack-workspace',
      { ...onWorkspace, authed_user: { ...user('admin'), access_token: 'xoxb-bot-0123456789' } },
      200,
      'AuthError',
      'bot token',
    ],
    [
      'a rotating token without its end',
      'slack-workspace',
      { ...onWorkspace, authed_user: half },
      200,
      'TransientError',
      'when the token expires',
    ],
    [
      'a rotating token without its refresh token',
      'slack-workspace',
      { ...onWorkspace, authed_user: { ...half, refresh_token: undefined, expires_in: 60 } },
      200,
      'TransientError',
      'no refresh token',
    ],
    ['an old code', 'slack-audit', { ok: false, error: 'invalid_code' }, 200, 'AuthError', 'make a new link'],
    ['a used code', 'slack-audit', { ok: false, error: 'code_already_used' }, 200, 'AuthError', 'used before'],
    [
      'a rotated client secret',
      'slack-audit',
      { ok: false, error: 'bad_client_secret' },
      200,
      'AuthError',
      'that the page of the app shows now',
    ],
    [
      'another redirect URL',
      'slack-audit',
      { ok: false, error: 'bad_redirect_uri' },
      200,
      'AuthError',
      'add the callback URL',
    ],
    ['an error of tomorrow', 'slack-audit', { ok: false, error: 'of_tomorrow' }, 200, 'AuthError', 'of_tomorrow'],
    ['an answer without ok', 'slack-audit', { ...onOrganization, ok: undefined }, 200, 'AuthError', 'unknown error'],
    ['too many requests', 'slack-audit', { ok: false, error: 'ratelimited' }, 429, 'TransientError', 'status 429'],
    ['an outage', 'slack-audit', '<html>', 503, 'TransientError', 'status 503'],
  ])('%s is refused', async (_, kind, body, status, name, says) => {
    const error = await failureOf(appThatHears(kind, body, status).exchange())
    expect(error.name).toBe(name)
    expect(error.message).toContain(says)
    for (const secret of [code, clientSecret, slackToken, rotating, refreshToken, 'xoxb-bot']) {
      expect(error.message).not.toContain(secret)
    }
  })
})

/** Slack as one person sees it who consents with what they have, be it on the right place or not. */
function slackOf(install: unknown, { identity, log }: { readonly identity: unknown; readonly log: unknown }) {
  return async ({ url, headers }: HttpRequest): Promise<HttpAnswer> => {
    const { pathname } = new URL(url)
    if (pathname === '/api/oauth.v2.access') return answer(install)
    if (headers.authorization !== `Bearer ${slackToken}`) return answer({ ok: false, error: 'invalid_auth' })
    return answer(pathname === '/api/auth.test' ? identity : log)
  }
}

async function consented(kind: Kind, http: (request: HttpRequest) => Promise<HttpAnswer>) {
  const { oauth, streams } = manifest.sourceTypes[kind]
  const options = optionsOf[kind]
  const stream = { facts: streams[0], connect: kind === 'slack-audit' ? connectAudit : connectAccess }
  const world = consentWorld({
    sources: [{ id: 'log', options }],
    consentOf: async ({ clientId }) => ({
      app: connect({ options, clientId, scopes: oauth.scopes, http }),
      pkce: oauth.pkce,
      tryOut: (secret) => tryOut({ streams: [stream], options, http, now: () => noon }, secret),
    }),
  })
  const { state = '' } = world.parametersOf(await world.start(world.link()))
  const { outcome } = await world.callback({ state, code })
  return { outcome, stored: world.values.get('log'), results: world.results() }
}

describe('a person at Slack', () => {
  const owner = { ok: true, enterprise_id: 'E0EXAMPLE', is_enterprise_install: true }
  const member = { ok: true, team_id: 'T0EXAMPLE', is_enterprise_install: false }
  const ofOrganization = { ...onOrganization, authed_user: user('admin') }

  test('who owns the organization connects its audit log', async () => {
    const slack = slackOf(onOrganization, { identity: owner, log: { ok: true, entries: [] } })
    expect(await consented('slack-audit', slack)).toMatchObject({
      outcome: 'stored',
      stored: JSON.stringify({ token: slackToken }),
    })
  })

  test('who administers the workspace connects its logs', async () => {
    const slack = slackOf(onWorkspace, { identity: member, log: { ok: true, logins: [] } })
    expect(await consented('slack-workspace', slack)).toMatchObject({ outcome: 'stored' })
  })

  test('who owns the organization connects the logs of a workspace that it reaches', async () => {
    const slack = slackOf(ofOrganization, { identity: owner, log: { ok: true, logins: [] } })
    expect(await consented('slack-workspace', slack)).toMatchObject({ outcome: 'stored' })
  })

  test.each<[string, Kind, unknown, unknown, unknown]>([
    [
      'installs on another organization',
      'slack-audit',
      { ...onOrganization, enterprise: { id: 'E0STRANGER' } },
      owner,
      { ok: true, entries: [] },
    ],
    [
      'is of another organization than the installation says',
      'slack-audit',
      onOrganization,
      { ...owner, enterprise_id: 'E0STRANGER' },
      { ok: true, entries: [] },
    ],
    ['may not read the audit log', 'slack-audit', onOrganization, owner, { ok: false, error: 'user_not_authorized' }],
    [
      'installs on another workspace',
      'slack-workspace',
      { ...onWorkspace, team: { id: 'T0STRANGER' } },
      member,
      { ok: true, logins: [] },
    ],
    [
      'has an organization that does not reach the workspace',
      'slack-workspace',
      ofOrganization,
      owner,
      { ok: false, error: 'team_access_not_granted' },
    ],
    ['has a workspace on the free plan', 'slack-workspace', onWorkspace, member, { ok: false, error: 'paid_only' }],
  ])('who %s changes nothing, and the operator reads why', async (_, kind, install, identity, log) => {
    const { outcome, stored, results } = await consented(kind, slackOf(install, { identity, log }))
    expect({ outcome, stored }).toEqual({ outcome: 'refused', stored: undefined })
    expect(results).toMatchObject([{ result: 'refused', says: expect.stringMatching(/^Slack/) }])
    expect(results[0]?.says).not.toContain(slackToken)
  })
})

describe('the renewal of a token', () => {
  const flat = {
    ok: true,
    token_type: 'user',
    user_id: 'U01',
    access_token: rotating,
    refresh_token: refreshToken,
    expires_in: 43_200,
  }
  const renewed = { token: rotating, refreshToken, expiresAt: new Date(noon + 43_200_000).toISOString() }
  const renew = (body: unknown, status = 200) => {
    const { app, sent } = appThatHears('slack-audit', body, status)
    return { sent, result: app.renew?.({ refreshToken: 'xoxe-1-old', clientSecret }) }
  }

  test('reads the flat answer that a user token gets, and that of a code as well', async () => {
    const { sent, result } = renew(flat)
    expect(await result).toEqual(renewed)
    expect(Object.fromEntries(new URLSearchParams(sent[0]?.body))).toEqual({
      client_id: '123.456',
      client_secret: clientSecret,
      grant_type: 'refresh_token',
      refresh_token: 'xoxe-1-old',
    })
    const { ok, user_id: id, ...user } = flat
    expect(
      await renew({ ok, access_token: 'xoxb-bot', token_type: 'bot', authed_user: { id, ...user } }).result,
    ).toEqual(renewed)
  })

  test('keeps a pair whose end is not said, and renews it within the hour', async () => {
    const { expires_in: _, ...endless } = flat
    const soon = { ...renewed, expiresAt: new Date(noon + 3_600_000).toISOString() }
    expect(await renew(endless).result).toEqual(soon)
    expect(await renew({ ...flat, expires_in: '43200' }).result).toEqual(renewed)
  })

  test.each([
    [
      'the token of a bot',
      { ...flat, token_type: 'bot', access_token: 'xoxe.xoxb-1-bot' },
      'ConfigError',
      /another kind/,
    ],
    ['a used refresh token', { ok: false, error: 'invalid_refresh_token' }, 'AuthError', /npm run connect/],
    ['a rotated client secret', { ok: false, error: 'bad_client_secret' }, 'AuthError', /client secret that the page/],
    ['a moment of rest', { ok: false, error: 'internal_error' }, 'TransientError', /could not renew/],
    ['no refresh token', { ...flat, refresh_token: undefined }, 'TransientError', /refresh token/],
  ])('%s is an error that says what to do, and holds no token', async (_what, body, name, says) => {
    const error = await failureOf(Promise.resolve(renew(body).result))
    expect(error.name).toBe(name)
    expect(error.message).toMatch(says)
    expect(error.message).not.toMatch(/xox|secret-of/)
  })
})
