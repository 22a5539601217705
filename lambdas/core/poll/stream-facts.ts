/** What a manifest states of a stream, as data: the infrastructure reads it too, so this file imports nothing. */
export interface StreamFacts {
  /** `<provider>.<stream>`; names the stream's file, its state and its rows in `collection_runs`. */
  readonly id: string
  readonly logType: string
  /** In which order the feed gives the events of a window. */
  readonly order: 'newest-first' | 'oldest-first'
  /** How long the provider may take to show an event: runs read this much again, as far as the rate limit allows. */
  readonly lagSeconds: number
  /** How late an event may show up now and then: read again every ten minutes. */
  readonly lookBackSeconds: number
  /** Precision of the feed's time filter in milliseconds: windows are widened to whole multiples of it. */
  readonly granularityMs: number
  /** What the provider lets us ask for; a source's share of it is in its settings. */
  readonly requestsPerHour: number
  /** The time for which the provider counts requests, in seconds. */
  readonly limitPeriodSeconds: number
  /** Events asked for at once. */
  readonly pageSize: number
}
