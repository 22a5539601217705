import type { LogSchema } from '../../../schemas/definition.ts'
import type { Normalizer } from '../normalize/normalizer.ts'
import type { ObjectStore } from '../ports.ts'
import type { Publisher } from '../publish/publish.ts'
import type { LastResult, Restored } from './live/state.ts'
import type { Outcome } from './outcome.ts'
import type { RunRow } from './run-row.ts'
import type { PollStream, Spare } from './stream.ts'

export interface RunOptions {
  readonly stream: PollStream
  readonly source: { readonly sourceId: string; readonly sourceLabel: string }
  readonly normalizer: Normalizer
  /** Schema of the table that takes what is no event. */
  readonly failureSchema: LogSchema
  /** Takes what happened lately. */
  readonly publisher: Pick<Publisher, 'publish'>
  /** Takes what is older, so that catching up delays nobody; by default as `publisher`. */
  readonly bulkPublisher?: Pick<Publisher, 'publish'>
  readonly store: ObjectStore
  /** Folder of the stream's objects in the store, with a slash at its end. */
  readonly prefix: string
  /** Where the first run begins, in milliseconds since 1970; seven days ago by default. */
  readonly startAt?: number
  /** Share of the provider's budget that this source may use; 1 by default. */
  readonly share?: number
  /** When the function will be stopped, in milliseconds since 1970. */
  readonly deadline: number
  /** Makes rows of `collection_runs` durable. */
  record(rows: readonly RunRow[]): Promise<void>
  /** `checkpoint_after` of the stream's last row in `collection_runs`; `undefined` when there is none. */
  lastCheckpoint(): Promise<number | undefined>
  /** When the credential was last replaced, in milliseconds since 1970: a new one is tried at once. */
  credentialSince?(): Promise<number | undefined>
  /**
   * Work of lower rank, such as sweeps: done after a run that has read to the end and has been kept, with what time and
   * budget are left. Must not throw.
   */
  afterwards?(spare: Spare): Promise<void>
  /** Least time between two checkpoints, in milliseconds; a second by default. */
  readonly checkpointMs?: number
  readonly now?: () => number
}

export interface RunResult {
  readonly outcome: Outcome
  /** What this run was, in the form of `collection_runs`; absent when it ended before it had the state. */
  readonly row?: RunRow
  /** The state was lost or unreadable and has been made anew: worth an alarm. */
  readonly restored?: Restored
  /** Reading again had to wait for its budget: worth a metric. */
  readonly stretched: boolean
  /** Until when the feed has been read, or where it began, in milliseconds since 1970. */
  readonly readUntil?: number
  /** The newest event that was not made by our own polling, in milliseconds since 1970. */
  readonly lastEventAt?: number
  /** How the last run that was no mere waiting ended: an error that holds on is told again while waiting. */
  readonly last?: LastResult
  /** What went wrong, for the log. */
  readonly error?: unknown
}
