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
          // For each parent organization, shared by all keys: https://platform.claude.com/docs/en/manage-claude/compliance-errors
          requestsPerHour: 600 * 60,
          limitPeriodSeconds: 60,
          // Of at most 5,000.
          pageSize: 1000,
        },
      ],
      credential:
        'a Compliance Access Key (sk-ant-api01-…) with read:compliance_activities, or an Admin API key (sk-ant-admin01-…), alone or as {"apiKey": "…"}',
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
