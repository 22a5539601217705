import { type ConnectorManifest, pollOptions } from '../manifest.ts'

export const manifest = {
  sourceTypes: {
    'github-webhook': {
      mode: 'webhook',
      path: 'github',
      logType: 'GitHub.Webhook',
      description: 'Webhook of a GitHub repository, organization, enterprise or App, signed with a shared secret.',
      docs: 'https://docs.github.com/en/webhooks/using-webhooks/creating-webhooks',
      options: {},
    },
    'github-audit': {
      mode: 'poll',
      streams: [
        {
          id: 'github.audit',
          logType: 'GitHub.Audit',
          order: 'newest-first',
          // GitHub states no delay, but entries have appeared minutes after newer ones.
          lagSeconds: 300,
          lookBackSeconds: 1800,
          // The filter has a precision of seconds, the entries one of milliseconds.
          granularityMs: 1000,
          // For each user and address: https://docs.github.com/en/enterprise-cloud@latest/admin/monitoring-activity-in-your-enterprise/reviewing-audit-logs-for-your-enterprise/using-the-audit-log-api-for-your-enterprise
          requestsPerHour: 1750,
          limitPeriodSeconds: 3600,
          // GitHub's maximum.
          pageSize: 100,
        },
      ],
      credential:
        'a token alone or as {"token": "…"}, with read:audit_log; or a GitHub App as {"appId": "…", "installationId": "…", "privateKey": "…"}',
      description:
        'Audit log of a GitHub organization or enterprise (Enterprise Cloud or Server), Git events included.',
      docs: 'https://docs.github.com/en/enterprise-cloud@latest/rest/orgs/orgs#get-the-audit-log-for-an-organization',
      options: {
        scope: {
          kind: 'choice',
          description: 'Whose audit log it is.',
          values: ['organization', 'enterprise'],
          default: 'organization',
        },
        name: {
          kind: 'text',
          description: 'Login of the organization, or slug of the enterprise.',
          pattern: '^[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,98}[A-Za-z0-9_])?$',
          patternHint: 'the name as it stands in the address, such as "octo-org"',
        },
        ...pollOptions,
      },
    },
  },
} as const satisfies ConnectorManifest
