/**
 * The part of OCSF, the Open Cybersecurity Schema Framework, that the view `all_events` speaks: https://schema.ocsf.io.
 * These classes and activities are valid in all of OCSF 1.x.
 */

export interface OcsfClass {
  readonly uid: number
  /** Names of activities by number, without 0 and 99, which every class has. */
  readonly activities: Readonly<Record<number, string>>
}

const changes = { 1: 'Create', 2: 'Read', 3: 'Update', 4: 'Delete' } as const

/** Classes by name. */
export const ocsfClasses: Readonly<Record<string, OcsfClass>> = {
  'Vulnerability Finding': { uid: 2002, activities: { 1: 'Create', 2: 'Update', 3: 'Close' } },
  'Detection Finding': { uid: 2004, activities: { 1: 'Create', 2: 'Update', 3: 'Close' } },
  'Account Change': {
    uid: 3001,
    activities: { 1: 'Create', 2: 'Enable', 5: 'Disable', 6: 'Delete', 11: 'MFA Factor Disable' },
  },
  Authentication: { uid: 3002, activities: { 1: 'Logon', 2: 'Logoff' } },
  'Entity Management': { uid: 3004, activities: { ...changes, 5: 'Move', 8: 'Enable', 9: 'Disable' } },
  'User Access Management': { uid: 3005, activities: { 1: 'Assign Privileges', 2: 'Revoke Privileges' } },
  'Group Management': {
    uid: 3006,
    activities: {
      ...{ 1: 'Assign Privileges', 2: 'Revoke Privileges' },
      ...{ 3: 'Add User', 4: 'Remove User', 5: 'Delete', 6: 'Create' },
    },
  },
  'Web Resources Activity': { uid: 6001, activities: { ...changes, 6: 'Import', 7: 'Export', 8: 'Share' } },
  'Application Lifecycle': {
    uid: 6002,
    activities: { 1: 'Install', 2: 'Remove', 6: 'Enable', 7: 'Disable', 8: 'Update' },
  },
  'API Activity': { uid: 6003, activities: changes },
  'File Hosting Activity': {
    uid: 6006,
    activities: { 1: 'Upload', 2: 'Download', 4: 'Delete', 12: 'Share', 13: 'Unshare', 14: 'Open' },
  },
}

/** The class of an action for which OCSF has no other. */
export const anyAction = 'API Activity'

/** In place of an activity: the one that a word in the operation names, such as `delete`; else an update. */
export const byVerb = 'By Verb'

/**
 * Words of an operation, between dots and underscores in either case, and the activity that they name. The first that
 * is there decides.
 */
export const verbs = {
  Create: ['create', 'created', 'add', 'added', 'register', 'registered', 'published'],
  Delete: [
    ...['delete', 'deleted', 'destroy', 'destroyed', 'remove', 'removed', 'revoke', 'revoked'],
    ...['unenroll', 'unenrolled'],
  ],
  Disable: ['disable', 'disabled', 'deactivate', 'deactivated'],
  Enable: ['enable', 'enabled'],
  Read: ['viewed', 'listed', 'accessed', 'opened', 'downloaded'],
  Update: [
    ...['update', 'updated', 'edit', 'edited', 'change', 'changed', 'merge', 'merged'],
    ...['close', 'closed', 'dismiss', 'dismissed', 'complete', 'completed'],
  ],
} as const satisfies Readonly<Record<string, readonly string[]>>

/** The activities of a class by number, with the two that every class has. */
export const activitiesOf = ({ activities }: OcsfClass): Readonly<Record<number, string>> => ({
  0: 'Unknown',
  ...activities,
  99: 'Other',
})

/**
 * The number of class and activity in one, such as 300201 for Authentication: Logon.
 * @throws Error when OCSF has no such class or activity
 */
export function typeUid(className: string, activity: string): number {
  const found = ocsfClasses[className]
  const [id] =
    Object.entries(found === undefined ? {} : activitiesOf(found)).find(([, name]) => name === activity) ?? []
  if (found === undefined || id === undefined) throw new Error(`OCSF has no ${className}: ${activity}`)
  return found.uid * 100 + Number(id)
}

export const statusIds = { Unknown: 0, Success: 1, Failure: 2 } as const
type StatusName = keyof typeof statusIds

export const actorTypes = ['User', 'System', 'Service'] as const
type ActorType = (typeof actorTypes)[number]

/** Columns of the view that are filled with texts of the event, and what those mean. */
export const eventTexts = {
  actor_user_name: 'Name of the user or service that acted',
  actor_user_email_addr: 'E-mail address of the user that acted',
  actor_user_uid: "The provider's id of the user, key or service that acted",
  src_endpoint_ip: 'IP address that the action came from',
  src_endpoint_location_country: 'Country of the address, as the provider says it',
  http_request_user_agent: 'Program that the action came from',
  user_name: 'Name of the user that the action was done to',
  user_email_addr: 'E-mail address of the user that the action was done to',
  user_uid: "The provider's id of the user that the action was done to",
  group_name: 'Group or team that the action was about',
  metadata_tenant_uid: "The provider's id of the organization, enterprise or workspace",
}
export type EventColumn = keyof typeof eventTexts
export const eventColumns = Object.keys(eventTexts) as EventColumn[]

/** A place in a row that gives a text. */
export interface MemberSource {
  /** The column, and the members of structs below it; of a list its first element is meant. */
  readonly steps: readonly { readonly column: string; readonly firstOf?: true }[]
  /** `json` is a column of JSON or plain text, `other` a number or boolean. */
  readonly is: 'text' | 'other' | 'json'
  /** Members within the JSON. */
  readonly inside: readonly string[]
}

/** Texts to which a member is compared: `*` stands for any text, `{a,b}` for a choice. */
export type Globs = readonly string[]

/** Every one of these members has one of its texts. */
export type Condition = readonly { readonly member: MemberSource; readonly globs: Globs }[]

/** A text that counts only under a condition. */
export interface TextSource {
  readonly member: MemberSource
  readonly when: Condition
}

/** The first case whose condition holds. */
export type Cases<Name extends string> = readonly { readonly is: Name; readonly when: Condition }[]

/** What was acted on, if it has a name or id. */
export interface ResourceSource {
  readonly type: string | MemberSource
  readonly name: readonly TextSource[]
  readonly uid: readonly TextSource[]
}

/** A class, and which operations are which of its activities, in the order of trying. */
export interface ClassRule {
  readonly class: string
  readonly activities: Readonly<Record<string, Globs>>
}

/** What the rows of a log type mean in the words of OCSF. Of several sources the first counts that gives a text. */
export interface OcsfMapping {
  /** Members whose texts, joined by dots, are the operation; the log type where the first is missing. */
  readonly operation: readonly MemberSource[]
  readonly columns: Readonly<Partial<Record<EventColumn, readonly TextSource[]>>>
  readonly actorType: Cases<ActorType>
  /** Success where no case holds. */
  readonly status: Cases<StatusName>
  readonly resources: readonly ResourceSource[]
  /** The first rule that names the operation decides; without one it is API Activity. */
  readonly classes: readonly ClassRule[]
}
