import type { ConnectorManifest } from '../manifest.ts'

export const manifest = {
  sourceTypes: {
    'hex-webhook': {
      mode: 'webhook',
      path: 'hex',
      logType: 'Hex.Audit',
      description: 'Audit log stream of a Hex workspace (Generic HTTPS destination), with a shared secret in a header.',
      docs: 'https://learn.hex.tech/docs/administration/workspace_settings/audit-logs/audit-logs-overview',
      setUp: {
        plan: 'Hex Enterprise',
        forms: [
          {
            name: 'a log stream with the destination Generic HTTPS',
            role: 'Admin of the workspace',
            path: ['Settings', 'Access & security', 'Audit logs', 'Configure log stream', 'Generic HTTPS'],
            fields: [
              { field: 'URL', value: '{url}' },
              { field: 'Auth header name', value: '{header}' },
              { field: 'Auth header value', value: '{secret}' },
              { field: 'Request body format', value: 'JSON (NDJSON works as well)' },
            ],
            page: 'https://learn.hex.tech/docs/administration/workspace_settings/audit-logs/audit-logs-overview',
          },
        ],
        works:
          'Hex shows the stream as Active. It sends events from the moment the stream is saved, none from before: run a cell ' +
          'of a project to make one.',
      },
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
