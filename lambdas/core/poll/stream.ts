import type { LogSchema } from '../../../schemas/definition.ts'
import type { Failure } from '../intake/failure.ts'
import type { Found } from '../intake/found.ts'
import type { JsonObject } from '../json/json.ts'
import { compileEventTime } from '../normalize/event-time.ts'
import type { HttpClient } from './provider/http.ts'
import type { StreamFacts } from './stream-facts.ts'

/** The settings and tools from which a connector makes a stream. */
export interface Connection {
  /** Options of the source's type. */
  readonly options: JsonObject
  /** Base URL of the provider's API, unless it is the public one. */
  readonly apiUrl?: string | undefined
  /** Base URL of the provider's website, where people consent and tokens are given out, unless it is the public one. */
  readonly webUrl?: string | undefined
  /** Events requested per page. */
  readonly pageSize: number
  /** Reads the source's secret. @throws {AuthError} when it is empty */
  readonly secret: () => Promise<string>
  readonly http: HttpClient
  /** @default Date.now */
  readonly now?: () => number
}

/**
 * The type of `connect`, which every `<provider>/<stream>.ts` exports.
 * @throws {ConfigError} when the options or `apiUrl` cannot be used
 */
export type Connect = (connection: Connection) => StreamConnector

/**
 * How a connector fetches one page. It neither sleeps nor keeps state, and reads neither clock nor environment:
 * windows, retries, checkpoints and limits are the engine's.
 */
export interface StreamConnector {
  /**
   * Whether the event shows that the feed works: false for events that our own polling causes.
   * @default true for every event
   */
  isSignOfLife?(event: JsonObject): boolean
  /**
   * When the event appeared first, in milliseconds since 1970. Present where events come again changed and only the
   * first version of each is wanted: the row id then leaves out the day.
   */
  appearedAt?(event: JsonObject): number | undefined
  /**
   * Fetches one page.
   * @throws {TransientError} when a retry may work, no earlier than its `retryAt` if it has one
   * @throws {AuthError} when the credential does not work
   * @throws {ConfigError} when the request can never work
   * @throws {RecordError} when the answer as a whole cannot be read
   * @throws {CursorError} when the cursor no longer works
   */
  fetchPage(request: PageRequest): Promise<Page>
  /**
   * Checks what reading a page does not show: whose credential it is, what it may do, when it expires.
   * @throws as `fetchPage`
   */
  check?(): Promise<Checked>
}

/** What a check found out about a credential that works. */
export interface Checked {
  /** When the credential expires, in milliseconds since 1970; absent where the provider does not tell. */
  readonly expiresAt?: number
  /** Remarks for the operator, a sentence each. */
  readonly remarks?: readonly string[]
}

/** A stream as the engine runs it: facts from the manifest, event time from the schema, pages from the connector. */
export interface PollStream extends StreamFacts, Omit<StreamConnector, 'check'> {
  isSignOfLife(event: JsonObject): boolean
  /**
   * When an event happened, or appeared first if only first versions are wanted, in milliseconds since 1970;
   * `undefined` when the event has no valid time.
   */
  timeOf(event: JsonObject): number | undefined
}

export const pollStream = (facts: StreamFacts, schema: LogSchema, connector: StreamConnector): PollStream => ({
  isSignOfLife: () => true,
  ...facts,
  ...connector,
  timeOf: connector.appearedAt ?? compileEventTime(schema),
})

/**
 * A request for the events of [from, to), in milliseconds since 1970; both are multiples of the stream's granularity.
 */
export interface PageRequest {
  readonly from: number
  readonly to: number
  /** `next` of the previous page, whose window was the same. */
  readonly cursor?: string
  /** How many events to ask for at most; the stream's page size unless a page of that size was too large. */
  readonly size?: number
}

export interface Page {
  /** In the order of the feed. */
  readonly events: readonly JsonObject[]
  /** Parts of the answer that could not be read as events. */
  readonly failures: readonly Failure[]
  /** The provider's cursor to the next page; absent at the end. A page without events can have one. */
  readonly next?: string
  /**
   * The next page is newer than this one, so the reading of an unsorted feed goes on although nothing on this one is
   * new.
   */
  readonly leadsToNewer?: boolean
  /** The page has as many events as pages can have, so the end of the feed is unlikely even without `next`. */
  readonly isFull?: boolean
  readonly limits?: RateLimits
  /** When the credential expires, in milliseconds since 1970; absent where the provider does not tell. */
  readonly credentialExpiresAt?: number | undefined
}

/** The rate limit as the provider's answer states it. */
export interface RateLimits {
  /** Requests left. */
  readonly remaining?: number | undefined
  /** When the limit resets, in milliseconds since 1970. */
  readonly resetAt?: number | undefined
}

/** The events and failures of a page. A failure's position is left out, because pages shift. */
export const foundOn = ({ events, failures }: Page): Found => ({
  events: events.map((event) => ({ event })),
  failures: failures.map(({ error, bytes }) => ({ error, bytes })),
})
