import { describe, expect, test } from 'vitest'
import { connect as connectAudit } from '../../../../lambdas/connectors/github/audit.ts'
import { manifest } from '../../../../lambdas/connectors/github/manifest.ts'
import { connect } from '../../../../lambdas/connectors/github/oauth.ts'
import { challengeOf } from '../../../../lambdas/core/oauth/provider.ts'
import { tryOut } from '../../../../lambdas/core/oauth/try-out.ts'
import type { HttpAnswer, HttpRequest } from '../../../../lambdas/core/poll/provider/http.ts'
import { clientSecret, consentWorld, noon, publicUrl } from '../../../support/consent-world.ts'
import { failureOf } from '../../../support/provider.ts'

const { oauth: facts, streams } = manifest.sourceTypes['github-audit']
const redirectUri = `${publicUrl}/oauth/log/callback`
const code = 'code-of-nobody-0123456789'
const token = 'gho_tokenOfNobody0123456789'

const answer = (status: number, body: unknown): HttpAnswer => ({
  status,
  headers: new Headers(),
  bytes: new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body)),
  receivedAt: noon,
})

/** An app whose exchange gets one answer. */
function appThatHears(status: number, body: unknown, webUrl?: string) {
  const sent: HttpRequest[] = []
  const http = async (request: HttpRequest) => {
    sent.push(request)
    return answer(status, body)
  }
  const app = connect({
    options: { name: 'octo-org' },
    clientId: 'Ov23example',
    scopes: facts.scopes,
    http,
    ...(webUrl !== undefined && { webUrl }),
  })
  const exchange = () => app.exchange({ code, redirectUri, clientSecret, verifier: 'verifier-of-nobody' })
  return { app, sent, exchange }
}

describe('the consent page', () => {
  test('is asked for the scope alone, with the state, and bound by PKCE', () => {
    const { app } = appThatHears(200, {})
    const { origin, pathname, searchParams } = new URL(
      app.consentUrl({ redirectUri, state: 'the-state', challenge: challengeOf('verifier') }),
    )
    expect(origin + pathname).toBe('https://github.com/login/oauth/authorize')
    expect(Object.fromEntries(searchParams)).toEqual({
      client_id: 'Ov23example',
      redirect_uri: redirectUri,
      scope: 'read:audit_log',
      state: 'the-state',
      code_challenge: challengeOf('verifier'),
      code_challenge_method: 'S256',
      prompt: 'select_account',
      allow_signup: 'false',
    })
  })

  test('can be that of an Enterprise Server', () => {
    const { app } = appThatHears(200, {}, 'https://ghe.example.com/')
    expect(app.consentUrl({ redirectUri, state: 's' })).toMatch(
      /^https:\/\/ghe\.example\.com\/login\/oauth\/authorize\?/,
    )
  })
})

describe('the exchange', () => {
  test('sends code, client secret and verifier in the body, and asks for JSON', async () => {
    const { sent, exchange } = appThatHears(200, { access_token: token, scope: 'read:audit_log', token_type: 'bearer' })
    expect(await exchange()).toEqual({ token })
    expect(sent).toMatchObject([
      {
        method: 'POST',
        url: 'https://github.com/login/oauth/access_token',
        headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
      },
    ])
    expect(Object.fromEntries(new URLSearchParams(sent[0]?.body))).toEqual({
      client_id: 'Ov23example',
      client_secret: clientSecret,
      code,
      redirect_uri: redirectUri,
      code_verifier: 'verifier-of-nobody',
    })
  })

  test.each([
    ['a used code', 200, { error: 'bad_verification_code' }, 'AuthError', 'used before'],
    [
      'a wrong client secret',
      200,
      { error: 'incorrect_client_credentials' },
      'AuthError',
      'generate a new client secret',
    ],
    ['another callback URL', 200, { error: 'redirect_uri_mismatch' }, 'ConfigError', 'callback URL'],
    ['an unknown error', 200, { error: 'of_tomorrow' }, 'AuthError', 'of_tomorrow'],
    ['an error that is no word', 200, { error: `<b>${code}</b>` }, 'AuthError', 'an unknown error'],
    [
      'a scope that was left out',
      200,
      { access_token: token, scope: '', token_type: 'bearer' },
      'AuthError',
      'read:audit_log',
    ],
    ['other scopes', 200, { access_token: token, scope: 'repo,read:org' }, 'AuthError', 'read:audit_log'],
    [
      'a GitHub App',
      200,
      { access_token: token, scope: '', expires_in: 28800, refresh_token: 'ghr_x' },
      'ConfigError',
      'OAuth app',
    ],
    ['no token', 200, { scope: 'read:audit_log' }, 'TransientError', 'holds no token'],
    [
      'a token that no header can hold',
      200,
      { access_token: 'gho_a\nb0123456789', scope: 'read:audit_log' },
      'TransientError',
      'holds no token',
    ],
    ['a form in place of JSON', 200, `access_token=${token}`, 'TransientError', 'status 200'],
    ['an outage', 503, { message: token }, 'TransientError', 'status 503'],
    ['too many requests', 429, {}, 'TransientError', 'status 429'],
    ['a refusal in JSON', 404, { error: 'Not Found' }, 'AuthError', 'unknown error'],
  ])('%s is refused: %d %j', async (_, status, body, name, says) => {
    const error = await failureOf(appThatHears(status, body).exchange())
    expect(error.name).toBe(name)
    expect(error.message).toContain(says)
    for (const secret of [code, token, clientSecret]) expect(error.message).not.toContain(secret)
  })

  test('a scope beyond those that were asked for does no harm', async () => {
    const { exchange } = appThatHears(200, { access_token: token, scope: 'read:audit_log,read:org' })
    expect(await exchange()).toEqual({ token })
  })
})

