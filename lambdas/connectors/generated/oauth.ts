// Generated from lambdas/connectors/*/manifest.ts by npm run generate; do not edit.
import { manifest as github } from '../github/manifest.ts'
import { manifest as slack } from '../slack/manifest.ts'
import type { RegisteredOAuth, Registry } from '../registry.ts'

export const oauthApps: Registry<RegisteredOAuth> = {
  'github-audit': async () => ({
    facts: github.sourceTypes['github-audit'].oauth,
    connect: (await import('../github/oauth.ts')).connect,
  }),
  'slack-audit': async () => ({
    facts: slack.sourceTypes['slack-audit'].oauth,
    connect: (await import('../slack/oauth.ts')).connect,
  }),
  'slack-workspace': async () => ({
    facts: slack.sourceTypes['slack-workspace'].oauth,
    connect: (await import('../slack/oauth.ts')).connect,
  }),
}
