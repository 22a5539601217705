import type { ValueType } from './definition.ts'

export interface StandardColumn {
  readonly column: `p_${string}`
  /** Field id in the data files of every table; those of the provider's columns begin at `firstFieldId`. */
  readonly id: number
  readonly value: ValueType
  /** Never null. */
  readonly always?: true
  readonly description: string
}

const text: ValueType = { type: 'string' }
const texts = (elementId: number): ValueType => ({ type: 'array', element: text, elementId })

/** The first id of columns that are not standard; those below are reserved for standard columns of all tables. */
export const firstFieldId = 1000

/**
 * The first columns of every table. Names and meaning follow Panther's standard fields, so that public detection rules
 * and queries for them work here: https://docs.panther.com/search/panther-fields. A new column takes an id that none
 * had before: data files keep the ids for good.
 */
export const standardColumns = [
  {
    column: 'p_event_time',
    id: 1,
    value: { type: 'timestamp' },
    always: true,
    description: 'When it happened, UTC; the time of receipt where the event does not say',
  },
  {
    column: 'p_parse_time',
    id: 2,
    value: { type: 'timestamp' },
    always: true,
    description: 'When the event first reached the pipeline, UTC',
  },
  {
    column: 'p_time_source',
    id: 3,
    value: text,
    always: true,
    description: 'Where p_event_time comes from: `event`, or `received` for the time of receipt',
  },
  { column: 'p_log_type', id: 4, value: text, always: true, description: 'Log type, for example GitHub.Webhook' },
  {
    column: 'p_row_id',
    id: 5,
    value: text,
    always: true,
    description: 'Identity of the event: the same event has the same id whichever way it came',
  },
  {
    column: 'p_source_id',
    id: 6,
    value: text,
    always: true,
    description: 'Id of the source in the settings; stays when the label changes',
  },
  {
    column: 'p_source_label',
    id: 7,
    value: text,
    always: true,
    description: 'Label of the source at the time of receipt',
  },
  {
    column: 'p_schema_version',
    id: 8,
    value: { type: 'int' },
    always: true,
    description: 'Version of the schema that made the row',
  },
  { column: 'p_any_ip_addresses', id: 9, value: texts(109), description: 'Every IP address among the indicators' },
  {
    column: 'p_any_domain_names',
    id: 10,
    value: texts(110),
    description: 'Every domain or host name among the indicators',
  },
  { column: 'p_any_usernames', id: 11, value: texts(111), description: 'Every user name among the indicators' },
  { column: 'p_any_emails', id: 12, value: texts(112), description: 'Every e-mail address among the indicators' },
  { column: 'p_any_actor_ids', id: 13, value: texts(113), description: 'Every id of an actor among the indicators' },
  { column: 'p_any_trace_ids', id: 14, value: texts(114), description: 'Every trace id among the indicators' },
  { column: 'p_any_md5_hashes', id: 15, value: texts(115), description: 'Every MD5 hash among the indicators' },
  {
    column: 'p_any_sha1_hashes',
    id: 16,
    value: texts(116),
    description: 'Every SHA-1 hash among the indicators, Git commits included',
  },
  { column: 'p_any_sha256_hashes', id: 17, value: texts(117), description: 'Every SHA-256 hash among the indicators' },
  {
    column: 'p_any_aws_account_ids',
    id: 18,
    value: texts(118),
    description: 'Every AWS account id among the indicators',
  },
  { column: 'p_any_aws_arns', id: 19, value: texts(119), description: 'Every AWS ARN among the indicators' },
  {
    column: 'p_any_aws_instance_ids',
    id: 20,
    value: texts(120),
    description: 'Every EC2 instance id among the indicators',
  },
  { column: 'p_any_aws_tags', id: 21, value: texts(121), description: 'Every AWS tag among the indicators' },
  { column: 'p_any_mac_addresses', id: 22, value: texts(122), description: 'Every MAC address among the indicators' },
  {
    column: 'p_any_serial_numbers',
    id: 23,
    value: texts(123),
    description: 'Every serial number among the indicators',
  },
  {
    column: 'p_unmapped',
    id: 24,
    value: { type: 'json' },
    description:
      'JSON of everything the columns do not hold exactly, at any depth, in its original nesting: what is new',
  },
] as const satisfies readonly StandardColumn[]
