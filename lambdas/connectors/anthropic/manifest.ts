import { type ConnectorManifest, pollOptions } from '../manifest.ts'

export const manifest = {
  sourceTypes: {
    'anthropic-activity': {
      mode: 'poll',
      streams: [
        {
          id: 'anthropic.activity',
          logType: 'Anthropic.Activity',
          order: 'oldest-first',
          // Activities should appear within one minute, but some have taken longer.
          lagSeconds: 180,
          lookBackSeconds: 1800,
          granularityMs: 1000,
          // For each parent organization, shared by all keys:
          // https://platform.claude.com/docs/en/manage-claude/compliance-errors
          requestsPerHour: 600 * 60,
          limitPeriodSeconds: 60,
          // Of at most 5,000.
          pageSize: 1000,
        },
      ],
      setUp: {
        plan: 'Claude Enterprise or Claude Console, with the Compliance API switched on: nothing earlier is recorded',
        credentials: [
          {
            name: 'a Compliance Access Key (sk-ant-api01-…)',
            role: 'Primary owner, whose key covers all organizations, or owner of one organization',
            path: ['claude.ai', 'Organization settings', 'API', 'Keys', 'Create key'],
            fields: [
              { field: 'Name', value: 'AuditLake' },
              { field: 'Scopes, which cannot be changed later', value: 'read:compliance_activities' },
            ],
            page: 'https://platform.claude.com/docs/en/manage-claude/compliance-api-access',
            rights: 'read:compliance_activities',
            alone: true,
            json: '{"apiKey": "…"}',
          },
          {
            name: 'an Admin API key (sk-ant-admin01-…)',
            role: 'Admin of the organization in Claude Console, after the Compliance API was switched on',
            path: ['Claude Console', 'Settings', 'Admin keys', 'Create Admin Key'],
            fields: [{ field: 'Name', value: 'AuditLake' }],
            page: 'https://platform.claude.com/docs/en/manage-claude/compliance-api-access',
            alone: true,
            json: '{"apiKey": "…"}',
          },
        ],
        works:
          'Every request to the Compliance API is itself an activity, so the first row comes within minutes, of the type ' +
          'compliance_api_accessed.',
      },
      description: 'Activity feed of the Anthropic Compliance API.',
      docs: 'https://platform.claude.com/docs/en/manage-claude/compliance-activity-feed',
      options: {
        organizationIds: {
          kind: 'texts',
          description: 'Ids (org_…) or UUIDs of the organizations whose activities are wanted; all if left out.',
          max: 30,
          pattern: '^[A-Za-z0-9_-]{1,64}$',
          patternHint: 'an id such as "org_01Example", or a UUID',
        },
        ...pollOptions,
      },
    },
  },
} as const satisfies ConnectorManifest
