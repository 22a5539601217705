import type { LogSchema } from '../../../schemas/definition.ts'
import type { Normalizer } from '../normalize/normalizer.ts'
import type { ObjectStore } from '../ports.ts'
import type { Publisher } from '../publish/publish.ts'
import type { Restored } from './live/state.ts'
import type { LastResult, Outcome } from './outcome.ts'
import type { RunRow } from './run-row.ts'
import type { PollStream } from './stream.ts'

export interface RunOptions {
  readonly stream: PollStream
  readonly source: { readonly sourceId: string; readonly sourceLabel: string }
  readonly normalizer: Normalizer
  /** Schema of `classification_failures`. */
  readonly failureSchema: LogSchema
  /** Takes recent events. */
  readonly publisher: Pick<Publisher, 'publish'>
  /** Takes older events, so that catching up does not delay recent ones; by default as `publisher`. */
  readonly bulkPublisher?: Pick<Publisher, 'publish'>
  readonly store: ObjectStore
  /** Folder of the stream's objects in the store, with a slash at its end. */
  readonly prefix: string
  /** Whose log it is, in the words of the settings: with another one the stream begins anew. */
  readonly scope?: string
  /** Where the first run begins, in milliseconds since 1970; seven days ago by default. */
  readonly startAt?: number
  /** Share of the provider's budget that this source may use; 1 by default. */
  readonly share?: number
  /** When Lambda will stop the function, in milliseconds since 1970. */
  readonly deadline: number
  /** Makes rows of `collection_runs` durable. */
  record(rows: readonly RunRow[]): Promise<void>
  /** `checkpoint_after` of the stream's last row in `collection_runs`; `undefined` when there is none. */
  lastCheckpoint(): Promise<number | undefined>
  /** When the credential was last replaced, in milliseconds since 1970; a new one ends a wait for credentials. */
  credentialSince?(): Promise<number | undefined>
  /** Minimum time between two checkpoints, in milliseconds; a second by default. */
  readonly checkpointMs?: number
  readonly now?: () => number
}

export interface RunResult {
  readonly outcome: Outcome
  /** The run's row of `collection_runs`; absent when it ended before it had read the state. */
  readonly row?: RunRow
  /** The state was missing or unreadable and has been rebuilt: worth an alarm. */
  readonly restored?: Restored
  /** The run before ended without a result: worth an alarm when it happens again and again. */
  readonly died?: true
  /** Rereading had to wait for its budget, or left out events whose ids are forgotten: worth a metric. */
  readonly stretched: boolean
  /** Until when the feed has been read, or where the stream began, in milliseconds since 1970. */
  readonly readUntil?: number
  /** Result of the last run that did something; its error is reported again while the stream waits. */
  readonly last?: LastResult
  /** The error, for the log. */
  readonly error?: unknown
}
