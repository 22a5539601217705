import { ConfigError } from '../errors.ts'
import type { JsonObject } from '../json/json.ts'
import { feedCheck } from '../poll/check.ts'
import type { HttpClient } from '../poll/provider/http.ts'
import type { Connect } from '../poll/stream.ts'
import type { StreamFacts } from '../poll/stream-facts.ts'

export interface TryOutOptions {
  /** The streams of the source. */
  readonly streams: readonly { readonly facts: StreamFacts; readonly connect: Connect }[]
  readonly options: JsonObject
  readonly apiUrl?: string | undefined
  readonly webUrl?: string | undefined
  readonly http: HttpClient
  /** @default Date.now */
  readonly now?: () => number
}

/**
 * Reads a page of each stream of a source with a secret that is not stored yet, after the stream's own check of whose
 * credential it is: what a stored credential will be used for must work before it replaces another one.
 * @throws as `fetchPage` of the connector
 */
export async function tryOut({ streams, now = Date.now, ...others }: TryOutOptions, secret: string): Promise<void> {
  if (streams.length === 0) throw new ConfigError('the source reads no log')
  for (const { facts, connect } of streams) {
    const connector = connect({ ...others, now, pageSize: 1, secret: async () => secret })
    const { check, read } = feedCheck(facts, connector, now)
    await check?.()
    await read()
  }
}
