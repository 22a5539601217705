import type { Failure } from '../intake/failure.ts'
import type { Found } from '../intake/found.ts'
import type { JsonObject } from '../json/json.ts'

/**
 * What a connector says of one stream, as facts, and how it fetches one page. It does not sleep, look at the clock or
 * the environment, or keep state: windows, repetition, checkpoints and limits are the engine's.
 */
export interface PollStream {
  /** `<provider>.<stream>`; names the stream in its state and in `collection_runs`. */
  readonly id: string
  readonly logType: string
  /** In which order the feed gives the events of a window, by {@link timeOf}. */
  readonly order: 'newest-first' | 'oldest-first'
  /** How long the provider may take to show an event: runs read this much again, as far as the rate limit allows. */
  readonly lagSeconds: number
  /** How late an event may show up now and then: read again every ten minutes. */
  readonly lookBackSeconds: number
  /** Precision of the feed's time filter in milliseconds: windows are widened to whole multiples of it. */
  readonly granularityMs: number
  /** What the provider lets us ask for; a source's share of it is in its settings. */
  readonly requestsPerHour: number
  /** The time for which the provider counts requests, in seconds: no more are made in such a time than it allows. */
  readonly limitPeriodSeconds: number
  /** What the feed is ordered by, in milliseconds since 1970; `undefined` when the event lacks it. */
  timeOf(event: JsonObject): number | undefined
  /** Whether the event shows that the feed works: false for events that our own polling makes. */
  isSignOfLife(event: JsonObject): boolean
  /**
   * Fetches one page.
   * @throws {TransientError} to be tried again, not before its `retryAt` if it has one
   * @throws {AuthError} when the credential does not work
   * @throws {ConfigError} when the request can never work
   * @throws {RecordError} when the answer as a whole cannot be read
   * @throws {CursorError} when the cursor no longer works
   */
  fetchPage(request: PageRequest): Promise<Page>
}

/** Asks for the events of [from, to), in milliseconds since 1970; both are multiples of the stream's granularity. */
export interface PageRequest {
  readonly from: number
  readonly to: number
  /** `next` of the page before. The window is the same as then. */
  readonly cursor?: string
}

export interface Page {
  /** In the order of the feed. */
  readonly events: readonly JsonObject[]
  /** Parts of the answer that are no events. */
  readonly failures: readonly Failure[]
  /** Where the feed goes on, opaque; absent at the end. A page without events can have one. */
  readonly next?: string
  /** There are as many events as a page can have: without a `next`, that is hard to believe. */
  readonly isFull?: boolean
  readonly limits?: RateLimits
}

/** What the provider said of its limits. */
export interface RateLimits {
  /** Requests left. */
  readonly remaining?: number
  /** When there will be more, in milliseconds since 1970. */
  readonly resetAt?: number
}

/** What a run has left when the stream has been read to its end. */
export interface Spare {
  /** As {@link PollStream.fetchPage}; when the provider wants to be left alone for a time, live runs wait as well. */
  fetchPage(request: PageRequest): Promise<Page>
  /** To be asked before every page. */
  mayGoOn(): boolean
  /** Where the stream began, in milliseconds since 1970. */
  readonly startAt: number
  /** Until when what the feed showed is in the lake, in milliseconds since 1970: what is newer may be on its way. */
  readonly settledUntil: number
}

/** What a page holds. The place of a failure on its page says nothing, because pages shift. */
export const foundOn = ({ events, failures }: Page): Found => ({
  events: events.map((event) => ({ event })),
  failures: failures.map(({ error, bytes }) => ({ error, bytes })),
})
