// Generated from schemas/anthropic/activity.yaml by npm run generate; do not edit.
import type { LogSchema } from '../definition.ts'
import type { StandardColumns } from './standard-columns.ts'

export const anthropicActivity: LogSchema = {
  logType: 'Anthropic.Activity',
  table: 'anthropic_activity',
  version: 1,
  reference: 'https://platform.claude.com/docs/en/manage-claude/compliance-activity-feed',
  eventTime: [['created_at']],
  key: [[{ part: 'member', anyOf: [['id']] }]],
  attributes: [],
  fields: [
    { name: 'id', column: 'id', type: 'string', required: true },
    { name: 'created_at', column: 'created_at', type: 'timestamp', formats: ['rfc3339'], required: true },
    { name: 'organization_id', column: 'organization_id', type: 'string' },
    { name: 'organization_uuid', column: 'organization_uuid', type: 'string' },
    {
      name: 'actor',
      column: 'actor',
      type: 'object',
      fields: [
        { name: 'type', column: 'type', type: 'string', required: true },
        { name: 'email_address', column: 'email_address', type: 'string', indicators: ['email'] },
        { name: 'user_id', column: 'user_id', type: 'string', indicators: ['actor_id'] },
        { name: 'ip_address', column: 'ip_address', type: 'string', indicators: ['ip'] },
        { name: 'user_agent', column: 'user_agent', type: 'string' },
        { name: 'api_key_id', column: 'api_key_id', type: 'string' },
        {
          name: 'unauthenticated_email_address',
          column: 'unauthenticated_email_address',
          type: 'string',
          indicators: ['email'],
        },
      ],
      required: true,
    },
    { name: 'type', column: 'type', type: 'string', required: true },
    { name: 'workspace_id', column: 'workspace_id', type: 'string' },
    { name: 'claude_project_id', column: 'claude_project_id', type: 'string' },
    { name: 'user_id', column: 'user_id', type: 'string', indicators: ['actor_id'] },
    { name: 'profile_id', column: 'profile_id', type: 'string' },
    { name: 'previous_value', column: 'previous_value', type: 'json' },
    { name: 'updates', column: 'updates', type: 'json' },
    { name: 'group_id', column: 'group_id', type: 'string' },
    { name: 'agent_id', column: 'agent_id', type: 'string' },
    { name: 'claude_chat_id', column: 'claude_chat_id', type: 'string' },
    { name: 'design_project_id', column: 'design_project_id', type: 'string' },
    { name: 'filename', column: 'filename', type: 'string' },
    { name: 'current_value', column: 'current_value', type: 'boolean' },
    { name: 'display_name', column: 'display_name', type: 'string' },
    { name: 'project_type', column: 'project_type', type: 'string' },
    { name: 'session_id', column: 'session_id', type: 'string' },
    { name: 'claude_file_id', column: 'claude_file_id', type: 'string' },
    { name: 'marketplace_id', column: 'marketplace_id', type: 'string' },
    { name: 'mcp_server_id', column: 'mcp_server_id', type: 'string' },
    { name: 'plugin_name', column: 'plugin_name', type: 'string' },
    { name: 'spend_limit_id', column: 'spend_limit_id', type: 'string' },
    { name: 'credential_id', column: 'credential_id', type: 'string' },
    { name: 'enabled', column: 'enabled', type: 'boolean' },
    { name: 'mcp_server_name', column: 'mcp_server_name', type: 'string' },
    { name: 'memory_store_id', column: 'memory_store_id', type: 'string' },
    { name: 'principal_id', column: 'principal_id', type: 'string' },
    { name: 'principal_type', column: 'principal_type', type: 'string' },
    { name: 'provider', column: 'provider', type: 'string' },
    { name: 'resource_id', column: 'resource_id', type: 'string' },
    { name: 'reason', column: 'reason', type: 'string' },
    { name: 'role_id', column: 'role_id', type: 'string' },
  ],
}

/** A row of anthropic_activity; a column that is null is left out. */
export type AnthropicActivityRow = StandardColumns & {
  /** Id that Anthropic gave the activity */
  readonly id?: string
  /** When it happened */
  readonly created_at?: string
  /** Organization in which it happened; null for sign-ins and Compliance API calls */
  readonly organization_id?: string
  /** The organization as a UUID; null for sign-ins and Compliance API calls */
  readonly organization_uuid?: string
  /** Who did it; which members are present depends on type */
  readonly actor?: {
    /** Kind of actor, such as user_actor, api_actor or system_actor */
    readonly type?: string
    /** E-mail address of the user; null when Anthropic acted */
    readonly email_address?: string
    /** Id of the user */
    readonly user_id?: string
    /** IP address of the actor; system and directory actors have none */
    readonly ip_address?: string
    /** Browser or program of the actor */
    readonly user_agent?: string
    /** API key that was used */
    readonly api_key_id?: string
    /** E-mail address given before signing in, unverified */
    readonly unauthenticated_email_address?: string
  }
  /** What happened, such as claude_chat_created; an open set of several hundred */
  readonly type?: string
  /** Workspace of the Claude Platform in which it happened */
  readonly workspace_id?: string
  /** Project in Claude that is concerned */
  readonly claude_project_id?: string
  /** User whom the action concerned, such as the member who was added or viewed */
  readonly user_id?: string
  /** Agent proxy profile that is concerned */
  readonly profile_id?: string
  /** Value of a setting before the change; boolean in most types, text in some */
  readonly previous_value?: string
  /** Changes as a list of type, previous value and current value */
  readonly updates?: string
  /** Group whose members or permissions are concerned */
  readonly group_id?: string
  /** Agent that is concerned */
  readonly agent_id?: string
  /** Chat in Claude that is concerned */
  readonly claude_chat_id?: string
  /** Design project that is concerned */
  readonly design_project_id?: string
  /** Name of the file or project document */
  readonly filename?: string
  /** Value of a setting after the change */
  readonly current_value?: boolean
  /** Name that people gave to the credential, profile, runner pool, agent or connection */
  readonly display_name?: string
  /** Kind of design project */
  readonly project_type?: string
  /** Agent or runner session that is concerned */
  readonly session_id?: string
  /** File in Claude that is concerned */
  readonly claude_file_id?: string
  /** Plugin marketplace that is concerned */
  readonly marketplace_id?: string
  /** MCP server or connector that is concerned */
  readonly mcp_server_id?: string
  /** Plugin that is concerned */
  readonly plugin_name?: string
  /** Spending limit that was set or removed */
  readonly spend_limit_id?: string
  /** Credential that was created, rotated, used or deleted */
  readonly credential_id?: string
  /** Whether the feature is switched on after the change */
  readonly enabled?: boolean
  /** Name of the MCP server or connector */
  readonly mcp_server_name?: string
  /** Agent memory store that is concerned */
  readonly memory_store_id?: string
  /** User or group that gained or lost a role or capability */
  readonly principal_id?: string
  /** Whether the principal is a user, a group or another kind */
  readonly principal_type?: string
  /** Outside service: of a synchronized source, a sign-in or an encryption key */
  readonly provider?: string
  /** Resource that was shared or that a role applies to */
  readonly resource_id?: string
  /** Why something failed, was refused or was revoked */
  readonly reason?: string
  /** Role that was assigned, changed or taken away */
  readonly role_id?: string
}
