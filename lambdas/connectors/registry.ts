import type { LogSchema } from '../../schemas/definition.ts'
import { ConfigError } from '../core/errors.ts'
import type { ConnectOAuth } from '../core/oauth/provider.ts'
import type { Connect } from '../core/poll/stream.ts'
import type { StreamFacts } from '../core/poll/stream-facts.ts'
import type { ObjectStream } from '../core/stream/stream.ts'
import type { ConnectDeliveries } from '../core/webhook/recovery/deliveries.ts'
import type { WebhookStream } from '../core/webhook/stream.ts'
import type { OAuthFacts, RecoveryFacts } from './manifest.ts'

/** A webhook stream with the schema of its log type. */
export interface RegisteredWebhook {
  readonly stream: WebhookStream
  readonly schema: LogSchema
}

/** A polled stream with its facts and the schema of its log type. */
export interface RegisteredStream {
  readonly facts: StreamFacts
  readonly connect: Connect
  readonly schema: LogSchema
}

/** A stream into a bucket with its id and the schema of its log type. */
export interface RegisteredObjects {
  readonly id: string
  readonly stream: ObjectStream
  readonly schema: LogSchema
}

/** The deliveries of a webhook stream, with the schema of its log type. */
export interface RegisteredRecovery {
  readonly facts: RecoveryFacts
  readonly connect: ConnectDeliveries
  readonly schema: LogSchema
}

/** How a source's credential is given by consent. */
export interface RegisteredOAuth {
  readonly facts: OAuthFacts
  readonly connect: ConnectOAuth
}

/** Source type -> its connector, loaded on demand, so that a function evaluates only its own. */
export type Registry<T> = Readonly<Record<string, () => Promise<T>>>

/**
 * Loads the connector of a source type.
 * @throws {ConfigError} when there is none
 */
export function registered<T>(registry: Registry<T>, sourceType: string): Promise<T> {
  const load = registry[sourceType]
  if (!load) throw new ConfigError(`no connector has the source type ${sourceType}`)
  return load()
}
