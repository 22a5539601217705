import { hash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { type GithubAuditServer, startGithubAuditServer } from '../../../simulators/github/audit.ts'
import { exampleGithubApp } from '../../../simulators/github/oauth.ts'
import { openForm } from '../../support/consent.ts'
import { control, started } from '../../support/provider.ts'

const callback = 'https://callback.example/oauth'
const minute = 60_000

const serve = (): Promise<GithubAuditServer> =>
  started(startGithubAuditServer({ now: () => Date.UTC(2026, 0, 15, 10, 30) }))

const open = ({ url }: GithubAuditServer, more: Record<string, string> = {}) =>
  openForm(
    `${url}/login/oauth/authorize?${new URLSearchParams({
      client_id: exampleGithubApp.clientId,
      redirect_uri: callback,
      state: 'state of the test',
      scope: 'read:audit_log read:org',
      ...more,
    })}`,
  )

async function consent(
  server: GithubAuditServer,
  choices: Record<string, string[]> = {},
  more: Record<string, string> = {},
): Promise<string> {
  const back = await (await open(server, more)).submit('allow', choices)
  return back?.searchParams.get('code') ?? ''
}

interface Answer {
  readonly error?: string
  readonly access_token?: string
  readonly scope?: string
}

const send = (
  { url }: GithubAuditServer,
  code: string,
  more: Record<string, string> = {},
  accept = 'application/json',
): Promise<Response> =>
  fetch(`${url}/login/oauth/access_token`, {
    method: 'POST',
    headers: { accept },
    body: new URLSearchParams({
      client_id: exampleGithubApp.clientId,
      client_secret: exampleGithubApp.clientSecret,
      code,
      redirect_uri: callback,
      ...more,
    }),
  })

async function exchange(...request: Parameters<typeof send>): Promise<Answer> {
  const answer = await send(...request)
  expect(answer.status).toBe(200)
  return JSON.parse(await answer.text())
}

const get = ({ apiUrl }: GithubAuditServer, path: string, token = '') =>
  fetch(`${apiUrl}${path}`, { headers: { authorization: `Bearer ${token}`, 'user-agent': 'test' } })

const logPath = '/orgs/example-org/audit-log'

describe('the consent page', () => {
  test('asks for each scope and for the account, without scripts', async () => {
    const form = await open(await serve())
    expect(form.values('granted')).toEqual(['read:audit_log', 'read:org'])
    expect(form.values('account')).toEqual(['ada', 'stranger'])
    expect(form.html).not.toMatch(/<script| on\w+=/)
  })

  test('shows hostile parameters as text and sends them back unchanged', async () => {
    const hostile = `"><script>alert('&amp;')</script>`
    const form = await open(await serve(), { state: hostile, scope: hostile })
    expect(form.html).not.toContain('<script')
    expect((await form.submit('allow'))?.searchParams.get('state')).toBe(hostile)
  })

  test.each([
    [{ client_id: 'another' }, 404, 'Not Found'],
    [{ redirect_uri: 'data:text/html,' }, 400, 'redirect_uri_mismatch'],
    [{ code_challenge: 'text', code_challenge_method: 'plain' }, 400, 'code_challenge_method'],
  ])('shows an error for %o', async (parameters, status, problem) => {
    const form = await open(await serve(), parameters)
    expect(form.status).toBe(status)
    expect(form.html).toContain(problem)
    expect(await form.submit('allow')).toBeUndefined()
  })

  test('sends the person back with an error when they cancel', async () => {
    const back = await (await open(await serve())).submit('cancel')
    expect(Object.fromEntries(back?.searchParams ?? [])).toMatchObject({
      error: 'access_denied',
      state: 'state of the test',
    })
    expect(back?.href).toContain(`${callback}?`)
  })
})

describe('a code', () => {
  test('becomes a token, which reads the audit log and names its scopes', async () => {
    const server = await serve()
    const answer = await exchange(server, await consent(server))
    expect(answer).toEqual({
      access_token: expect.stringMatching(/^gho_\w{36}$/),
      scope: 'read:audit_log,read:org',
      token_type: 'bearer',
    })
    const log = await get(server, logPath, answer.access_token)
    expect(log.status).toBe(200)
    expect(log.headers.get('x-oauth-scopes')).toBe('read:audit_log, read:org')
    const membership = await get(server, '/user/memberships/orgs/example-org', answer.access_token)
    expect(await membership.json()).toMatchObject({ role: 'admin' })
    expect(membership.headers.get('x-oauth-scopes')).toBe('read:audit_log, read:org')
  })

  test('becomes a token with the scopes that were checked', async () => {
    const server = await serve()
    const answer = await exchange(server, await consent(server, { granted: ['read:org', 'repo'] }))
    expect(answer.scope).toBe('read:org')
    expect((await get(server, logPath, answer.access_token)).status).toBe(404)
  })

  test('becomes a token of an account outside the organization', async () => {
    const server = await serve()
    const { access_token: token } = await exchange(server, await consent(server, { account: ['stranger'] }))
    expect((await get(server, logPath, token)).status).toBe(404)
    expect((await get(server, '/user/memberships/orgs/example-org', token)).status).toBe(404)
    expect(await (await get(server, '/orgs/example-org', token)).json()).not.toHaveProperty('plan')
  })

  test('has the scopes of earlier consents of the account when none are asked for', async () => {
    const server = await serve()
    await consent(server, { granted: ['read:org'] })
    await consent(server, { granted: ['read:audit_log'] })
    expect((await exchange(server, await consent(server, {}, { scope: '' }))).scope).toBe('read:audit_log,read:org')
    const stranger = await consent(server, { account: ['stranger'] }, { scope: '' })
    expect((await exchange(server, stranger)).scope).toBe('')
  })

  test('is answered as a form unless JSON is asked for', async () => {
    const server = await serve()
    const answer = await send(server, await consent(server), {}, '*/*')
    expect(answer.headers.get('content-type')).toContain('application/x-www-form-urlencoded')
    expect(new URLSearchParams(await answer.text()).get('scope')).toBe('read:audit_log,read:org')
  })

  test('works once', async () => {
    const server = await serve()
    const code = await consent(server)
    expect(await exchange(server, code)).not.toHaveProperty('error')
    expect((await exchange(server, code)).error).toBe('bad_verification_code')
  })

  test('works for less than ten minutes', async () => {
    const server = await serve()
    const [early, late] = [await consent(server), await consent(server)]
    await control(server, { advanceMs: 10 * minute - 1 })
    expect(await exchange(server, early)).not.toHaveProperty('error')
    await control(server, { advanceMs: 1 })
    expect((await exchange(server, late)).error).toBe('bad_verification_code')
  })

  test.each([
    [{ client_id: 'another' }, 'incorrect_client_credentials'],
    [{ client_secret: 'another' }, 'incorrect_client_credentials'],
    [{ code: 'another' }, 'bad_verification_code'],
    [{ redirect_uri: 'https://elsewhere.example/' }, 'redirect_uri_mismatch'],
  ])('is refused with %o, and still works afterwards', async (fields, error) => {
    const server = await serve()
    const code = await consent(server)
    expect((await exchange(server, code, fields)).error).toBe(error)
    expect(await exchange(server, code)).not.toHaveProperty('error')
  })

  test('needs the verifier of its challenge', async () => {
    const server = await serve()
    const verifier = 'a-verifier-of-forty-three-characters-or-more'
    const code = await consent(
      server,
      {},
      { code_challenge: hash('sha256', verifier, 'base64url'), code_challenge_method: 'S256' },
    )
    expect((await exchange(server, code)).error).toBe('bad_verification_code')
    expect((await exchange(server, code, { code_verifier: `${verifier}!` })).error).toBe('bad_verification_code')
    expect(await exchange(server, code, { code_verifier: verifier })).not.toHaveProperty('error')
  })
})

test('the eleventh token with the same scopes ends the first', async () => {
  const server = await serve()
  const issue = async () => (await exchange(server, await consent(server))).access_token
  const [first, second] = [await issue(), await issue()]
  const others = await exchange(server, await consent(server, { granted: ['read:audit_log'] }))
  for (let issued = 2; issued < 10; issued++) await issue()
  expect((await get(server, logPath, first)).status).toBe(200)
  await issue()
  expect((await get(server, logPath, first)).status).toBe(401)
  expect((await get(server, logPath, second)).status).toBe(200)
  expect((await get(server, logPath, others.access_token)).status).toBe(200)
})
