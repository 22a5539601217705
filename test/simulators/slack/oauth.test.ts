import { describe, expect, test } from 'vitest'
import { exampleSlackApp, otherEnterpriseId, otherTeamId } from '../../../simulators/slack/oauth.ts'
import type { SlackServer } from '../../../simulators/slack/server.ts'
import { exampleEnterpriseId, exampleSlackToken, exampleTeamId } from '../../../simulators/slack/tokens.ts'
import { openForm } from '../../support/consent.ts'
import { control } from '../../support/provider.ts'
import { serveSlack } from '../../support/slack-server.ts'

const callback = 'https://callback.example/oauth?from=slack'
const minute = 60_000

const rotating = { app: { ...exampleSlackApp, rotates: true } }

const open = ({ url }: SlackServer, more: Record<string, string> = {}) =>
  openForm(
    `${url}/oauth/v2/authorize?${new URLSearchParams({
      client_id: exampleSlackApp.clientId,
      user_scope: 'auditlogs:read,admin',
      redirect_uri: callback,
      state: 'state of the test',
      ...more,
    })}`,
  )

async function consent(server: SlackServer, choices: Record<string, string[]> = {}): Promise<string> {
  const back = await (await open(server)).submit('allow', choices)
  return back?.searchParams.get('code') ?? ''
}

interface Answer {
  readonly error?: string
  readonly access_token?: string
  readonly refresh_token?: string
  readonly authed_user?: { readonly access_token?: string; readonly refresh_token?: string; readonly scope?: string }
}

async function post({ url }: SlackServer, path: string, fields: Record<string, string>, token?: string) {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const answer = await fetch(`${url}${path}`, { method: 'POST', headers, body: new URLSearchParams(fields) })
  const body: Answer = JSON.parse(await answer.text())
  return body
}

const client = { client_id: exampleSlackApp.clientId, client_secret: exampleSlackApp.clientSecret }

const exchange = (server: SlackServer, code: string, more: Record<string, string> = {}) =>
  post(server, '/api/oauth.v2.access', { ...client, code, redirect_uri: callback, ...more })

const refresh = (server: SlackServer, refreshToken = '') =>
  post(server, '/api/oauth.v2.access', { ...client, grant_type: 'refresh_token', refresh_token: refreshToken })

const check = (server: SlackServer, token = '') => post(server, '/api/auth.test', {}, token)

const change = ({ url }: SlackServer, order: object) =>
  fetch(`${url}/_app`, { method: 'POST', body: JSON.stringify(order) })

describe('the consent page', () => {
  test('asks for each scope and for the place, without scripts', async () => {
    const form = await open(await serveSlack())
    expect(form.values('granted')).toEqual(['auditlogs:read', 'admin'])
    expect(form.values('place')).toEqual(['organization', 'workspace', 'other-organization', 'other-workspace'])
    expect(form.html).not.toMatch(/<script| on\w+=/)
  })

  test('shows hostile parameters as text and sends them back unchanged', async () => {
    const hostile = `"><script>alert('&amp;')</script>`
    const form = await open(await serveSlack(), { state: hostile, user_scope: hostile })
    expect(form.html).not.toContain('<script')
    expect((await form.submit('allow'))?.searchParams.get('state')).toBe(hostile)
  })

  test.each([
    [{ client_id: 'another' }, 'invalid_client_id'],
    [{ redirect_uri: 'javascript:alert(1)' }, 'bad_redirect_uri'],
    [{ redirect_uri: `${callback}#fragment` }, 'bad_redirect_uri'],
    [{ user_scope: '' }, 'no scopes requested'],
  ])('shows an error for %o', async (parameters, error) => {
    const form = await open(await serveSlack(), parameters)
    expect(form.status).toBe(400)
    expect(form.html).toContain(error)
    expect(await form.submit('allow')).toBeUndefined()
  })

  test('sends the person back with an error when they cancel', async () => {
    const back = await (await open(await serveSlack())).submit('cancel')
    expect(back?.href).toBe('https://callback.example/oauth?from=slack&error=access_denied&state=state+of+the+test')
  })

  test('proposes the workspace that the app asks for', async () => {
    const server = await serveSlack()
    const back = await (await open(server, { team: exampleTeamId })).submit('allow')
    const answer = await exchange(server, back?.searchParams.get('code') ?? '')
    expect(answer).toMatchObject({ team: { id: exampleTeamId }, is_enterprise_install: false })
  })
})

