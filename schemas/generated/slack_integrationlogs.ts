// Generated from schemas/slack/integration-logs.yaml by npm run generate; do not edit.
import type { LogSchema } from '../definition.ts'
import type { StandardColumns } from './standard-columns.ts'

export const slackIntegrationlogs: LogSchema = {
  logType: 'Slack.IntegrationLogs',
  table: 'slack_integrationlogs',
  version: 2,
  reference: 'https://docs.slack.dev/reference/methods/team.integrationLogs',
  eventTime: [['date']],
  key: [
    [
      { part: 'source' },
      { part: 'member', anyOf: [['date']] },
      { part: 'member', anyOf: [['user_id']] },
      { part: 'member', anyOf: [['change_type']] },
      { part: 'member', anyOf: [['service_id'], ['app_id']] },
      { part: 'member', anyOf: [['channel']], optional: true },
      { part: 'member', anyOf: [['scope']], optional: true },
    ],
  ],
  attributes: [],
  fields: [
    { name: 'user_id', column: 'user_id', id: 1000, type: 'string', indicators: ['actor_id'], required: true },
    { name: 'user_name', column: 'user_name', id: 1001, type: 'string', indicators: ['username'] },
    { name: 'service_id', column: 'service_id', id: 1002, type: 'string' },
    { name: 'service_type', column: 'service_type', id: 1003, type: 'string' },
    { name: 'app_id', column: 'app_id', id: 1004, type: 'string' },
    { name: 'app_type', column: 'app_type', id: 1005, type: 'string' },
    { name: 'date', column: 'date', id: 1006, type: 'timestamp', formats: ['unix'], required: true },
    { name: 'change_type', column: 'change_type', id: 1007, type: 'string', required: true },
    { name: 'scope', column: 'scope', id: 1008, type: 'string' },
    { name: 'channel', column: 'channel', id: 1009, type: 'string' },
    { name: 'reason', column: 'reason', id: 1010, type: 'string' },
    { name: 'resolution', column: 'resolution', id: 1011, type: 'string' },
    { name: 'admin_app_id', column: 'admin_app_id', id: 1012, type: 'string' },
    { name: 'rss_feed', column: 'rss_feed', id: 1013, type: 'boolean' },
    { name: 'rss_feed_change_type', column: 'rss_feed_change_type', id: 1014, type: 'string' },
    { name: 'rss_feed_title', column: 'rss_feed_title', id: 1015, type: 'string' },
    { name: 'rss_feed_url', column: 'rss_feed_url', id: 1016, type: 'string' },
  ],
}

/** A row of slack_integrationlogs; a column that is null is left out. */
export type SlackIntegrationlogsRow = StandardColumns & {
  /** Id of the user who made the change */
  readonly user_id?: string
  /** Name of the user at the time of asking; can be renamed */
  readonly user_name?: string
  /** Id of the integration, unless it is an app; a number or text on the wire, text here */
  readonly service_id?: string
  /** Kind of integration, such as an incoming webhook */
  readonly service_type?: string
  /** Id of the app, unless it is an older kind of integration */
  readonly app_id?: string
  /** Name of the app */
  readonly app_type?: string
  /** When it happened; epoch seconds as text on the wire */
  readonly date?: string
  /** What was done: added, removed, enabled, disabled, updated or expanded */
  readonly change_type?: string
  /** Scopes that the app was granted, comma-separated */
  readonly scope?: string
  /** Id of the channel that the integration posts to */
  readonly channel?: string
  /** Why the integration was disabled */
  readonly reason?: string
  /** What became of a request for the app, such as approved */
  readonly resolution?: string
  /** Id of the app through which an administrator decided */
  readonly admin_app_id?: string
  /** Whether the change concerns an RSS feed */
  readonly rss_feed?: boolean
  /** What was done to the RSS feed */
  readonly rss_feed_change_type?: string
  /** Title of the RSS feed */
  readonly rss_feed_title?: string
  /** Address of the RSS feed */
  readonly rss_feed_url?: string
}
