// Generated from lambdas/connectors/*/manifest.ts by npm run generate; do not edit.
import { manifest as anthropic } from '../anthropic/manifest.ts'
import { manifest as github } from '../github/manifest.ts'
import type { RegisteredStream, Registry } from '../registry.ts'

export const polledStreams: Registry<readonly RegisteredStream[]> = {
  'anthropic-activity': async () => [
    {
      facts: anthropic.sourceTypes['anthropic-activity'].streams[0],
      connect: (await import('../anthropic/activity.ts')).connect,
      schema: (await import('../../../schemas/generated/anthropic_activity.ts')).anthropicActivity,
    },
  ],
  'github-audit': async () => [
    {
      facts: github.sourceTypes['github-audit'].streams[0],
      connect: (await import('../github/audit.ts')).connect,
      schema: (await import('../../../schemas/generated/github_audit.ts')).githubAudit,
    },
  ],
}
