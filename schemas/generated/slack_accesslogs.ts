// Generated from schemas/slack/access-logs.yaml by npm run generate; do not edit.
import type { LogSchema } from '../definition.ts'
import type { WholeNumber } from '../row-values.ts'
import type { StandardColumns } from './standard-columns.ts'

export const slackAccesslogs: LogSchema = {
  logType: 'Slack.AccessLogs',
  table: 'slack_accesslogs',
  version: 1,
  reference: 'https://docs.slack.dev/reference/methods/team.accessLogs',
  eventTime: [['date_last']],
  key: [
    [
      { part: 'source' },
      { part: 'member', anyOf: [['user_id']] },
      { part: 'member', anyOf: [['ip']], optional: true },
      { part: 'member', anyOf: [['user_agent']], optional: true },
      { part: 'member', anyOf: [['date_first']] },
      { part: 'day', path: ['date_last'] },
    ],
  ],
  attributes: [],
  fields: [
    { name: 'user_id', column: 'user_id', id: 1000, type: 'string', indicators: ['actor_id'], required: true },
    { name: 'username', column: 'username', id: 1001, type: 'string', indicators: ['username'] },
    { name: 'date_first', column: 'date_first', id: 1002, type: 'timestamp', formats: ['unix'], required: true },
    { name: 'date_last', column: 'date_last', id: 1003, type: 'timestamp', formats: ['unix'], required: true },
    { name: 'count', column: 'count', id: 1004, type: 'bigint', required: true },
    { name: 'ip', column: 'ip', id: 1005, type: 'string', indicators: ['ip'], required: true },
    { name: 'user_agent', column: 'user_agent', id: 1006, type: 'string' },
    { name: 'isp', column: 'isp', id: 1007, type: 'string' },
    { name: 'country', column: 'country', id: 1008, type: 'string' },
    { name: 'region', column: 'region', id: 1009, type: 'string' },
  ],
}

/** A row of slack_accesslogs; a column that is null is left out. */
export type SlackAccesslogsRow = StandardColumns & {
  /** Id of the user */
  readonly user_id?: string
  /** Name of the user */
  readonly username?: string
  /** First access with this address and client, epoch seconds on the wire */
  readonly date_first?: string
  /** Latest access with this address and client; moves while the entry grows */
  readonly date_last?: string
  /** Number of accesses that the entry sums up, API calls included */
  readonly count?: WholeNumber
  /** IP address of the user; can be null */
  readonly ip?: string
  /** Browser or program of the user */
  readonly user_agent?: string
  /** Internet provider of the address, by Slack's estimate; can be null */
  readonly isp?: string
  /** Country of the address, by Slack's estimate; can be null */
  readonly country?: string
  /** Region of the address, by Slack's estimate; can be null */
  readonly region?: string
}
