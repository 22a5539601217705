import type { ConnectorManifest } from '../manifest.ts'

export const manifest = {
  sourceTypes: {
    'hex-webhook': {
      mode: 'webhook',
      path: 'hex',
      logType: 'Hex.Audit',
      description: 'Audit log stream of a Hex workspace (Generic HTTPS destination), with a shared secret in a header.',
      docs: 'https://learn.hex.tech/docs/administration/workspace_settings/audit-logs/audit-logs-overview',
      options: {
        header: {
          kind: 'text',
          description: 'Name of the header that carries the secret, as given to Hex.',
          default: 'X-AuditLake-Secret',
          // RFC 9110, 5.6.2: the characters of a header name.
          pattern: "^[A-Za-z0-9!#$%&'*+.^_`|~-]+$",
          patternHint: 'letters, digits and hyphens',
        },
      },
    },
  },
} as const satisfies ConnectorManifest
