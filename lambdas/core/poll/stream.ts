import type { LogSchema } from '../../../schemas/definition.ts'
import type { Failure } from '../intake/failure.ts'
import type { Found } from '../intake/found.ts'
import type { JsonObject } from '../json/json.ts'
import { compileEventTime } from '../normalize/event-time.ts'
import type { HttpClient } from './provider/http.ts'
import type { StreamFacts } from './stream-facts.ts'

/** What a connector makes a stream from. */
export interface Connection {
  /** Options of the source's type. */
  readonly options: JsonObject
  /** The provider's API, when it is not the public one. */
  readonly apiUrl?: string
  /** Events asked for at once. */
  readonly pageSize: number
  /** Reads the source's secret. @throws {AuthError} when nothing has been put into it */
  readonly secret: () => Promise<string>
  readonly http: HttpClient
  /** @default Date.now */
  readonly now?: () => number
}

/**
 * What `<provider>/<stream>.ts` exports as `connect`.
 * @throws {ConfigError} when the options or `apiUrl` cannot be used
 */
export type Connect = (connection: Connection) => StreamConnector

/**
 * How a connector fetches one page. It does not sleep, look at the clock or the environment, or keep state: windows,
 * repetition, checkpoints and limits are the engine's.
 */
export interface StreamConnector {
  /**
   * Whether the event shows that the feed works: false for events that our own polling makes.
   * @default every event does
   */
  isSignOfLife?(event: JsonObject): boolean
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

/** A stream as the engine runs it: facts of the manifest, time of the schema, pages of the connector. */
export interface PollStream extends StreamFacts, Required<StreamConnector> {
  /** When an event happened, in milliseconds since 1970; `undefined` when the event does not say it. */
  timeOf(event: JsonObject): number | undefined
}

export const pollStream = (facts: StreamFacts, schema: LogSchema, connector: StreamConnector): PollStream => ({
  isSignOfLife: () => true,
  ...facts,
  ...connector,
  timeOf: compileEventTime(schema),
})

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
