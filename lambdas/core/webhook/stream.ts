import { ConfigError } from '../errors.ts'
import type { Found } from '../intake/found.ts'
import { isObject, parseJson } from '../json/json.ts'
import type { WebhookRequest } from './http.ts'

/** A source as the function's environment describes it. */
export interface WebhookSource {
  readonly label: string
  readonly secretId: string
  /** The connector's own options. */
  readonly options: Readonly<Record<string, string>>
}

/** The parts of webhook handling that depend on the provider. */
export interface WebhookStream {
  /** Whether the request proves that its sender knows one of the secrets. Compares in constant time. */
  verify(request: WebhookRequest, secrets: readonly string[], source: WebhookSource): boolean
  /** The schema's attribute columns, by the names of the headers in lower case that fill them. @default none */
  readonly attributeHeaders?: Readonly<Record<string, string>>
  /**
   * The events of a verified request, without their attributes; none for a test call.
   * @param content the body, decompressed, within the limits of bytes and parts
   * @throws {RecordError} when the body as a whole cannot be read, or holds too many events
   */
  read(request: WebhookRequest, content: Uint8Array): Found
  /** A request as the provider sends it, which holds no event: it proves the way and leaves nothing behind. */
  probe(secret: string, source: Pick<WebhookSource, 'options'>): WebhookProbe
}

export interface WebhookProbe {
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
  /** The headers that prove the secret. */
  readonly proof: Readonly<Record<string, string>>
}

/**
 * Reads the environment variable that describes the sources of a function.
 * @throws {ConfigError} naming the variable and its fault
 */
export function parseWebhookSources(text: string, variable: string): Map<string, WebhookSource> {
  const parsed = parseJson(text)
  if (!isObject(parsed)) throw new ConfigError(`${variable} is not a JSON object`)
  return new Map(
    Object.entries(parsed).map(([id, source]) => {
      const { label, secretId, ...others } = isObject(source) ? source : {}
      if (typeof label !== 'string' || typeof secretId !== 'string') {
        throw new ConfigError(`${variable}: source ${id} lacks label or secretId`)
      }
      const options = Object.entries(others).map(([name, value]) => [name, String(value)])
      return [id, { label, secretId, options: Object.fromEntries(options) }]
    }),
  )
}
