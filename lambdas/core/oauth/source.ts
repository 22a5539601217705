import { ConfigError } from '../errors.ts'
import { isText, objectOf, optional, type Passing } from '../json/forms.ts'
import { isObject, type JsonObject, parseJson } from '../json/json.ts'

/** A source whose credential is given by consent, as its function's environment describes it. */
export interface OAuthSource extends Passing<typeof form> {
  readonly id: string
  /** The connector's own options. */
  readonly options: JsonObject
}

const form = objectOf({
  type: isText,
  clientId: isText,
  /** The secret with the client secret. */
  clientSecretId: isText,
  /** The secret of the source, which takes the token. */
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
      return [id, { id, type, clientId, clientSecretId, secretId, apiUrl, webUrl, options }]
    }),
  )
}
