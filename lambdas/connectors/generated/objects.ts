// Generated from lambdas/connectors/*/manifest.ts by npm run generate; do not edit.
import type { RegisteredObjects, Registry } from '../registry.ts'

export const objectStreams: Registry<RegisteredObjects> = {
  'github-audit-stream-s3': async () => ({
    id: 'github.audit-stream',
    stream: (await import('../github/audit-stream.ts')).stream,
    schema: (await import('../../../schemas/generated/github_audit.ts')).githubAudit,
  }),
  'github-audit-stream-gcs': async () => ({
    id: 'github.audit-stream',
    stream: (await import('../github/audit-stream.ts')).stream,
    schema: (await import('../../../schemas/generated/github_audit.ts')).githubAudit,
  }),
}
