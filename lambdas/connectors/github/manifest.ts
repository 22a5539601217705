import type { ConnectorManifest } from '../manifest.ts'

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
  },
} as const satisfies ConnectorManifest