describe('a code', () => {
  test('becomes the token of an organization, which reads the audit log', async () => {
    const server = await serveSlack()
    const answer = await exchange(server, await consent(server))
    expect(answer).toEqual({
      ok: true,
      app_id: 'A0EXAMPLE1',
      authed_user: {
        id: 'U0EXAMPLE1',
        scope: 'auditlogs:read,admin',
        access_token: expect.stringMatching(/^xoxp-\w{40}$/),
        token_type: 'user',
      },
      team: null,
      enterprise: { id: exampleEnterpriseId, name: 'Example Corp' },
      is_enterprise_install: true,
    })
    const authorization = `Bearer ${answer.authed_user?.access_token}`
    const log = await fetch(`${server.url}/audit/v1/logs`, { headers: { authorization } })
    expect(await log.json()).toHaveProperty('entries')
  })

  test('becomes the token of a workspace with the scopes that were checked', async () => {
    const server = await serveSlack({ shows: 'integration-logs' })
    const answer = await exchange(server, await consent(server, { place: ['workspace'], granted: ['admin'] }))
    expect(answer).toMatchObject({
      authed_user: { scope: 'admin' },
      team: { id: exampleTeamId },
      enterprise: null,
      is_enterprise_install: false,
    })
    expect(await check(server, answer.authed_user?.access_token)).toMatchObject({
      ok: true,
      team_id: exampleTeamId,
      is_enterprise_install: false,
    })
  })

  test.each([
    ['other-organization', otherEnterpriseId],
    ['other-workspace', otherTeamId],
  ])('becomes the token of strangers (%s)', async (place, id) => {
    const server = await serveSlack()
    const { authed_user: user } = await exchange(server, await consent(server, { place: [place] }))
    expect(await check(server, user?.access_token)).toMatchObject({ ok: true, team_id: id })
  })

  test('gives only scopes that the app asked for', async () => {
    const server = await serveSlack()
    const answer = await exchange(server, await consent(server, { granted: ['admin', 'users:read'] }))
    expect(answer.authed_user?.scope).toBe('admin')
  })

  test('adds its scopes to those of earlier consents for the same place', async () => {
    const server = await serveSlack()
    await exchange(server, await consent(server, { granted: ['admin'] }))
    const more = await exchange(server, await consent(server, { granted: ['auditlogs:read'] }))
    expect(more.authed_user?.scope).toBe('admin,auditlogs:read')
    const workspace = await consent(server, { place: ['workspace'], granted: ['auditlogs:read'] })
    expect((await exchange(server, workspace)).authed_user?.scope).toBe('auditlogs:read')
  })

  test('becomes a token of a bot for the scopes of bots', async () => {
    const server = await serveSlack()
    const back = await (await open(server, { user_scope: '', scope: 'chat:write' })).submit('allow')
    const answer = await exchange(server, back?.searchParams.get('code') ?? '')
    expect(answer).toMatchObject({ authed_user: { id: 'U0EXAMPLE1' }, scope: 'chat:write', token_type: 'bot' })
    expect(answer.authed_user).not.toHaveProperty('access_token')
    expect((await check(server, answer.access_token)).error).toBe('not_allowed_token_type')
  })

  test('works once', async () => {
    const server = await serveSlack()
    const code = await consent(server)
    expect(await exchange(server, code)).not.toHaveProperty('error')
    expect((await exchange(server, code)).error).toBe('code_already_used')
  })

  test('works for less than ten minutes', async () => {
    const server = await serveSlack()
    const [early, late] = [await consent(server), await consent(server)]
    await control(server, { advanceMs: 10 * minute - 1 })
    expect(await exchange(server, early)).not.toHaveProperty('error')
    await control(server, { advanceMs: 1 })
    expect((await exchange(server, late)).error).toBe('invalid_code')
  })

  test.each([
    [{ client_id: 'another' }, 'invalid_client_id'],
    [{ client_secret: 'another' }, 'bad_client_secret'],
    [{ redirect_uri: 'https://elsewhere.example/' }, 'bad_redirect_uri'],
    [{ code: 'another' }, 'invalid_code'],
    [{ grant_type: 'refresh_token' }, 'token_rotation_not_enabled'],
  ])('is refused with %o, and still works afterwards', async (fields, error) => {
    const server = await serveSlack()
    const code = await consent(server)
    expect((await exchange(server, code, fields)).error).toBe(error)
    expect(await exchange(server, code)).not.toHaveProperty('error')
  })

  test('is taken with the client secret in the header, and not in JSON', async () => {
    const server = await serveSlack()
    const code = await consent(server)
    const authorization = `Basic ${btoa(`${client.client_id}:${client.client_secret}`)}`
    const send = async (body: string | URLSearchParams) => {
      const answer = await fetch(`${server.url}/api/oauth.v2.access`, {
        method: 'POST',
        headers: { authorization },
        body,
      })
      return answer.json()
    }
    const fields = { code, redirect_uri: callback }
    expect(await send(JSON.stringify(fields))).toEqual({ ok: false, error: 'invalid_post_type' })
    expect(await send(new URLSearchParams(fields))).toMatchObject({ ok: true })
  })
})

