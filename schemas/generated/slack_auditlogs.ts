// Generated from schemas/slack/audit-logs.yaml by npm run generate; do not edit.
import type { LogSchema } from '../definition.ts'
import type { StandardColumns } from './standard-columns.ts'

export const slackAuditlogs: LogSchema = {
  logType: 'Slack.AuditLogs',
  table: 'slack_auditlogs',
  version: 1,
  reference: 'https://docs.slack.dev/reference/audit-logs-api/methods-actions-reference',
  eventTime: [['date_create']],
  key: [[{ part: 'member', anyOf: [['id']] }]],
  attributes: [],
  fields: [
    { name: 'id', column: 'id', type: 'string', required: true },
    { name: 'date_create', column: 'date_create', type: 'timestamp', formats: ['unix'], required: true },
    { name: 'action', column: 'action', type: 'string', required: true },
    {
      name: 'actor',
      column: 'actor',
      type: 'object',
      fields: [
        { name: 'type', column: 'type', type: 'string', required: true },
        {
          name: 'user',
          column: 'user',
          type: 'object',
          fields: [
            { name: 'id', column: 'id', type: 'string', required: true },
            { name: 'name', column: 'name', type: 'string', indicators: ['username'] },
            { name: 'email', column: 'email', type: 'string', indicators: ['email'] },
            { name: 'team', column: 'team', type: 'string' },
          ],
        },
      ],
      required: true,
    },
    {
      name: 'entity',
      column: 'entity',
      type: 'object',
      fields: [
        { name: 'type', column: 'type', type: 'string', required: true },
        {
          name: 'user',
          column: 'user',
          type: 'object',
          fields: [
            { name: 'id', column: 'id', type: 'string', required: true },
            { name: 'name', column: 'name', type: 'string', indicators: ['username'] },
            { name: 'email', column: 'email', type: 'string', indicators: ['email'] },
            { name: 'team', column: 'team', type: 'string' },
          ],
        },
        {
          name: 'channel',
          column: 'channel',
          type: 'object',
          fields: [
            { name: 'id', column: 'id', type: 'string', required: true },
            { name: 'name', column: 'name', type: 'string' },
            { name: 'privacy', column: 'privacy', type: 'string' },
            { name: 'is_shared', column: 'is_shared', type: 'boolean' },
            { name: 'is_org_shared', column: 'is_org_shared', type: 'boolean' },
            { name: 'teams_shared_with', column: 'teams_shared_with', type: 'array', element: { type: 'string' } },
          ],
        },
        {
          name: 'file',
          column: 'file',
          type: 'object',
          fields: [
            { name: 'id', column: 'id', type: 'string', required: true },
            { name: 'name', column: 'name', type: 'string' },
            { name: 'title', column: 'title', type: 'string' },
            { name: 'filetype', column: 'filetype', type: 'string' },
          ],
        },
        {
          name: 'app',
          column: 'app',
          type: 'object',
          fields: [
            { name: 'id', column: 'id', type: 'string', required: true },
            { name: 'name', column: 'name', type: 'string' },
            { name: 'is_distributed', column: 'is_distributed', type: 'boolean' },
            { name: 'is_directory_approved', column: 'is_directory_approved', type: 'boolean' },
            { name: 'scopes', column: 'scopes', type: 'array', element: { type: 'string' } },
          ],
        },
        {
          name: 'workspace',
          column: 'workspace',
          type: 'object',
          fields: [
            { name: 'id', column: 'id', type: 'string', required: true },
            { name: 'name', column: 'name', type: 'string' },
            { name: 'domain', column: 'domain', type: 'string' },
          ],
        },
        {
          name: 'enterprise',
          column: 'enterprise',
          type: 'object',
          fields: [
            { name: 'id', column: 'id', type: 'string', required: true },
            { name: 'name', column: 'name', type: 'string' },
            { name: 'domain', column: 'domain', type: 'string' },
          ],
        },
        {
          name: 'workflow',
          column: 'workflow',
          type: 'object',
          fields: [
            { name: 'id', column: 'id', type: 'string', required: true },
            { name: 'name', column: 'name', type: 'string' },
          ],
        },
        {
          name: 'message',
          column: 'message',
          type: 'object',
          fields: [
            { name: 'team', column: 'team', type: 'string' },
            { name: 'channel', column: 'channel', type: 'string' },
            { name: 'timestamp', column: 'timestamp', type: 'string' },
          ],
        },
      ],
      required: true,
    },
    {
      name: 'context',
      column: 'context',
      type: 'object',
      fields: [
        { name: 'ua', column: 'ua', type: 'string' },
        { name: 'ip_address', column: 'ip_address', type: 'string', indicators: ['ip'] },
        {
          name: 'location',
          column: 'location',
          type: 'object',
          fields: [
            { name: 'type', column: 'type', type: 'string', required: true },
            { name: 'id', column: 'id', type: 'string', required: true },
            { name: 'domain', column: 'domain', type: 'string' },
            { name: 'name', column: 'name', type: 'string' },
          ],
        },
      ],
      required: true,
    },
    { name: 'details', column: 'details', type: 'json' },
  ],
}

