// Generated from lambdas/connectors/*/manifest.ts by npm run generate; do not edit.
import type { RegisteredWebhook, Registry } from '../registry.ts'

export const webhookStreams: Registry<RegisteredWebhook> = {
  'github-webhook': async () => ({
    stream: (await import('../github/webhook.ts')).webhook,
    schema: (await import('../../../schemas/generated/github_webhook.ts')).githubWebhook,
  }),
  'hex-webhook': async () => ({
    stream: (await import('../hex/webhook.ts')).webhook,
    schema: (await import('../../../schemas/generated/hex_audit.ts')).hexAudit,
  }),
}
