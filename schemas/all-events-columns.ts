import { activitiesOf, type EventColumn, eventTexts, ocsfClasses, statusIds } from './ocsf.ts'
import { type NamedColumn, partitionKey } from './table-columns.ts'

/** A column of the view `all_events`. */
export interface AllEventsColumn extends NamedColumn {
  /** SQL over the rows of all tables together; without it, each table gives the column under its name. */
  readonly over?: string
}

const text = { type: 'string' } as const
const whole = { type: 'int' } as const

/** `CASE key WHEN number THEN 'name' … END` */
const named = (key: string, names: readonly (readonly [number, string])[]): string =>
  `CASE ${key}\n${names.map(([number, name]) => `    WHEN ${number} THEN '${name}'`).join('\n')}\n  END`

const classUid = 'type_uid / 100'
const classes = Object.entries(ocsfClasses)
const activities = classes.flatMap(([, one]) =>
  Object.entries(activitiesOf(one)).map(([id, name]) => [one.uid * 100 + Number(id), name] as const),
)
/** Findings that are new deserve a look; OCSF calls that medium, and everything else here informational. */
const newFindings = [200201, 200401]

const eventText = (column: EventColumn): AllEventsColumn => ({ column, value: text, description: eventTexts[column] })

/** Columns in the order of the view: first what a person reads, then numbers to filter by. */
export const allEventsColumns: readonly AllEventsColumn[] = [
  { column: 'time', value: { type: 'timestamp' }, description: 'When it happened, UTC: p_event_time' },
  { column: 'metadata_product_name', value: text, description: 'Provider, such as GitHub' },
  {
    column: 'class_name',
    value: text,
    description: 'Class of the event, such as Authentication',
    over: named(
      classUid,
      classes.map(([name, { uid }]) => [uid, name]),
    ),
  },
  {
    column: 'activity_name',
    value: text,
    description: 'What was done, within the class, such as Logon',
    over: named('type_uid', activities),
  },
  {
    column: 'metadata_event_code',
    value: text,
    description: 'The operation, in the words of the provider',
  },
  {
    column: 'status',
    value: text,
    description: 'Success, Failure or Unknown',
    over: named(
      'status_id',
      Object.entries(statusIds).map(([name, id]) => [id, name]),
    ),
  },
  ...(['actor_user_name', 'actor_user_email_addr', 'actor_user_uid'] as const).map(eventText),
  { column: 'actor_user_type', value: text, description: 'User, System or Service' },
  ...(['src_endpoint_ip', 'src_endpoint_location_country', 'http_request_user_agent'] as const).map(eventText),
  { column: 'resources_type', value: text, description: 'Kind of the thing that was acted on, such as repository' },
  { column: 'resources_name', value: text, description: 'Its name' },
  { column: 'resources_uid', value: text, description: "The provider's id of it" },
  ...(['user_name', 'user_email_addr', 'user_uid', 'group_name', 'metadata_tenant_uid'] as const).map(eventText),
  { column: 'p_source_id', value: text, description: 'Id of the source in the settings, as in the tables' },
  { column: 'metadata_log_name', value: text, description: 'Log type, such as GitHub.Audit; names the table' },
  { column: 'class_uid', value: whole, description: 'Number of the class', over: classUid },
  {
    column: 'activity_id',
    value: whole,
    description: 'Number of the activity within the class',
    over: 'type_uid % 100',
  },
  { column: 'type_uid', value: whole, description: 'class_uid * 100 + activity_id' },
  {
    column: 'severity_id',
    value: whole,
    description: '3 (Medium) for a new finding, else 1 (Informational)',
    over: `CASE WHEN type_uid IN (${newFindings.join(', ')}) THEN 3 ELSE 1 END`,
  },
  { column: 'status_id', value: whole, description: '1 Success, 2 Failure, 0 Unknown' },
  { column: 'metadata_uid', value: text, description: 'p_row_id, which finds the full row in its table' },
  partitionKey,
]