/** A row of slack_auditlogs; a column that is null is left out. */
export type SlackAuditlogsRow = StandardColumns & {
  /** Id that Slack gave the entry, a UUID */
  readonly id?: string
  /** When it happened, epoch seconds on the wire */
  readonly date_create?: string
  /** What happened, such as user_login, file_downloaded or anomaly */
  readonly action?: string
  /** Who did it */
  readonly actor?: {
    /** Kind of actor, normally user */
    readonly type?: string
    /** The user who acted */
    readonly user?: {
      /** Id of the user; USLACKUSER and USLACKSECURITY stand for Slack itself */
      readonly id?: string
      /** Name of the user */
      readonly name?: string
      /** E-mail address of the user */
      readonly email?: string
      /** Workspace of the user; often absent */
      readonly team?: string
    }
  }
  /** What it was done to; only the member that type names is present */
  readonly entity?: {
    /** Kind of entity: user, channel, file, app, workspace, enterprise, workflow, message or a newer kind */
    readonly type?: string
    /** The user who was affected */
    readonly user?: {
      /** Id of the affected user */
      readonly id?: string
      /** Name of the affected user */
      readonly name?: string
      /** E-mail address of the affected user */
      readonly email?: string
      /** Workspace of the affected user; often absent */
      readonly team?: string
    }
    /** The channel concerned */
    readonly channel?: {
      /** Id of the channel */
      readonly id?: string
      /** Name of the channel */
      readonly name?: string
      /** Whether the channel is public or private */
      readonly privacy?: string
      /** Whether the channel is shared with other organizations */
      readonly is_shared?: boolean
      /** Whether the channel is shared between workspaces of the organization */
      readonly is_org_shared?: boolean
      /** Ids of the teams that the channel is shared with */
      readonly teams_shared_with?: readonly (string | null)[]
    }
    /** The file concerned */
    readonly file?: {
      /** Id of the file */
      readonly id?: string
      /** Name of the file */
      readonly name?: string
      /** Title of the file */
      readonly title?: string
      /** Type of the file, such as pdf */
      readonly filetype?: string
    }
    /** The app concerned */
    readonly app?: {
      /** Id of the app */
      readonly id?: string
      /** Name of the app */
      readonly name?: string
      /** Whether the app can be installed outside the workspace that made it */
      readonly is_distributed?: boolean
      /** Whether the app is listed in Slack's app directory */
      readonly is_directory_approved?: boolean
      /** Scopes that the app holds */
      readonly scopes?: readonly (string | null)[]
    }
    /** The workspace concerned */
    readonly workspace?: {
      /** Id of the workspace */
      readonly id?: string
      /** Name of the workspace */
      readonly name?: string
      /** Subdomain of the workspace at slack.com */
      readonly domain?: string
    }
    /** The organization concerned */
    readonly enterprise?: {
      /** Id of the organization */
      readonly id?: string
      /** Name of the organization */
      readonly name?: string
      /** Subdomain of the organization at slack.com */
      readonly domain?: string
    }
    /** The workflow concerned */
    readonly workflow?: {
      /** Id of the workflow */
      readonly id?: string
      /** Name of the workflow */
      readonly name?: string
    }
    /** The message concerned */
    readonly message?: {
      /** Workspace of the message */
      readonly team?: string
      /** Channel of the message */
      readonly channel?: string
      /** Timestamp that identifies the message in its channel, as text */
      readonly timestamp?: string
    }
  }
  /** Where the action came from */
  readonly context?: {
    /** Browser or program of the actor */
    readonly ua?: string
    /** IP address of the actor */
    readonly ip_address?: string
    /** Workspace or organization in which it happened */
    readonly location?: {
      /** workspace or enterprise */
      readonly type?: string
      /** Id of the workspace or organization */
      readonly id?: string
      /** Subdomain of the workspace or organization at slack.com */
      readonly domain?: string
      /** Name of the workspace or organization */
      readonly name?: string
    }
  }
  /** Facts that belong to the action; members, types and units differ from action to action */
  readonly details?: string
}