/** GitHub with two organizations: each account owns one, and the owner's token alone reads its audit log. */
function github() {
  const owners: Readonly<Record<string, string>> = { 'octo-org': 'octo-owner', 'evil-org': 'stranger' }
  const codes = new Map<
    string,
    { readonly account: string; readonly challenge: string; readonly redirectUri: string }
  >()
  const tokens = new Map<string, string>()
  const consent = (account: string, location: string): string => {
    const { searchParams } = new URL(location)
    const code = `code-for-${account}-${codes.size}`
    const challenge = searchParams.get('code_challenge') ?? ''
    codes.set(code, { account, challenge, redirectUri: searchParams.get('redirect_uri') ?? '' })
    return code
  }
  const exchange = (form: URLSearchParams): HttpAnswer => {
    const asked = codes.get(form.get('code') ?? '')
    codes.delete(form.get('code') ?? '')
    const isBound = asked?.challenge === challengeOf(form.get('code_verifier') ?? '')
    if (!asked || !isBound || asked.redirectUri !== form.get('redirect_uri')) {
      return answer(200, { error: 'bad_verification_code' })
    }
    if (form.get('client_secret') !== clientSecret) return answer(200, { error: 'incorrect_client_credentials' })
    const token = `gho_of_${asked.account}_${tokens.size}`
    tokens.set(token, asked.account)
    return answer(200, { access_token: token, scope: 'read:audit_log', token_type: 'bearer' })
  }
  const http = async ({ url, headers, body }: HttpRequest): Promise<HttpAnswer> => {
    if (url === 'https://github.com/login/oauth/access_token') return exchange(new URLSearchParams(body))
    const [, organization = '', log] = /^https:\/\/api\.github\.com\/orgs\/([\w-]+)(\/audit-log\?)?/.exec(url) ?? []
    const account = tokens.get((headers.authorization ?? '').replace('Bearer ', ''))
    if (account === undefined) return answer(401, { message: 'Bad credentials' })
    // Everybody sees that an organization is there.
    if (organization !== '' && log === undefined) return answer(200, { login: organization })
    return owners[organization] === account ? answer(200, []) : answer(404, { message: 'Not Found' })
  }
  return { http, consent }
}

describe('a person at GitHub', () => {
  const options = { scope: 'organization', name: 'octo-org' }
  const world = () => {
    const { http, consent } = github()
    const world = consentWorld({
      sources: [{ id: 'log', options }],
      consentOf: async ({ clientId }) => ({
        app: connect({ options, clientId, scopes: facts.scopes, http }),
        pkce: facts.pkce,
        tryOut: (secret) =>
          tryOut({ streams: [{ facts: streams[0], connect: connectAudit }], options, http, now: () => noon }, secret),
      }),
    })
    return { ...world, consent }
  }

  test('who owns the organization connects the source', async () => {
    const { start, callback, link, parametersOf, consent, values } = world()
    const answer = await start(link())
    const code = consent('octo-owner', answer.location ?? '')
    const { state = '' } = parametersOf(answer)
    expect((await callback({ state, code })).outcome).toBe('stored')
    expect(JSON.parse(values.get('log') ?? '')).toEqual({ token: 'gho_of_octo-owner_0' })
  })

  test('who owns another organization and has a leaked link cannot point the source there', async () => {
    const { start, callback, link, parametersOf, consent, values, results } = world()
    values.set('log', 'the credential from before')
    const answer = await start(link())
    const code = consent('stranger', answer.location ?? '')
    const { state = '' } = parametersOf(answer)
    expect((await callback({ state, code })).outcome).toBe('refused')
    expect(values.get('log')).toBe('the credential from before')
    expect(results()).toMatchObject([{ result: 'refused', says: expect.stringContaining('"octo-org"') }])
    expect(results()[0]?.says).not.toContain('gho_')
  })

  test('cannot use a code that was given for another attempt, because the verifier differs', async () => {
    const { start, callback, link, parametersOf, consent, values } = world()
    const theirs = await start(link())
    const code = consent('octo-owner', theirs.location ?? '')
    const { state = '' } = parametersOf(await start(link()))
    expect((await callback({ state, code })).outcome).toBe('refused')
    expect(values.has('log')).toBe(false)
  })
})
