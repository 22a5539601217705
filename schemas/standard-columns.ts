import type { ValueType } from './definition.ts'

export interface StandardColumn {
  readonly column: `p_${string}`
  readonly value: ValueType
  /** Never null. */
  readonly always?: true
  readonly description: string
}

const text: ValueType = { type: 'string' }
const texts: ValueType = { type: 'array', element: text }

/**
 * The first columns of every table. Names and meaning follow Panther's standard fields, so that public detection rules
 * and queries for them work here: https://docs.panther.com/search/panther-fields
 */
export const standardColumns = [
  {
    column: 'p_event_time',
    value: { type: 'timestamp' },
    always: true,
    description: 'When it happened, UTC; the time of receipt where the event does not say',
  },
  {
    column: 'p_parse_time',
    value: { type: 'timestamp' },
    always: true,
    description: 'When the event first reached the pipeline, UTC',
  },
  {
    column: 'p_time_source',
    value: text,
    always: true,
    description: 'Where p_event_time comes from: `event`, or `received` for the time of receipt',
  },
  { column: 'p_log_type', value: text, always: true, description: 'Log type, for example GitHub.Webhook' },
  {
    column: 'p_row_id',
    value: text,
    always: true,
    description: 'Identity of the event: the same event has the same id whichever way it came',
  },
  {
    column: 'p_source_id',
    value: text,
    always: true,
    description: 'Id of the source in the settings; stays when the label changes',
  },
  { column: 'p_source_label', value: text, always: true, description: 'Label of the source at the time of receipt' },
  {
    column: 'p_schema_version',
    value: { type: 'int' },
    always: true,
    description: 'Version of the schema that made the row',
  },
  { column: 'p_any_ip_addresses', value: texts, description: 'Every IP address among the indicators' },
  { column: 'p_any_domain_names', value: texts, description: 'Every domain or host name among the indicators' },
  { column: 'p_any_usernames', value: texts, description: 'Every user name among the indicators' },
  { column: 'p_any_emails', value: texts, description: 'Every e-mail address among the indicators' },
  { column: 'p_any_actor_ids', value: texts, description: 'Every id of an actor among the indicators' },
  { column: 'p_any_trace_ids', value: texts, description: 'Every trace id among the indicators' },
  { column: 'p_any_md5_hashes', value: texts, description: 'Every MD5 hash among the indicators' },
  {
    column: 'p_any_sha1_hashes',
    value: texts,
    description: 'Every SHA-1 hash among the indicators, Git commits included',
  },
  { column: 'p_any_sha256_hashes', value: texts, description: 'Every SHA-256 hash among the indicators' },
  { column: 'p_any_aws_account_ids', value: texts, description: 'Every AWS account id among the indicators' },
  { column: 'p_any_aws_arns', value: texts, description: 'Every AWS ARN among the indicators' },
  { column: 'p_any_aws_instance_ids', value: texts, description: 'Every EC2 instance id among the indicators' },
  { column: 'p_any_aws_tags', value: texts, description: 'Every AWS tag among the indicators' },
  { column: 'p_any_mac_addresses', value: texts, description: 'Every MAC address among the indicators' },
  { column: 'p_any_serial_numbers', value: texts, description: 'Every serial number among the indicators' },
  {
    column: 'p_unmapped',
    value: { type: 'json' },
    description:
      'JSON of everything the columns do not hold exactly, at any depth, in its original nesting: what is new',
  },
] as const satisfies readonly StandardColumn[]
