import { type ConnectorManifest, oauthOptions, pollOptions, type SourceOption, webUrlOptions } from '../manifest.ts'
import { streamsOption } from '../manifest-streams.ts'
import { auditSetUp, workspaceSetUp } from './manifest-set-up.ts'

const slackAppPage = 'https://docs.slack.dev/authentication/installing-with-oauth'

const teamId = {
  kind: 'text',
  optional: true,
  isName: true,
  description:
    'Id of the workspace to read with a token of an organization; with a token of a workspace, the workspace it must ' +
    'belong to.',
  pattern: '^T[A-Z0-9]{2,20}$',
  patternHint: 'the id of a workspace, which begins with "T", as in app.slack.com/client/T…',
} as const satisfies SourceOption

/** What access and integration logs have in common. */
const pagedLog = {
  order: 'unsorted',
  // Slack states no delay. A row that appears late is new on the first pages whatever its time is.
  lagSeconds: 300,
  lookBackSeconds: 3600,
  granularityMs: 1000,
  // Tier 2, for each app and workspace: https://docs.slack.dev/apis/web-api/rate-limits
  requestsPerHour: 20 * 60,
  limitPeriodSeconds: 60,
} as const

export const manifest = {
  sourceTypes: {
    'slack-audit': {
      mode: 'poll',
      streams: [
        {
          id: 'slack.audit-logs',
          logType: 'Slack.AuditLogs',
          order: 'newest-first',
          // Slack promises no time by which an entry is complete.
          lagSeconds: 300,
          lookBackSeconds: 3600,
          granularityMs: 1000,
          // Tier 3, shared by all apps of the organization:
          // https://docs.slack.dev/reference/audit-logs-api/methods-actions-reference
          requestsPerHour: 50 * 60,
          limitPeriodSeconds: 60,
          // Of at most 9,999; a page can hold more or fewer than it was asked for.
          pageSize: 1000,
        },
      ],
      setUp: auditSetUp,
      description: 'Audit log of a Slack Enterprise organization.',
      docs: 'https://docs.slack.dev/admins/audit-logs-api',
      options: {
        enterpriseId: {
          kind: 'text',
          optional: true,
          isName: true,
          description: 'Id of the organization that the token must belong to.',
          pattern: '^E[A-Z0-9]{2,20}$',
          patternHint: 'the id of an organization, which begins with "E", as in app.slack.com/client/E…',
        },
        ...pollOptions,
        ...webUrlOptions,
        ...oauthOptions,
      },
      oauth: {
        scopes: ['auditlogs:read'],
        breadth: 'reading the audit log of the whole organization, and nothing else',
        expects: 'enterpriseId',
        appPage: slackAppPage,
        rotates: true,
        pkce: false,
      },
    },
    'slack-workspace': {
      mode: 'poll',
      streams: [
        {
          id: 'slack.access-logs',
          logType: 'Slack.AccessLogs',
          ...pagedLog,
          // An entry grows with each access, and its time with it.
          changesWithinDay: true,
          // Slack's maximum.
          pageSize: 1000,
        },
        {
          id: 'slack.integration-logs',
          logType: 'Slack.IntegrationLogs',
          ...pagedLog,
          // Slack documents no maximum; it takes this one of the other list, and a page that holds fewer says so.
          pageSize: 1000,
        },
      ],
      setUp: workspaceSetUp,
      description: 'Access logs and integration logs of a Slack workspace on a paid plan.',
      docs: 'https://docs.slack.dev/reference/methods/team.accessLogs',
      options: {
        teamId,
        [streamsOption]: {
          kind: 'choice',
          description: 'Which of the two logs to read.',
          values: ['both', 'access-logs', 'integration-logs'],
          default: 'both',
        },
        updates: {
          kind: 'choice',
          description:
            'How often an access-log entry that grows becomes a row: none for its first version alone, daily for at ' +
            'most one version for each day (UTC).',
          values: ['none', 'daily'],
          default: 'daily',
        },
        ...pollOptions,
        ...webUrlOptions,
        ...oauthOptions,
      },
      oauth: {
        scopes: ['admin'],
        breadth:
          'administering the workspace as the person may, not only reading its logs: Slack offers nothing narrower for them',
        expects: 'teamId',
        appPage: slackAppPage,
        rotates: true,
        pkce: false,
      },
    },
  },
} as const satisfies ConnectorManifest
