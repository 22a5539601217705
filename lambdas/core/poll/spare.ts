import type { Asker } from './pages.ts'
import type { PublishedRow } from './published-row.ts'

/** Ids of the lake's rows whose event time lies in [from, to], in milliseconds since 1970. */
export type RowIds = (from: number, to: number) => Promise<ReadonlySet<string>>

/** The time and budget that a run has left after reading the stream to its end. */
export interface Spare extends Asker {
  /** Where the stream began, in milliseconds since 1970. */
  readonly startAt: number
  /**
   * Until when the lake holds the events that the feed showed, in milliseconds since 1970; newer ones may be on their
   * way.
   */
  readonly settledUntil: number
  /** The rows that backlogs have published last to the bulk queue, where they may wait for hours. */
  readonly inBulk: readonly PublishedRow[]
  /** Looks whether the rows that were published last have reached the lake; the next run then settles later. */
  settle(rowIds: RowIds): Promise<void>
}
