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
    { name: 'id', column: 'id', id: 1000, type: 'string', required: true },
    { name: 'date_create', column: 'date_create', id: 1001, type: 'timestamp', formats: ['unix'], required: true },
    { name: 'action', column: 'action', id: 1002, type: 'string', required: true },
    {
      name: 'actor',
      column: 'actor',
      id: 1003,
      type: 'object',
      fields: [
        { name: 'type', column: 'type', id: 1004, type: 'string', required: true },
        {
          name: 'user',
          column: 'user',
          id: 1005,
          type: 'object',
          fields: [
            { name: 'id', column: 'id', id: 1006, type: 'string', indicators: ['actor_id'], required: true },
            { name: 'name', column: 'name', id: 1007, type: 'string', indicators: ['username'] },
            { name: 'email', column: 'email', id: 1008, type: 'string', indicators: ['email'] },
            { name: 'team', column: 'team', id: 1009, type: 'string' },
            { name: 'account_type', column: 'account_type', id: 1010, type: 'string' },
          ],
        },
      ],
      required: true,
    },
    {
      name: 'entity',
      column: 'entity',
      id: 1011,
      type: 'object',
      fields: [
        { name: 'type', column: 'type', id: 1012, type: 'string', required: true },
        {
          name: 'user',
          column: 'user',
          id: 1013,
          type: 'object',
          fields: [
            { name: 'id', column: 'id', id: 1014, type: 'string', indicators: ['actor_id'], required: true },
            { name: 'name', column: 'name', id: 1015, type: 'string', indicators: ['username'] },
            { name: 'email', column: 'email', id: 1016, type: 'string', indicators: ['email'] },
            { name: 'team', column: 'team', id: 1017, type: 'string' },
            { name: 'account_type', column: 'account_type', id: 1018, type: 'string' },
          ],
        },
        {
          name: 'channel',
          column: 'channel',
          id: 1019,
          type: 'object',
          fields: [
            { name: 'id', column: 'id', id: 1020, type: 'string', required: true },
            { name: 'name', column: 'name', id: 1021, type: 'string' },
            { name: 'privacy', column: 'privacy', id: 1022, type: 'string' },
            { name: 'is_shared', column: 'is_shared', id: 1023, type: 'boolean' },
            { name: 'is_org_shared', column: 'is_org_shared', id: 1024, type: 'boolean' },
            {
              name: 'teams_shared_with',
              column: 'teams_shared_with',
              id: 1025,
              type: 'array',
              element: { type: 'string' },
              elementId: 1026,
            },
            {
              name: 'original_connected_channel_id',
              column: 'original_connected_channel_id',
              id: 1027,
              type: 'string',
            },
            { name: 'is_salesforce_channel', column: 'is_salesforce_channel', id: 1028, type: 'boolean' },
          ],
        },
        {
          name: 'file',
          column: 'file',
          id: 1029,
          type: 'object',
          fields: [
            { name: 'id', column: 'id', id: 1030, type: 'string', required: true },
            { name: 'name', column: 'name', id: 1031, type: 'string' },
            { name: 'title', column: 'title', id: 1032, type: 'string' },
            { name: 'filetype', column: 'filetype', id: 1033, type: 'string' },
          ],
        },
        {
          name: 'app',
          column: 'app',
          id: 1034,
          type: 'object',
          fields: [
            { name: 'id', column: 'id', id: 1035, type: 'string', required: true },
            { name: 'name', column: 'name', id: 1036, type: 'string' },
            { name: 'is_distributed', column: 'is_distributed', id: 1037, type: 'boolean' },
            { name: 'is_directory_approved', column: 'is_directory_approved', id: 1038, type: 'boolean' },
            { name: 'is_workflow_app', column: 'is_workflow_app', id: 1039, type: 'boolean' },
            { name: 'scopes', column: 'scopes', id: 1040, type: 'array', element: { type: 'string' }, elementId: 1041 },
            {
              name: 'scopes_bot',
              column: 'scopes_bot',
              id: 1042,
              type: 'array',
              element: { type: 'string' },
              elementId: 1043,
            },
            {
              name: 'bot_scopes',
              column: 'bot_scopes',
              id: 1044,
              type: 'array',
              element: { type: 'string' },
              elementId: 1045,
            },
            { name: 'creator', column: 'creator', id: 1046, type: 'string' },
            { name: 'team', column: 'team', id: 1047, type: 'string' },
          ],
        },
        {
          name: 'workspace',
          column: 'workspace',
          id: 1048,
          type: 'object',
          fields: [
            { name: 'id', column: 'id', id: 1049, type: 'string', required: true },
            { name: 'name', column: 'name', id: 1050, type: 'string' },
            { name: 'domain', column: 'domain', id: 1051, type: 'string' },
          ],
        },
        {
          name: 'enterprise',
          column: 'enterprise',
          id: 1052,
          type: 'object',
          fields: [
            { name: 'id', column: 'id', id: 1053, type: 'string', required: true },
            { name: 'name', column: 'name', id: 1054, type: 'string' },
            { name: 'domain', column: 'domain', id: 1055, type: 'string' },
          ],
        },
        {
          name: 'workflow',
          column: 'workflow',
          id: 1056,
          type: 'object',
          fields: [
            { name: 'id', column: 'id', id: 1057, type: 'string', required: true },
            { name: 'name', column: 'name', id: 1058, type: 'string' },
            { name: 'domain', column: 'domain', id: 1059, type: 'string' },
          ],
        },
        {
          name: 'message',
          column: 'message',
          id: 1060,
          type: 'object',
          fields: [
            { name: 'team', column: 'team', id: 1061, type: 'string' },
            { name: 'channel', column: 'channel', id: 1062, type: 'string' },
            { name: 'timestamp', column: 'timestamp', id: 1063, type: 'string' },
          ],
        },
        {
          name: 'workflow_v2',
          column: 'workflow_v2',
          id: 1064,
          type: 'object',
          fields: [
            { name: 'id', column: 'id', id: 1065, type: 'string', required: true },
            { name: 'name', column: 'name', id: 1066, type: 'string' },
            { name: 'app_id', column: 'app_id', id: 1067, type: 'string' },
            { name: 'callback_id', column: 'callback_id', id: 1068, type: 'string' },
            { name: 'date_updated', column: 'date_updated', id: 1069, type: 'timestamp', formats: ['unix'] },
            { name: 'updated_by', column: 'updated_by', id: 1070, type: 'string' },
            { name: 'step_configuration', column: 'step_configuration', id: 1071, type: 'json' },
          ],
        },
        {
          name: 'function',
          column: 'function',
          id: 1072,
          type: 'object',
          fields: [
            { name: 'id', column: 'id', id: 1073, type: 'string', required: true },
            { name: 'type', column: 'type', id: 1074, type: 'string' },
            { name: 'title', column: 'title', id: 1075, type: 'string' },
            { name: 'callback_id', column: 'callback_id', id: 1076, type: 'string' },
            { name: 'app_id', column: 'app_id', id: 1077, type: 'string' },
          ],
        },
        {
          name: 'role',
          column: 'role',
          id: 1078,
          type: 'object',
          fields: [
            { name: 'id', column: 'id', id: 1079, type: 'string', required: true },
            { name: 'name', column: 'name', id: 1080, type: 'string' },
            { name: 'type', column: 'type', id: 1081, type: 'string' },
          ],
        },
        {
          name: 'account_type_role',
          column: 'account_type_role',
          id: 1082,
          type: 'object',
          fields: [
            { name: 'id', column: 'id', id: 1083, type: 'string', required: true },
            { name: 'name', column: 'name', id: 1084, type: 'string' },
          ],
        },
        {
          name: 'usergroup',
          column: 'usergroup',
          id: 1085,
          type: 'object',
          fields: [
            { name: 'id', column: 'id', id: 1086, type: 'string', required: true },
            { name: 'name', column: 'name', id: 1087, type: 'string' },
          ],
        },
        {
          name: 'barrier',
          column: 'barrier',
          id: 1088,
          type: 'object',
          fields: [
            { name: 'id', column: 'id', id: 1089, type: 'string', required: true },
            { name: 'primary_usergroup', column: 'primary_usergroup', id: 1090, type: 'string' },
            {
              name: 'barriered_from_usergroups',
              column: 'barriered_from_usergroups',
              id: 1091,
              type: 'array',
              element: { type: 'string' },
              elementId: 1092,
            },
            {
              name: 'restricted_subjects',
              column: 'restricted_subjects',
              id: 1093,
              type: 'array',
              element: { type: 'string' },
              elementId: 1094,
            },
          ],
        },
        {
          name: 'huddle',
          column: 'huddle',
          id: 1095,
          type: 'object',
          fields: [
            { name: 'id', column: 'id', id: 1096, type: 'string', required: true },
            { name: 'date_start', column: 'date_start', id: 1097, type: 'timestamp', formats: ['unix'] },
            { name: 'date_end', column: 'date_end', id: 1098, type: 'timestamp', formats: ['unix'] },
            {
              name: 'participants',
              column: 'participants',
              id: 1099,
              type: 'array',
              element: { type: 'string' },
              elementId: 1100,
            },
          ],
        },
        {
          name: 'canvas',
          column: 'canvas',
          id: 1101,
          type: 'object',
          fields: [
            { name: 'id', column: 'id', id: 1102, type: 'string', required: true },
            { name: 'name', column: 'name', id: 1103, type: 'string' },
            { name: 'title', column: 'title', id: 1104, type: 'string' },
            { name: 'filetype', column: 'filetype', id: 1105, type: 'string' },
          ],
        },
        {
          name: 'list',
          column: 'list',
          id: 1106,
          type: 'object',
          fields: [
            { name: 'id', column: 'id', id: 1107, type: 'string', required: true },
            { name: 'name', column: 'name', id: 1108, type: 'string' },
            { name: 'title', column: 'title', id: 1109, type: 'string' },
            { name: 'filetype', column: 'filetype', id: 1110, type: 'string' },
          ],
        },
        {
          name: 'template',
          column: 'template',
          id: 1111,
          type: 'object',
          fields: [
            { name: 'id', column: 'id', id: 1112, type: 'string', required: true },
            { name: 'name', column: 'name', id: 1113, type: 'string' },
          ],
        },
        {
          name: 'legal_hold_policy',
          column: 'legal_hold_policy',
          id: 1114,
          type: 'object',
          fields: [
            { name: 'id', column: 'id', id: 1115, type: 'string', required: true },
            { name: 'name', column: 'name', id: 1116, type: 'string' },
          ],
        },
        { name: 'external_auth_oauth2_token', column: 'external_auth_oauth2_token', id: 1117, type: 'json' },
      ],
      required: true,
    },
    {
      name: 'context',
      column: 'context',
      id: 1118,
      type: 'object',
      fields: [
        { name: 'ua', column: 'ua', id: 1119, type: 'string' },
        { name: 'ip_address', column: 'ip_address', id: 1120, type: 'string', indicators: ['ip'] },
        { name: 'session_id', column: 'session_id', id: 1121, type: 'string' },
        { name: 'app', column: 'app', id: 1122, type: 'json' },
        { name: 'acting_agent', column: 'acting_agent', id: 1123, type: 'json' },
        { name: 'agent_message', column: 'agent_message', id: 1124, type: 'json' },
        {
          name: 'location',
          column: 'location',
          id: 1125,
          type: 'object',
          fields: [
            { name: 'type', column: 'type', id: 1126, type: 'string', required: true },
            { name: 'id', column: 'id', id: 1127, type: 'string', required: true },
            { name: 'domain', column: 'domain', id: 1128, type: 'string' },
            { name: 'name', column: 'name', id: 1129, type: 'string' },
          ],
        },
      ],
      required: true,
    },
    {
      name: 'details',
      column: 'details',
      id: 1130,
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