describe('with token rotation', () => {
  test('a token expires after twelve hours, and its refresh token gives a flat answer', async () => {
    const server = await serveSlack(rotating)
    const { authed_user: user } = await exchange(server, await consent(server))
    expect(user).toMatchObject({
      access_token: expect.stringMatching(/^xoxe\.xoxp-1-/),
      refresh_token: expect.stringMatching(/^xoxe-1-/),
      expires_in: 43_200,
    })
    await control(server, { advanceMs: 43_200_000 })
    expect((await check(server, user?.access_token)).error).toBe('token_expired')
    const refreshed = await refresh(server, user?.refresh_token)
    expect(refreshed).toMatchObject({
      ok: true,
      access_token: expect.stringMatching(/^xoxe\.xoxp-1-/),
      refresh_token: expect.stringMatching(/^xoxe-1-/),
      expires_in: 43_200,
      token_type: 'user',
      user_id: 'U0EXAMPLE1',
    })
    expect(refreshed).not.toHaveProperty('authed_user')
    expect(await check(server, refreshed.access_token)).toMatchObject({ ok: true, team_id: exampleEnterpriseId })
  })

  test('a refresh token is taken again for a minute', async () => {
    const server = await serveSlack(rotating)
    const { authed_user: user } = await exchange(server, await consent(server))
    await refresh(server, user?.refresh_token)
    await control(server, { advanceMs: minute })
    const again = await refresh(server, user?.refresh_token)
    expect(await check(server, again.access_token)).toMatchObject({ ok: true })
    await control(server, { advanceMs: 1 })
    expect((await refresh(server, user?.refresh_token)).error).toBe('invalid_refresh_token')
    expect(await refresh(server, again.refresh_token)).toMatchObject({ ok: true })
  })

  test('the two latest tokens of a person work', async () => {
    const server = await serveSlack(rotating)
    const { authed_user: user } = await exchange(server, await consent(server))
    const second = await refresh(server, user?.refresh_token)
    expect(await check(server, user?.access_token)).toMatchObject({ ok: true })
    const third = await refresh(server, second.refresh_token)
    expect((await check(server, user?.access_token)).error).toBe('invalid_auth')
    expect(await check(server, second.access_token)).toMatchObject({ ok: true })
    expect(await check(server, third.access_token)).toMatchObject({ ok: true })
  })
})

describe('tokens end', () => {
  test('when they are revoked, and the scopes with the last of them', async () => {
    const server = await serveSlack()
    const { authed_user: user } = await exchange(server, await consent(server, { granted: ['admin'] }))
    expect(await post(server, '/api/auth.revoke', { test: '1' }, user?.access_token)).toEqual({
      ok: true,
      revoked: false,
    })
    expect(await post(server, '/api/auth.revoke', {}, user?.access_token)).toEqual({ ok: true, revoked: true })
    expect((await check(server, user?.access_token)).error).toBe('token_revoked')
    expect(await check(server, exampleSlackToken)).toMatchObject({ ok: true })
    const anew = await exchange(server, await consent(server, { granted: ['auditlogs:read'] }))
    expect(anew.authed_user?.scope).toBe('auditlogs:read')
  })

  test.each(['token_revoked', 'account_inactive'])('when the app is uninstalled (%s)', async (uninstall) => {
    const server = await serveSlack(rotating)
    const { authed_user: user } = await exchange(server, await consent(server))
    const code = await consent(server)
    await change(server, { uninstall })
    expect((await check(server, user?.access_token)).error).toBe(uninstall)
    expect((await refresh(server, user?.refresh_token)).error).toBe('invalid_refresh_token')
    expect((await exchange(server, code)).error).toBe('invalid_code')
    expect(await exchange(server, await consent(server))).not.toHaveProperty('error')
  })
})

test('the client secret can change', async () => {
  const server = await serveSlack()
  await change(server, { clientSecret: 'new' })
  const code = await consent(server)
  expect((await exchange(server, code)).error).toBe('bad_client_secret')
  expect(await exchange(server, code, { client_secret: 'new' })).not.toHaveProperty('error')
})
