// Generated from lambdas/connectors/*/manifest.ts by npm run generate; do not edit.
import { manifest as github } from '../github/manifest.ts'
import type { RegisteredRecovery, Registry } from '../registry.ts'

export const recoveries: Registry<RegisteredRecovery> = {
  'github-webhook': async () => ({
    facts: github.sourceTypes['github-webhook'].recovery,
    connect: (await import('../github/deliveries.ts')).connect,
    schema: (await import('../../../schemas/generated/github_webhook.ts')).githubWebhook,
  }),
}
