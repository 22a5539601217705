// Generated from lambdas/connectors/*/manifest.ts by npm run generate; do not edit.
import { manifest as github } from '../github/manifest.ts'
import type { RegisteredOAuth, Registry } from '../registry.ts'

export const oauthApps: Registry<RegisteredOAuth> = {
  'github-audit': async () => ({
    facts: github.sourceTypes['github-audit'].oauth,
    connect: (await import('../github/oauth.ts')).connect,
  }),
}
