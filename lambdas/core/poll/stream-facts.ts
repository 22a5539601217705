/**
 * The facts of a stream in its connector's manifest. The infrastructure reads them too, so this file imports nothing.
 */
export interface StreamFacts {
  /** `<provider>.<stream>`; names the stream's file, its state and its rows in `collection_runs`. */
  readonly id: string
  readonly logType: string
  /**
   * The order in which the feed returns the events of a window. `unsorted`: a list of numbered pages that can be asked
   * for no window, whose order is not promised, and whose entries may change. Every minute pages are read until one
   * holds nothing new, and once a day all of them.
   */
  readonly order: 'newest-first' | 'oldest-first' | 'unsorted'
  /** How long the provider usually takes to show an event: every run rereads this much, as the rate limit allows. */
  readonly lagSeconds: number
  /** How late an event may occasionally appear: this much is reread every ten minutes. */
  readonly lookBackSeconds: number
  /** Precision of the feed's time filter in milliseconds: windows are widened to whole multiples of it. */
  readonly granularityMs: number
  /** The provider's rate limit; the settings of a source name its share. */
  readonly requestsPerHour: number
  /** The period over which the provider counts requests, in seconds. */
  readonly limitPeriodSeconds: number
  /** Events requested per page. */
  readonly pageSize: number
  /** Whether a feed's cursors stay valid between runs. @default false */
  readonly cursorsLast?: boolean
  /**
   * Whether an event comes again with a later time of the same UTC day, such as a session in use. Its id, which holds
   * the day, is then remembered until the day is over.
   * @default false
   */
  readonly changesWithinDay?: boolean
}
