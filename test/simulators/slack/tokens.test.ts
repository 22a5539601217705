import { expect, test } from 'vitest'
import type { SlackServer } from '../../../simulators/slack/server.ts'
import { exampleEnterpriseId, exampleTeamId } from '../../../simulators/slack/tokens.ts'
import { type AuditBody, askSlack, type ListBody, serveSlack } from '../../support/slack-server.ts'

const change = ({ url }: SlackServer, order: object) =>
  fetch(`${url}/_tokens`, { method: 'POST', body: JSON.stringify(order) })

const auditLog = (server: SlackServer) => askSlack<AuditBody>(server, '/audit/v1/logs')

const integrations = (server: SlackServer, query: Record<string, string> = {}) =>
  askSlack<ListBody>(server, '/api/team.integrationLogs', query)

test.each([
  [{ problem: 'token_revoked' }, 'token_revoked'],
  [{ scopes: ['admin'] }, 'missing_scope'],
  [{ ofOrganization: false }, 'team_not_authorized'],
])('with %o, the audit log is refused until the tokens change again', async (order, error) => {
  const server = await serveSlack()
  await change(server, order)
  // The status that comes with an error varies, because it is not documented.
  const refused = [await auditLog(server), await auditLog(server)]
  expect(refused.map(({ status }) => status)).toEqual([200, 403])
  expect(refused.map(({ body }) => body.error)).toEqual([error, error])
  await change(server, { problem: null, scopes: ['auditlogs:read'], ofOrganization: true })
  expect((await auditLog(server)).body).toHaveProperty('entries')
})

test('a refusal names the scope that is needed and those of the token', async () => {
  const server = await serveSlack({ shows: 'integration-logs' })
  await change(server, { scopes: ['users:read', 'team:read'] })
  expect((await integrations(server)).body).toMatchObject({
    error: 'missing_scope',
    needed: 'admin',
    provided: 'users:read,team:read',
  })
})

test('a token of an organization needs the id of a workspace, and that workspace', async () => {
  const server = await serveSlack({ shows: 'integration-logs' })
  await change(server, { ofOrganization: true, enterpriseId: exampleEnterpriseId })
  expect((await integrations(server)).body.error).toBe('missing_argument')
  expect((await integrations(server, { team_id: 'T0EXAMPLE2' })).body.error).toBe('team_access_not_granted')
  expect((await integrations(server, { team_id: exampleTeamId })).body).toHaveProperty('logs')
})

test.each([false, true])('access logs of an organization need a workspace as told: %s', async (accessNeedsTeam) => {
  const server = await serveSlack({ shows: 'integration-logs', accessNeedsTeam })
  await change(server, { ofOrganization: true, enterpriseId: exampleEnterpriseId })
  const { body } = await askSlack<ListBody>(server, '/api/team.accessLogs')
  expect(body.error).toBe(accessNeedsTeam ? 'missing_argument' : undefined)
  const named = await askSlack<ListBody>(server, '/api/team.accessLogs', { team_id: exampleTeamId })
  expect(named.body).toHaveProperty('logins')
})

test('unknown tokens are refused by their kind', async () => {
  const server = await serveSlack()
  const errorOf = async (token: string) => (await askSlack<AuditBody>(server, '/api/auth.test', {}, token)).body.error
  expect(await errorOf('xoxp-unknown')).toBe('invalid_auth')
  expect(await errorOf('xoxb-unknown')).toBe('not_allowed_token_type')
  expect(await errorOf('')).toBe('not_authed')
})
