// Generated from schemas/hex/audit.yaml by npm run generate; do not edit.
import type { LogSchema } from '../definition.ts'
import type { StandardColumns } from './standard-columns.ts'

export const hexAudit: LogSchema = {
  logType: 'Hex.Audit',
  table: 'hex_audit',
  version: 2,
  reference: 'https://learn.hex.tech/docs/administration/workspace_settings/audit-logs/audit-logs-reference',
  eventTime: [['event', 'occurred_at']],
  key: [
    [{ part: 'source' }, { part: 'member', anyOf: [['event', 'id']] }],
    [{ part: 'source' }, { part: 'member', anyOf: [['keySuffix']] }, { part: 'hash', path: ['event'] }],
  ],
  attributes: [],
  fields: [
    { name: 'source', column: 'source', id: 1000, type: 'string' },
    { name: 'keySuffix', column: 'keysuffix', id: 1001, type: 'string' },
    { name: 'timestamp', column: 'timestamp', id: 1002, type: 'timestamp', formats: ['rfc3339'] },
    {
      name: 'event',
      column: 'event',
      id: 1003,
      type: 'object',
      fields: [
        { name: 'id', column: 'id', id: 1004, type: 'string' },
        {
          name: 'actor',
          column: 'actor',
          id: 1005,
          type: 'object',
          fields: [
            { name: 'id', column: 'id', id: 1006, type: 'string', indicators: ['actor_id'] },
            { name: 'type', column: 'type', id: 1007, type: 'string' },
            {
              name: 'metadata',
              column: 'metadata',
              id: 1008,
              type: 'object',
              fields: [
                { name: 'email', column: 'email', id: 1009, type: 'string', indicators: ['email'] },
                { name: 'workspace', column: 'workspace', id: 1010, type: 'string' },
                { name: 'workspaceId', column: 'workspaceid', id: 1011, type: 'string' },
                { name: 'actorOrgRole', column: 'actororgrole', id: 1012, type: 'string' },
              ],
            },
          ],
          required: true,
        },
        { name: 'action', column: 'action', id: 1013, type: 'string', required: true },
        {
          name: 'context',
          column: 'context',
          id: 1014,
          type: 'object',
          fields: [
            { name: 'location', column: 'location', id: 1015, type: 'string', indicators: ['ip'] },
            { name: 'user_agent', column: 'user_agent', id: 1016, type: 'string' },
          ],
        },
        {
          name: 'targets',
          column: 'targets',
          id: 1017,
          type: 'array',
          element: {
            type: 'object',
            fields: [
              { name: 'id', column: 'id', id: 1019, type: 'string' },
              { name: 'type', column: 'type', id: 1020, type: 'string' },
              {
                name: 'metadata',
                column: 'metadata',
                id: 1021,
                type: 'object',
                fields: [
                  { name: 'created', column: 'created', id: 1022, type: 'boolean' },
                  { name: 'principal_type', column: 'principal_type', id: 1023, type: 'string' },
                  { name: 'representation', column: 'representation', id: 1024, type: 'string' },
                ],
              },
            ],
          },
          elementId: 1018,
        },
        { name: 'version', column: 'version', id: 1025, type: 'string' },
        {
          name: 'metadata',
          column: 'metadata',
          id: 1026,
          type: 'object',
          fields: [
            { name: 'result', column: 'result', id: 1027, type: 'string' },
            { name: 'requestArgs', column: 'requestargs', id: 1028, type: 'string' },
            { name: 'failureReason', column: 'failurereason', id: 1029, type: 'string' },
            { name: 'hexTraceId', column: 'hextraceid', id: 1030, type: 'string', indicators: ['trace_id'] },
            { name: 'source', column: 'source', id: 1031, type: 'string' },
            { name: 'isRefreshingKey', column: 'isrefreshingkey', id: 1032, type: 'boolean' },
            { name: 'projectCreationMethod', column: 'projectcreationmethod', id: 1033, type: 'string' },
          ],
        },
        {
          name: 'occurred_at',
          column: 'occurred_at',
          id: 1034,
          type: 'timestamp',
          formats: ['rfc3339'],
          required: true,
        },
      ],
      required: true,
    },
  ],
}

/** A row of hex_audit; a column that is null is left out. */
export type HexAuditRow = StandardColumns & {
  /** Who sent the envelope, such as Hex; can be absent */
  readonly source?: string
  /** Key of the delivery; it may be shared by several events */
  readonly keysuffix?: string
  /** When the envelope was made, which is not when the event happened */
  readonly timestamp?: string
  /** What happened */
  readonly event?: {
    /** Id of the event; absent in some envelopes */
    readonly id?: string
    /** Who did it */
    readonly actor?: {
      /** Id of the user, a UUID */
      readonly id?: string
      /** Kind of actor, such as USER */
      readonly type?: string
      /** More about the actor */
      readonly metadata?: {
        /** E-mail address of the user */
        readonly email?: string
        /** Name of the workspace */
        readonly workspace?: string
        /** Id of the workspace, a UUID */
        readonly workspaceid?: string
        /** Role of the user in the workspace; often absent */
        readonly actororgrole?: string
      }
    }
    /** What was done, such as RUN_CELL or SHARE_PROJECT_WITH_PUBLIC */
    readonly action?: string
    /** Where the request came from */
    readonly context?: {
      /** IP address of the actor, in spite of the name */
      readonly location?: string
      /** Browser or program of the actor */
      readonly user_agent?: string
    }
    /** What it was done to */
    readonly targets?: readonly ({
      /** Id of the target */
      readonly id?: string
      /** Kind of target, such as project, cell or data_connection */
      readonly type?: string
      /** More about the target */
      readonly metadata?: {
        /** Whether the action created the target */
        readonly created?: boolean
        /** Whether access was changed for a user or a group */
        readonly principal_type?: string
        /** State of the target as JSON inside text, kept as it came */
        readonly representation?: string
      }
    } | null)[]
    /** Version of the event format; a number or text on the wire, text here */
    readonly version?: string
    /** More about the action */
    readonly metadata?: {
      /** SUCCESS or FAILURE */
      readonly result?: string
      /** Arguments of the request as JSON inside text, kept as it came */
      readonly requestargs?: string
      /** Why it failed; empty text on success */
      readonly failurereason?: string
      /** Trace id that Hex support can look up */
      readonly hextraceid?: string
      /** Part of Hex that the action came from, such as web */
      readonly source?: string
      /** Whether an existing key was renewed rather than a new one made */
      readonly isrefreshingkey?: boolean
      /** How the project was created */
      readonly projectcreationmethod?: string
    }
    /** When it happened */
    readonly occurred_at?: string
  }
}
