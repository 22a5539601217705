// Generated from schemas/slack/audit-logs.yaml by npm run generate; do not edit.
import type { LogSchema } from '../definition.ts'
import type { StandardColumns } from './standard-columns.ts'

export const slackAuditlogs: LogSchema = {
  logType: 'Slack.AuditLogs',
  table: 'slack_auditlogs',
  version: 3,
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
            { name: 'id', column: 'id', type: 'string', indicators: ['actor_id'], required: true },
            { name: 'name', column: 'name', type: 'string', indicators: ['username'] },
            { name: 'email', column: 'email', type: 'string', indicators: ['email'] },
            { name: 'team', column: 'team', type: 'string' },
            { name: 'account_type', column: 'account_type', type: 'string' },
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
            { name: 'id', column: 'id', type: 'string', indicators: ['actor_id'], required: true },
            { name: 'name', column: 'name', type: 'string', indicators: ['username'] },
            { name: 'email', column: 'email', type: 'string', indicators: ['email'] },
            { name: 'team', column: 'team', type: 'string' },
            { name: 'account_type', column: 'account_type', type: 'string' },
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
            { name: 'original_connected_channel_id', column: 'original_connected_channel_id', type: 'string' },
            { name: 'is_salesforce_channel', column: 'is_salesforce_channel', type: 'boolean' },
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
            { name: 'is_workflow_app', column: 'is_workflow_app', type: 'boolean' },
            { name: 'scopes', column: 'scopes', type: 'array', element: { type: 'string' } },
            { name: 'scopes_bot', column: 'scopes_bot', type: 'array', element: { type: 'string' } },
            { name: 'bot_scopes', column: 'bot_scopes', type: 'array', element: { type: 'string' } },
            { name: 'creator', column: 'creator', type: 'string' },
            { name: 'team', column: 'team', type: 'string' },
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
            { name: 'domain', column: 'domain', type: 'string' },
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
        {
          name: 'workflow_v2',
          column: 'workflow_v2',
          type: 'object',
          fields: [
            { name: 'id', column: 'id', type: 'string', required: true },
            { name: 'name', column: 'name', type: 'string' },
            { name: 'app_id', column: 'app_id', type: 'string' },
            { name: 'callback_id', column: 'callback_id', type: 'string' },
            { name: 'date_updated', column: 'date_updated', type: 'timestamp', formats: ['unix'] },
            { name: 'updated_by', column: 'updated_by', type: 'string' },
            { name: 'step_configuration', column: 'step_configuration', type: 'json' },
          ],
        },
        {
          name: 'function',
          column: 'function',
          type: 'object',
          fields: [
            { name: 'id', column: 'id', type: 'string', required: true },
            { name: 'type', column: 'type', type: 'string' },
            { name: 'title', column: 'title', type: 'string' },
            { name: 'callback_id', column: 'callback_id', type: 'string' },
            { name: 'app_id', column: 'app_id', type: 'string' },
          ],
        },
        {
          name: 'role',
          column: 'role',
          type: 'object',
          fields: [
            { name: 'id', column: 'id', type: 'string', required: true },
            { name: 'name', column: 'name', type: 'string' },
            { name: 'type', column: 'type', type: 'string' },
          ],
        },
        {
          name: 'account_type_role',
          column: 'account_type_role',
          type: 'object',
          fields: [
            { name: 'id', column: 'id', type: 'string', required: true },
            { name: 'name', column: 'name', type: 'string' },
          ],
        },
        {
          name: 'usergroup',
          column: 'usergroup',
          type: 'object',
          fields: [
            { name: 'id', column: 'id', type: 'string', required: true },
            { name: 'name', column: 'name', type: 'string' },
          ],
        },
        {
          name: 'barrier',
          column: 'barrier',
          type: 'object',
          fields: [
            { name: 'id', column: 'id', type: 'string', required: true },
            { name: 'primary_usergroup', column: 'primary_usergroup', type: 'string' },
            {
              name: 'barriered_from_usergroups',
              column: 'barriered_from_usergroups',
              type: 'array',
              element: { type: 'string' },
            },
            { name: 'restricted_subjects', column: 'restricted_subjects', type: 'array', element: { type: 'string' } },
          ],
        },
        {
          name: 'huddle',
          column: 'huddle',
          type: 'object',
          fields: [
            { name: 'id', column: 'id', type: 'string', required: true },
            { name: 'date_start', column: 'date_start', type: 'timestamp', formats: ['unix'] },
            { name: 'date_end', column: 'date_end', type: 'timestamp', formats: ['unix'] },
            { name: 'participants', column: 'participants', type: 'array', element: { type: 'string' } },
          ],
        },
        {
          name: 'canvas',
          column: 'canvas',
          type: 'object',
          fields: [
            { name: 'id', column: 'id', type: 'string', required: true },
            { name: 'name', column: 'name', type: 'string' },
            { name: 'title', column: 'title', type: 'string' },
            { name: 'filetype', column: 'filetype', type: 'string' },
          ],
        },
        {
          name: 'list',
          column: 'list',
          type: 'object',
          fields: [
            { name: 'id', column: 'id', type: 'string', required: true },
            { name: 'name', column: 'name', type: 'string' },
            { name: 'title', column: 'title', type: 'string' },
            { name: 'filetype', column: 'filetype', type: 'string' },
          ],
        },
        {
          name: 'template',
          column: 'template',
          type: 'object',
          fields: [
            { name: 'id', column: 'id', type: 'string', required: true },
            { name: 'name', column: 'name', type: 'string' },
          ],
        },
        {
          name: 'legal_hold_policy',
          column: 'legal_hold_policy',
          type: 'object',
          fields: [
            { name: 'id', column: 'id', type: 'string', required: true },
            { name: 'name', column: 'name', type: 'string' },
          ],
        },
        { name: 'external_auth_oauth2_token', column: 'external_auth_oauth2_token', type: 'json' },
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
        { name: 'session_id', column: 'session_id', type: 'string' },
        { name: 'app', column: 'app', type: 'json' },
        { name: 'acting_agent', column: 'acting_agent', type: 'json' },
        { name: 'agent_message', column: 'agent_message', type: 'json' },
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
    {
      name: 'details',
      column: 'details',
      type: 'json',
      memberIndicators: {
        md5_hash: ['md5'],
        previous_ip_address: ['ip'],
        granted_to_email: ['email'],
        email: ['email'],
        external_user_id: ['actor_id'],
        external_user_email: ['email'],
        target_user_id: ['actor_id'],
        installer_user_id: ['actor_id'],
        approver_id: ['actor_id'],
        'inviter.id': ['actor_id'],
        'inviter.name': ['username'],
        'inviter.email': ['email'],
        'inviter.user.id': ['actor_id'],
        'inviter.user.name': ['username'],
        'inviter.user.email': ['email'],
        'kicker.id': ['actor_id'],
        'kicker.name': ['username'],
        'kicker.email': ['email'],
        'kicker.user.id': ['actor_id'],
        'kicker.user.name': ['username'],
        'kicker.user.email': ['email'],
      },
    },
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
      /** Kind of account, such as a guest */
      readonly account_type?: string
    }
  }
  /** What it was done to; only the member that type names is present */
  readonly entity?: {
    /** Kind of entity, such as user, channel, file, app, workspace or role; newer kinds are in p_unmapped */
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
      /** Kind of account, such as a guest */
      readonly account_type?: string
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
      /** Id of the channel at the organization that shares it */
      readonly original_connected_channel_id?: string
      /** Whether the channel belongs to a record of Salesforce */
      readonly is_salesforce_channel?: boolean
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
      /** Whether the app was made by the workflow builder */
      readonly is_workflow_app?: boolean
      /** Scopes that the app holds */
      readonly scopes?: readonly (string | null)[]
      /** Scopes of the bot of the app */
      readonly scopes_bot?: readonly (string | null)[]
      /** Scopes of the bot, under the name that some answers use */
      readonly bot_scopes?: readonly (string | null)[]
      /** Id of the user who made the app */
      readonly creator?: string
      /** Workspace of the app */
      readonly team?: string
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
      /** Subdomain of its workspace at slack.com */
      readonly domain?: string
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
    /** The workflow concerned, of the newer builder */
    readonly workflow_v2?: {
      /** Id of the workflow */
      readonly id?: string
      /** Name of the workflow */
      readonly name?: string
      /** Id of the app that runs it */
      readonly app_id?: string
      /** Name of the workflow in its app */
      readonly callback_id?: string
      /** When it was changed last, epoch seconds on the wire */
      readonly date_updated?: string
      /** Id of the user who changed it last */
      readonly updated_by?: string
      /** Steps of the workflow with their settings */
      readonly step_configuration?: string
    }
    /** The step of a workflow concerned */
    readonly function?: {
      /** Id of the function */
      readonly id?: string
      /** Kind of function */
      readonly type?: string
      /** Title of the function */
      readonly title?: string
      /** Name of the function in its app */
      readonly callback_id?: string
      /** Id of the app that has it */
      readonly app_id?: string
    }
    /** The role concerned */
    readonly role?: {
      /** Id of the role */
      readonly id?: string
      /** Name of the role */
      readonly name?: string
      /** Whether Slack or the organization made the role */
      readonly type?: string
    }
    /** The role of a kind of account concerned */
    readonly account_type_role?: {
      /** Id of the role */
      readonly id?: string
      /** Name of the role */
      readonly name?: string
    }
    /** The group of users concerned */
    readonly usergroup?: {
      /** Id of the group */
      readonly id?: string
      /** Name of the group */
      readonly name?: string
    }
    /** The information barrier concerned */
    readonly barrier?: {
      /** Id of the barrier */
      readonly id?: string
      /** Id of the group that it keeps apart */
      readonly primary_usergroup?: string
      /** Ids of the groups that it is kept apart from */
      readonly barriered_from_usergroups?: readonly (string | null)[]
      /** What they cannot do with each other, such as im or call */
      readonly restricted_subjects?: readonly (string | null)[]
    }
    /** The huddle concerned */
    readonly huddle?: {
      /** Id of the huddle */
      readonly id?: string
      /** When it began, epoch seconds on the wire */
      readonly date_start?: string
      /** When it ended, epoch seconds on the wire; 0 while it goes on */
      readonly date_end?: string
      /** Ids of the users in it */
      readonly participants?: readonly (string | null)[]
    }
    /** The canvas concerned */
    readonly canvas?: {
      /** Id of the canvas */
      readonly id?: string
      /** Name of the canvas */
      readonly name?: string
      /** Title of the canvas */
      readonly title?: string
      /** Type of its file */
      readonly filetype?: string
    }
    /** The list concerned */
    readonly list?: {
      /** Id of the list */
      readonly id?: string
      /** Name of the list */
      readonly name?: string
      /** Title of the list */
      readonly title?: string
      /** Type of its file */
      readonly filetype?: string
    }
    /** The template concerned */
    readonly template?: {
      /** Id of the template */
      readonly id?: string
      /** Name of the template */
      readonly name?: string
    }
    /** The legal hold concerned */
    readonly legal_hold_policy?: {
      /** Id of the policy */
      readonly id?: string
      /** Name of the policy */
      readonly name?: string
    }
    /** The token of an outside service concerned; its members differ */
    readonly external_auth_oauth2_token?: string
  }
  /** Where the action came from */
  readonly context?: {
    /** Browser or program of the actor */
    readonly ua?: string
    /** IP address of the actor */
    readonly ip_address?: string
    /** Id of the session; a number or text on the wire, text here */
    readonly session_id?: string
    /** The app through which it was done; can be null */
    readonly app?: string
    /** The agent that acted for the actor, such as Slackbot */
    readonly acting_agent?: string
    /** The message that asked the agent: team, channel_id, message_ts, thread_ts */
    readonly agent_message?: string
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
