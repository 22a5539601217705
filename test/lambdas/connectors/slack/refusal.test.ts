import { describe, expect, test } from 'vitest'
import { connect } from '../../../../lambdas/connectors/slack/integration-logs.ts'
import { everythingIn, failureOf } from '../../../support/provider.ts'
import { connected, noon, type SlackAnswer, slackToken } from '../../../support/slack.ts'

const refused = (answer: SlackAnswer, cursor?: string, options = {}) =>
  failureOf(
    connected(connect, () => answer, options).stream.fetchPage({
      from: 0,
      to: 1,
      ...(cursor !== undefined && { cursor }),
    }),
  )

const coded = (error: string, status = 200) => refused({ status, body: { ok: false, error } })

describe('a code of Slack', () => {
  test.each([
    ['invalid_auth', 'AuthError', 'expired-or-revoked'],
    ['token_expired', 'AuthError', 'expired-or-revoked'],
    ['token_revoked', 'AuthError', 'expired-or-revoked'],
    ['account_inactive', 'AuthError', 'deactivated'],
    ['missing_scope', 'AuthError', 'scope'],
    ['not_allowed_token_type', 'AuthError', 'wrong-key'],
    ['user_not_authorized', 'AuthError', 'role'],
    ['no_permission', 'AuthError', 'role'],
    ['access_denied', 'AuthError', 'role'],
    ['team_not_authorized', 'AuthError', 'wrong-organization'],
    ['team_access_not_granted', 'AuthError', 'wrong-organization'],
    ['invalid_team_id', 'ConfigError', 'wrong-organization'],
    ['enterprise_is_restricted', 'ConfigError', 'wrong-organization'],
    ['paid_only', 'ConfigError', 'plan'],
    ['feature_not_enabled', 'ConfigError', 'plan'],
    ['missing_argument', 'ConfigError', 'settings'],
    ['method_deprecated', 'ConfigError', 'settings'],
    ['a_code_of_tomorrow', 'ConfigError', 'settings'],
    ['constructor', 'ConfigError', 'settings'],
    ['not_authed', 'AuthError', undefined],
    ['ratelimited', 'TransientError', undefined],
    ['rate_limited', 'TransientError', undefined],
    ['fatal_error', 'TransientError', undefined],
    ['team_added_to_org', 'TransientError', undefined],
    ['over_pagination_limit', 'TransientError', undefined],
  ])('%s is a %s (%s)', async (code, name, fault) => {
    const error = await coded(code)
    expect(error.name, error.message).toBe(name)
    expect('fault' in error ? error.fault : undefined).toBe(fault)
    expect(error.message).toContain(code)
  })

  test('counts whatever the status is, except that limits and outages pass', async () => {
    for (const status of [200, 400, 401, 403, 404]) {
      expect(await coded('missing_scope', status)).toMatchObject({ name: 'AuthError', fault: 'scope' })
    }
    for (const status of [429, 500, 503]) expect((await coded('missing_scope', status)).name).toBe('TransientError')
  })

  test('on the place concerns the cursor, where there is one', async () => {
    const answer = { body: { ok: false, error: 'invalid_cursor' } }
    expect((await refused(answer, 'page:2')).name).toBe('CursorError')
    expect((await refused({ status: 400, body: '' }, 'page:2')).name).toBe('CursorError')
  })
})

describe('without a code', () => {
  test.each([
    [401, {}, 'AuthError'],
    [403, {}, 'AuthError'],
    [403, '<html>', 'TransientError'],
    [404, {}, 'TransientError'],
    [404, '<html>', 'TransientError'],
    [400, {}, 'ConfigError'],
    [400, 'no', 'TransientError'],
    [502, '<html>', 'TransientError'],
    [200, { ok: true }, 'TransientError'],
    [200, { ok: false }, 'ConfigError'],
    [200, { error: 'missing_scope' }, 'AuthError'],
  ])('status %i and %j are a %s', async (status, body, name) => {
    const error = await refused({ status, body })
    expect(error.name, error.message).toBe(name)
  })
})

test('a wait is kept, with either spelling and at any status', async () => {
  for (const [status, error] of [
    [429, 'ratelimited'],
    [200, 'rate_limited'],
  ] as const) {
    const answer = { status, headers: { 'retry-after': '30' }, body: { ok: false, error } }
    expect(await refused(answer)).toMatchObject({ name: 'TransientError', retryAt: (noon + 30) * 1000 })
  }
})

test('an organization’s token is asked for the workspace that the settings lack', async () => {
  const answer = { body: { ok: false, error: 'missing_argument' } }
  expect((await refused(answer)).message).toContain('set teamId (now: not set)')
  expect((await refused(answer, undefined, { teamId: 'T1' })).message).toContain('(now: T1)')
})

test('scopes are told, the token never', async () => {
  const error = await refused({
    headers: { 'x-slack-req-id': slackToken },
    body: { ok: false, error: 'missing_scope', needed: 'admin', provided: `identify,users:read, ${slackToken}` },
  })
  expect(error.message).toContain('scope needed: admin; scopes granted: identify,users:read')
  expect(everythingIn(error)).not.toContain(slackToken.slice(5, 20))
})
