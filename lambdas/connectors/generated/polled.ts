// Generated from lambdas/connectors/*/manifest.ts by npm run generate; do not edit.
import { manifest as anthropic } from '../anthropic/manifest.ts'
import { manifest as github } from '../github/manifest.ts'
import { manifest as slack } from '../slack/manifest.ts'
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
  'slack-audit': async () => [
    {
      facts: slack.sourceTypes['slack-audit'].streams[0],
      connect: (await import('../slack/audit-logs.ts')).connect,
      schema: (await import('../../../schemas/generated/slack_auditlogs.ts')).slackAuditlogs,
    },
  ],
  'slack-workspace': async () => [
    {
      facts: slack.sourceTypes['slack-workspace'].streams[0],
      connect: (await import('../slack/access-logs.ts')).connect,
      schema: (await import('../../../schemas/generated/slack_accesslogs.ts')).slackAccesslogs,
    },
    {
      facts: slack.sourceTypes['slack-workspace'].streams[1],
      connect: (await import('../slack/integration-logs.ts')).connect,
      schema: (await import('../../../schemas/generated/slack_integrationlogs.ts')).slackIntegrationlogs,
    },
  ],
}
