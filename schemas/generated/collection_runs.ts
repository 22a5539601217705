// Generated from schemas/auditlake/collection-runs.yaml by npm run generate; do not edit.
import type { LogSchema } from '../definition.ts'
import type { WholeNumber } from '../row-values.ts'
import type { StandardColumns } from './standard-columns.ts'

export const collectionRuns: LogSchema = {
  logType: 'collection_runs',
  table: 'collection_runs',
  version: 2,
  eventTime: [['started_at']],
  key: [
    [
      { part: 'source' },
      { part: 'member', anyOf: [['stream']] },
      { part: 'member', anyOf: [['kind']] },
      { part: 'member', anyOf: [['started_at']] },
      { part: 'member', anyOf: [['ended_at']] },
    ],
  ],
  attributes: [],
  fields: [
    { name: 'kind', column: 'kind', id: 1000, type: 'string' },
    { name: 'job', column: 'job', id: 1001, type: 'string' },
    { name: 'stream', column: 'stream', id: 1002, type: 'string' },
    { name: 'log_type', column: 'log_type', id: 1003, type: 'string' },
    { name: 'started_at', column: 'started_at', id: 1004, type: 'timestamp', formats: ['rfc3339'] },
    { name: 'ended_at', column: 'ended_at', id: 1005, type: 'timestamp', formats: ['rfc3339'] },
    { name: 'runs', column: 'runs', id: 1006, type: 'bigint' },
    { name: 'outcome', column: 'outcome', id: 1007, type: 'string' },
    { name: 'detail', column: 'detail', id: 1008, type: 'string' },
    { name: 'window_from', column: 'window_from', id: 1009, type: 'timestamp', formats: ['rfc3339'] },
    { name: 'window_to', column: 'window_to', id: 1010, type: 'timestamp', formats: ['rfc3339'] },
    { name: 'look_back', column: 'look_back', id: 1011, type: 'boolean' },
    { name: 'stretched', column: 'stretched', id: 1012, type: 'boolean' },
    { name: 'restored', column: 'restored', id: 1013, type: 'string' },
    { name: 'checkpoint_before', column: 'checkpoint_before', id: 1014, type: 'timestamp', formats: ['rfc3339'] },
    { name: 'checkpoint_after', column: 'checkpoint_after', id: 1015, type: 'timestamp', formats: ['rfc3339'] },
    { name: 'requests', column: 'requests', id: 1016, type: 'bigint' },
    { name: 'fetched', column: 'fetched', id: 1017, type: 'bigint' },
    { name: 'new', column: 'new', id: 1018, type: 'bigint' },
    { name: 'duplicate', column: 'duplicate', id: 1019, type: 'bigint' },
    { name: 'failed', column: 'failed', id: 1020, type: 'bigint' },
    { name: 'wait_until', column: 'wait_until', id: 1021, type: 'timestamp', formats: ['rfc3339'] },
    { name: 'asked', column: 'asked', id: 1022, type: 'bigint' },
    { name: 'repaired', column: 'repaired', id: 1023, type: 'bigint' },
  ],
}

/** A row of collection_runs; a column that is null is left out. */
export type CollectionRunsRow = StandardColumns & {
  /** run; idle: an hour's runs that found nothing; sweep, reconcile, backfill: a past window compared with the lake; listing, replay: objects of a bucket read again; recovery: failed deliveries */
  readonly kind?: string
  /** Id of the job; null for runs and sweeps */
  readonly job?: string
  /** Stream of the source, such as github.audit, or its type with the word recovery */
  readonly stream?: string
  /** Log type of the events */
  readonly log_type?: string
  /** When the run, or the first of the idle runs, began */
  readonly started_at?: string
  /** When the run, or the last of the idle runs, ended */
  readonly ended_at?: string
  /** Number of runs in this row */
  readonly runs?: WholeNumber
  /** done: read to the end; open: the next run continues; cancelled; or the kind of error: transient, credentials, configuration, internal */
  readonly outcome?: string
  /** The error and its remedy; null without an error */
  readonly detail?: string
  /** Beginning of the window of time that was read */
  readonly window_from?: string
  /** End of the window of time that was read, not included */
  readonly window_to?: string
  /** Whether the window reached back for late events */
  readonly look_back?: boolean
  /** Whether rereading had to wait for the rate limit, or left out events whose ids are forgotten because there were too many */
  readonly stretched?: boolean
  /** missing or corrupt: the state was lost and has been rebuilt; other: the settings name another log, which is read from its beginning; null otherwise */
  readonly restored?: string
  /** Until when everything had been fetched before the run */
  readonly checkpoint_before?: string
  /** Until when everything had been fetched after the run; null where no checkpoint moves */
  readonly checkpoint_after?: string
  /** Requests to the provider */
  readonly requests?: WholeNumber
  /** Events that the provider returned */
  readonly fetched?: WholeNumber
  /** Events that became rows; in sweeps and jobs those that the lake lacked */
  readonly new?: WholeNumber
  /** Events that were known already */
  readonly duplicate?: WholeNumber
  /** Parts of answers that were not events and went to classification_failures */
  readonly failed?: WholeNumber
  /** No attempt before this time, because of a rate limit or a persisting error */
  readonly wait_until?: string
  /** Failed deliveries that a recovery asked the provider to send again */
  readonly asked?: WholeNumber
  /** Events whose failed delivery was followed by a successful one; counted by a recovery */
  readonly repaired?: WholeNumber
}
