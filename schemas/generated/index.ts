// Generated from schemas/*/*.yaml by npm run generate; do not edit.
import type { LogSchema } from '../definition.ts'
import { type AnthropicActivityRow, anthropicActivity } from './anthropic_activity.ts'
import { type ClassificationFailuresRow, classificationFailures } from './classification_failures.ts'
import { type CollectionRunsRow, collectionRuns } from './collection_runs.ts'
import { type GithubAuditRow, githubAudit } from './github_audit.ts'
import { type GithubWebhookRow, githubWebhook } from './github_webhook.ts'
import { type HexAuditRow, hexAudit } from './hex_audit.ts'
import { type SlackAccesslogsRow, slackAccesslogs } from './slack_accesslogs.ts'
import { type SlackAuditlogsRow, slackAuditlogs } from './slack_auditlogs.ts'
import { type SlackIntegrationlogsRow, slackIntegrationlogs } from './slack_integrationlogs.ts'

/** The schemas of what providers send, in the order of their files. */
export const logSchemas: readonly LogSchema[] = [
  anthropicActivity,
  githubAudit,
  githubWebhook,
  hexAudit,
  slackAccesslogs,
  slackAuditlogs,
  slackIntegrationlogs,
]

/** The schemas of all tables: what providers send, and what the pipeline itself has to tell. */
export const tableSchemas: readonly LogSchema[] = [
  ...logSchemas,
  classificationFailures,
  collectionRuns,
]

/** The type of a row, by the name of its table. */
export interface TableRows {
  readonly anthropic_activity: AnthropicActivityRow
  readonly classification_failures: ClassificationFailuresRow
  readonly collection_runs: CollectionRunsRow
  readonly github_audit: GithubAuditRow
  readonly github_webhook: GithubWebhookRow
  readonly hex_audit: HexAuditRow
  readonly slack_accesslogs: SlackAccesslogsRow
  readonly slack_auditlogs: SlackAuditlogsRow
  readonly slack_integrationlogs: SlackIntegrationlogsRow
}
