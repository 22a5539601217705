import type { CredentialKind, FormField, SetUpFacts } from '../manifest-set-up.ts'

/** A user token of an app that the operator makes. */
const userToken = (role: string, scope: string, fields: readonly FormField[]): CredentialKind => ({
  name: 'a user token (xoxp-…)',
  role,
  path: ['api.slack.com/apps', 'Create New App', 'From scratch', 'OAuth & Permissions'],
  fields: [{ field: 'User Token Scopes', value: scope }, ...fields],
  page: 'https://docs.slack.dev/authentication/installing-with-oauth',
  rights: scope,
  alone: true,
  json: '{"token": "…"}',
})

/** The audit log of an organization. https://docs.slack.dev/admins/audit-logs-api */
export const auditSetUp = {
  plan: 'Slack Enterprise, for the whole organization',
  credentials: [
    userToken('Owner of the organization; an admin is not enough', 'auditlogs:read', [
      { field: 'Manage Distribution', value: 'Activate Public Distribution, which lists the app nowhere' },
      { field: 'Install', value: 'on the organization, not on one workspace' },
      { field: 'User OAuth Token (after that)', value: 'copy it' },
    ]),
  ],
  works:
    'The first run brings the events of the last seven days, or those since startAt. Signing in to Slack makes one. Use ' +
    'an account that lasts: the token ends when its person is deactivated.',
} as const satisfies SetUpFacts

/** Access and integration logs. https://docs.slack.dev/reference/scopes/admin */
export const workspaceSetUp = {
  plan: 'Every paid plan of Slack',
  credentials: [
    userToken('Administrator or owner of the workspace', 'admin', [
      { field: 'Install', value: 'on the workspace; with teamId, the organization works as well' },
      { field: 'User OAuth Token (after that)', value: 'copy it' },
    ]),
  ],
  works:
    'The access log has an entry for each person who has used Slack, the integration log one for each app that was added or ' +
    'changed. The scope admin is broad: its holder can administer the workspace, and Slack has no narrower one for these ' +
    'logs. Use an account that lasts: the token ends when its person is deactivated.',
} as const satisfies SetUpFacts
