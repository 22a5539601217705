// Generated from lambdas/connectors/*/manifest.ts by npm run generate; do not edit.
import type { Feed } from '../../core/standing/feeds.ts'

export const feeds: Readonly<Record<string, readonly Feed[]>> = {
  'anthropic-activity': [{"table":"anthropic_activity","stream":"anthropic.activity"}],
  'github-webhook': [{"table":"github_webhook"}],
  'github-audit': [{"table":"github_audit","stream":"github.audit"}],
  'github-audit-stream-s3': [{"table":"github_audit","stream":"github.audit-stream","inBucket":true}],
  'github-audit-stream-gcs': [{"table":"github_audit","stream":"github.audit-stream","inBucket":true}],
  'hex-webhook': [{"table":"hex_audit"}],
  'slack-audit': [{"table":"slack_auditlogs","stream":"slack.audit-logs"}],
  'slack-workspace': [{"table":"slack_accesslogs","stream":"slack.access-logs"},{"table":"slack_integrationlogs","stream":"slack.integration-logs"}],
}
