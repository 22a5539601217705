import { isFlag, isNumber, isText, objectOf, optional, type Passing } from '../json/forms.ts'
import type { JsonObject } from '../json/json.ts'
import type { Connection } from '../poll/stream.ts'

/** How a provider's stream differs from others: the code behind a source type, which its connector exports. */
export interface ObjectStream {
  /**
   * Whether an event is counted and left out, because the settings of the source say so.
   * @param options the source's options
   */
  isLeftOut(event: JsonObject, options: JsonObject): boolean
  /**
   * What the provider itself says of its streams into buckets.
   * @throws {TransientError} when a retry may work, no earlier than its `retryAt` if it has one
   * @throws {AuthError} when the credential does not work
   * @throws {ConfigError} when the request can never work
   */
  readConfiguration(connection: Omit<Connection, 'pageSize'>): Promise<readonly StreamConfiguration[]>
}

/** A stream as the provider has it. */
export type StreamConfiguration = Passing<typeof isConfiguration>

export const isConfiguration = objectOf({
  id: isText,
  /** Where it leads, in the provider's words. */
  destination: isText,
  enabled: isFlag,
  /** Since when it has been paused, in milliseconds since 1970; absent when it is not. */
  pausedAt: optional(isNumber),
})
