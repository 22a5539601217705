// Generated from schemas/standard-columns.ts by npm run generate; do not edit.

/** The columns that every table begins with. Times are ISO 8601 in UTC with milliseconds, json columns JSON or plain text. */
export type StandardColumns = {
  /** When it happened, UTC; the time of receipt where the event does not say */
  readonly p_event_time: string
  /** When the event first reached the pipeline, UTC */
  readonly p_parse_time: string
  /** Where p_event_time comes from: `event`, or `received` for the time of receipt */
  readonly p_time_source: string
  /** Log type, for example GitHub.Webhook */
  readonly p_log_type: string
  /** Identity of the event: the same event has the same id whichever way it came */
  readonly p_row_id: string
  /** Id of the source in the settings; stays when the label changes */
  readonly p_source_id: string
  /** Label of the source at the time of receipt */
  readonly p_source_label: string
  /** Version of the schema that made the row */
  readonly p_schema_version: number
  /** Every IP address among the indicators */
  readonly p_any_ip_addresses?: readonly (string | null)[]
  /** Every domain or host name among the indicators */
  readonly p_any_domain_names?: readonly (string | null)[]
  /** Every user name among the indicators */
  readonly p_any_usernames?: readonly (string | null)[]
  /** Every e-mail address among the indicators */
  readonly p_any_emails?: readonly (string | null)[]
  /** Every id of an actor among the indicators */
  readonly p_any_actor_ids?: readonly (string | null)[]
  /** Every trace id among the indicators */
  readonly p_any_trace_ids?: readonly (string | null)[]
  /** Every MD5 hash among the indicators */
  readonly p_any_md5_hashes?: readonly (string | null)[]
  /** Every SHA-1 hash among the indicators, Git commits included */
  readonly p_any_sha1_hashes?: readonly (string | null)[]
  /** Every SHA-256 hash among the indicators */
  readonly p_any_sha256_hashes?: readonly (string | null)[]
  /** Every AWS account id among the indicators */
  readonly p_any_aws_account_ids?: readonly (string | null)[]
  /** Every AWS ARN among the indicators */
  readonly p_any_aws_arns?: readonly (string | null)[]
  /** Every EC2 instance id among the indicators */
  readonly p_any_aws_instance_ids?: readonly (string | null)[]
  /** Every AWS tag among the indicators */
  readonly p_any_aws_tags?: readonly (string | null)[]
  /** Every MAC address among the indicators */
  readonly p_any_mac_addresses?: readonly (string | null)[]
  /** Every serial number among the indicators */
  readonly p_any_serial_numbers?: readonly (string | null)[]
  /** JSON of everything the columns do not hold exactly, at any depth, in its original nesting: what is new */
  readonly p_unmapped?: string
}
