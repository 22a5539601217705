import { ConfigError } from '../errors.ts'
import { isText, objectOf, optional } from '../json/forms.ts'
import { isObject, type JsonObject, parseJson } from '../json/json.ts'

/** A source whose credential is given by consent, as its function's environment describes it. */
export interface OAuthSource {
  readonly id: string
  readonly type: string
  readonly clientId: string
  /** The secret with the client secret. */
  readonly clientSecretId: string
  /** The secret of the source, which takes the token. */
  readonly secretId: string
  readonly apiUrl?: string
  readonly webUrl?: string
  /** The connector's own options. */
  readonly options: JsonObject
}

const form = objectOf({
  type: isText,
  clientId: isText,
  clientSecretId: isText,
  secretId: isText,
  apiUrl: optional(isText),
  webUrl: optional(isText),
})

/**
 * Reads the environment variable that describes the sources.
 * @throws {ConfigError} naming the variable and its fault
 */
export function parseOAuthSources(text: string, variable: string): Map<string, OAuthSource> {
  const parsed = parseJson(text)
  if (!isObject(parsed)) throw new ConfigError(`${variable} is not a JSON object`)
  return new Map(
    Object.entries(parsed).map(([id, source]) => {
      if (!isObject(source) || !form(source)) throw new ConfigError(`${variable}: source ${id} is incomplete`)
      const { type, clientId, clientSecretId, secretId, apiUrl, webUrl, ...options } = source
      return [
        id,
        {
          id,
          type,
          clientId,
          clientSecretId,
          secretId,
          ...(apiUrl !== undefined && { apiUrl }),
          ...(webUrl !== undefined && { webUrl }),
          options,
        },
      ]
    }),
  )
}
