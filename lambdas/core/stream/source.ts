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
  const { bucketAccount } = options
  if (typeof id !== 'string' || typeof label !== 'string') throw new ConfigError(`${variable} lacks id or label`)
  return {
    id,
    label,
    ...(typeof secretId === 'string' && { secretId }),
    excludeFilters: excludeFiltersIn(options),
    ...(typeof bucketAccount === 'string' && { bucketAccount }),
    options,
  }
}

/** @throws {ConfigError} when the option is not a list */
export function excludeFiltersIn({ excludeFilters }: JsonObject): readonly string[] {
  if (excludeFilters === undefined || !isArray(excludeFilters)) throw new ConfigError('excludeFilters is not a list')
  return excludeFilters.map(String)
}
