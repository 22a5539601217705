import { ConfigError } from '../errors.ts'
import { isArray, isObject, type JsonObject, parseJson } from '../json/json.ts'

/** A source that reads objects of a bucket, as its function's environment describes it. */
export interface StreamSource {
  readonly id: string
  readonly label: string
  /** Secret with the credential for the provider's own record of the stream; absent without one. */
  readonly secretId?: string
  readonly excludeFilters: readonly string[]
  /** Account of the bucket's owner, if the settings name it. */
  readonly bucketAccount?: string
  /** All options of its type. */
  readonly options: JsonObject
}

/**
 * Reads the environment variable that describes a source.
 * @throws {ConfigError} naming the variable and its fault
 */
export function parseStreamSource(text: string, variable: string): StreamSource {
  const parsed = parseJson(text)
  if (!isObject(parsed)) throw new ConfigError(`${variable} is not a JSON object`)
  const { id, label, secretId, ...options } = parsed
  const { excludeFilters, bucketAccount } = options
  if (typeof id !== 'string' || typeof label !== 'string') throw new ConfigError(`${variable} lacks id or label`)
  if (excludeFilters === undefined || !isArray(excludeFilters))
    throw new ConfigError(`${variable}: excludeFilters is not a list`)
  return {
    id,
    label,
    ...(typeof secretId === 'string' && { secretId }),
    excludeFilters: excludeFilters.map(String),
    ...(typeof bucketAccount === 'string' && { bucketAccount }),
    options,
  }
}
