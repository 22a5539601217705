import { type ConnectorManifest, pollOptions } from '../manifest.ts'

export const github = {
  provider: 'github',
  sourceTypes: {
    'github-webhook': {
      ingress: 'webhook',
      handler: 'github-webhook',
      path: 'github',
      logType: 'GitHub.Webhook',
      description: 'Webhook of a GitHub repository, organization, enterprise or App, signed with a shared secret.',
      docs: 'https://docs.github.com/en/webhooks/using-webhooks/creating-webhooks',
      options: {},
    },
    'github-audit': {
      ingress: 'poll',
      handler: 'github-audit',
      streams: [{ id: 'github.audit', logType: 'GitHub.Audit' }],
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
