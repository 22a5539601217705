/** The kinds of things that actions are done to, as they are spelled in the log. */
export type HexTargetType =
  | 'agent_chat_message'
  | 'cell'
  | 'collection'
  | 'data_connection'
  | 'domain'
  | 'external_file_integration'
  | 'file'
  | 'group'
  | 'magic_api_key'
  | 'magic_event'
  | 'principal'
  | 'project'
  | 'project_grant'
  | 'project_version'
  | 'project_view'
  | 'scheduled_run'
  | 'scheduled_run_notification'
  | 'secret'
  | 'semantic_project'
  | 'template'
  | 'user'
  | 'workspace'

export interface HexAction {
  readonly action: string
  readonly targets: readonly HexTargetType[]
  /** How often it happens, compared with the others. */
  readonly weight: number
}

/** Weight of each, what they are done to, their names. */
const kinds: readonly (readonly [weight: number, targets: readonly HexTargetType[], actions: readonly string[]])[] = [
  // what people do all day
  [400, ['project', 'project_version', 'cell'], ['RUN_CELL']],
  [250, ['project', 'project_view'], ['VIEW_PROJECT']],
  [120, ['project', 'project_version'], ['RUN_PROJECT']],
  [30, ['project', 'project_version'], ['PUBLISH_PROJECT', 'EXPORT_AS_PDF']],
  [30, ['project', 'project_version', 'cell'], ['DOWNLOAD_AS_CSV', 'MAGIC_EDIT_CELL']],
  [20, ['project', 'file'], ['UPLOAD_FILE_TO_PROJECT', 'DOWNLOAD_FILE_FROM_PROJECT']],
  [20, ['project'], ['CREATE_PROJECT', 'DUPLICATE_PROJECT', 'DELETE_PROJECT']],
  [20, ['project', 'principal', 'project_grant'], ['GRANT_USERS_PROJECT_ACCESS', 'GRANT_GROUPS_PROJECT_ACCESS']],
  [
    20,
    ['project', 'agent_chat_message'],
    ['CREATE_LOGIC_VIEW_AGENT_CHAT_MESSAGE', 'CREATE_CHAT_WITH_APP_AGENT_CHAT_MESSAGE'],
  ],
  // projects
  [5, ['template', 'project'], ['CREATE_PROJECT_FROM_TEMPLATE']],
  [5, ['project', 'cell'], ['CREATE_EXPLORE_FROM_PROJECT_CELL']],
  [
    5,
    ['project'],
    [
      'COPY_PROJECT_FROM_EXTERNAL_WORKSPACE',
      'IMPORT_PROJECT',
      'CREATE_EXPLORE',
      'CONVERT_EXPLORE_TO_PROJECT',
      'PERMANENTLY_DELETE_PROJECT',
      'CREATE_THREAD',
      'CREATE_PROJECT_FROM_THREAD',
      'DUPLICATE_THREAD',
    ],
  ],
  // sharing
  [
    5,
    ['project', 'principal', 'project_grant'],
    ['GRANT_ADMIN_PROJECT_ACCESS', 'UPDATE_PROJECT_ACCESS', 'REMOVE_PROJECT_ACCESS'],
  ],
  [5, ['project', 'user'], ['REQUEST_PROJECT_ROLE']],
  [
    3,
    ['project'],
    [
      'UPDATE_ALLOW_EMBEDDING',
      'SHARE_PROJECT_WITH_SUPPORT',
      'SHARE_PROJECT_WITH_ORG',
      'SHARE_PROJECT_WITH_PUBLIC',
      'UPDATE_PROJECT_PUBLIC_DUPLICATION_ALLOWED',
    ],
  ],
  // schedules and collections
  [5, ['project', 'scheduled_run'], ['CREATE_SCHEDULED_RUN', 'EDIT_SCHEDULED_RUN', 'DELETE_SCHEDULED_RUN']],
  [
    3,
    ['project', 'scheduled_run_notification'],
    ['CREATE_SCHEDULED_RUN_NOTIFICATION', 'EDIT_SCHEDULED_RUN_NOTIFICATION', 'DELETE_SCHEDULED_RUN_NOTIFICATION'],
  ],
  [3, ['collection'], ['CREATE_COLLECTION', 'EDIT_COLLECTION']],
  [3, ['project', 'collection'], ['ADD_PROJECTS_TO_COLLECTION', 'UPDATE_COLLECTION_ROLE_IN_PROJECT']],
  // data connections and semantic projects
  [5, ['data_connection'], ['EDIT_DATA_CONNECTION', 'REFRESH_DATA_CONNECTION_SCHEMA']],
  [
    2,
    ['data_connection'],
    [
      'CREATE_WORKSPACE_DATA_CONNECTION',
      'UPDATE_DATA_CONNECTION_MAGIC_USAGE',
      'DELETE_DATA_CONNECTION',
      'SET_WORKSPACE_DEFAULT_DATA_CONNECTION',
    ],
  ],
  [
    2,
    ['project', 'data_connection'],
    ['CREATE_PROJECT_DATA_CONNECTION', 'IMPORT_DATA_CONNECTION', 'REMOVE_DATA_CONNECTION_IMPORT'],
  ],
  [2, ['semantic_project'], ['CREATE_SEMANTIC_PROJECT', 'PUBLISH_SEMANTIC_PROJECT', 'DELETE_SEMANTIC_PROJECT']],
  // users and groups
  [
    3,
    ['user'],
    [
      'CREATE_USERS',
      'CREATE_PASSWORD_USER',
      'INVITE_USERS',
      'INVITE_USER_AS_ADMIN',
      'ACTIVATE_USER',
      'DEACTIVATE_USER',
      'EDIT_USER',
      'UPDATE_USER_ROLE',
      'REQUEST_ORG_ROLE',
      'GRANT_USER_API_ACCESS',
      'REVOKE_USER_API_ACCESS',
    ],
  ],
  [3, ['group'], ['CREATE_GROUP', 'UPDATE_GROUP', 'DELETE_GROUP']],
  [3, ['group', 'user', 'user'], ['UPDATE_GROUP_MEMBERS']],
  // workspace
  [
    2,
    ['external_file_integration'],
    ['CREATE_EXTERNAL_FILE_INTEGRATION', 'EDIT_EXTERNAL_FILE_INTEGRATION', 'DELETE_EXTERNAL_FILE_INTEGRATION'],
  ],
  [2, ['external_file_integration', 'file'], ['DOWNLOAD_FILE_FROM_EXTERNAL_FILE_INTEGRATION']],
  [1, ['domain', 'workspace'], ['ADD_WORKSPACE_DOMAIN', 'DELETE_WORKSPACE_DOMAIN']],
  [1, ['group', 'workspace'], ['SET_DIRECTORY_SYNC_ADMIN_GROUP', 'SET_DIRECTORY_SYNC_AUTHOR_GROUP']],
  [
    1,
    ['workspace'],
    [
      'UPDATE_SSO_CONFIGURATION',
      'UPDATE_PUBLIC_SHARING_SETTING',
      'UPDATE_API_TOKEN_EXPIRATION_POLICY',
      'UPDATE_ALLOW_NOTION_PREVIEW',
      'UPDATE_ALLOW_CSV_DOWNLOADS',
      'UPDATE_ALLOW_FILE_UPLOADS',
      'SET_DATA_RETENTION_CELL_OUTPUTS',
      'SET_DATA_RETENTION_QUERY_CACHE',
      'UPDATE_NOTEBOOK_CHAT_ALPHA_FEATURE_SETTING',
    ],
  ],
  // secrets and AI
  [2, ['secret'], ['CREATE_WORKSPACE_SECRET', 'EDIT_WORKSPACE_SECRET', 'DELETE_WORKSPACE_SECRET']],
  [
    2,
    ['project', 'secret'],
    [
      'IMPORT_WORKSPACE_SECRET',
      'UNIMPORT_WORKSPACE_SECRET',
      'CREATE_PROJECT_SECRET',
      'EDIT_PROJECT_SECRET',
      'DELETE_PROJECT_SECRET',
    ],
  ],
  [2, ['magic_api_key'], ['CREATE_MAGIC_API_KEY', 'DELETE_MAGIC_API_KEY']],
  [5, ['project', 'magic_event'], ['MAGIC_DESCRIBE_PROJECT', 'MAGIC_NAME_PROJECT']],
  [5, ['project', 'cell', 'magic_event'], ['MAGIC_RENAME_CELL', 'MAGIC_RENAME_CELL_OUTPUT']],
]

/**
 * Every action that Hex lists. How often each happens is our guess.
 * https://learn.hex.tech/docs/administration/workspace_settings/audit-logs/audit-logs-reference
 */
export const hexActions: readonly HexAction[] = kinds.flatMap(([weight, targets, actions]) =>
  actions.map((action) => ({ action, targets, weight })),
)
