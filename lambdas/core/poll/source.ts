import { ConfigError } from '../errors.ts'
import { isArray, isObject, type JsonObject, parseJson } from '../json/json.ts'

/**
 * A source with a function of its own, which polls it or reads its bucket, as the environment of the function describes
 * it.
 */
export interface PolledSource {
  readonly id: string
  readonly label: string
  /** Absent for a source that needs no secret. */
  readonly secretId?: string
  /** Where the first run begins, in milliseconds since 1970; absent for the engine's own default. */
  readonly startAt?: number
  /** Share of the provider's rate limit that the source may use, 0 to 1. */
  readonly share: number
  /** The connector's own options. */
  readonly options: JsonObject
}

/**
 * Reads the environment variable that describes a source.
 * @throws {ConfigError} naming the variable and its fault
 */
export function parsePolledSource(text: string, variable: string): PolledSource {
  const parsed = parseJson(text)
  if (!isObject(parsed)) throw new ConfigError(`${variable} is not a JSON object`)
  const { id, label, secretId, startAt, ratePercent = 100, ...options } = parsed
  if (typeof id !== 'string' || typeof label !== 'string') throw new ConfigError(`${variable} lacks id or label`)
  const secret = typeof secretId === 'string' && { secretId }
  const start = typeof startAt === 'string' ? Date.parse(startAt) : undefined
  if (Number.isNaN(start)) throw new ConfigError(`${variable}: startAt is not a time`)
  if (typeof ratePercent !== 'number' || ratePercent <= 0 || ratePercent > 100) {
    throw new ConfigError(`${variable}: ratePercent must be above 0 and at most 100`)
  }
  return { id, label, ...secret, ...(start !== undefined && { startAt: start }), share: ratePercent / 100, options }
}

/**
 * Whose log a source reads, in the words of its settings: another organization or address means another log, which is
 * read from its beginning.
 */
export function scopeOf({ options }: PolledSource, apiUrl?: string): string {
  const sorted = Object.entries(options).map(([name, value]) => [
    name,
    isArray(value) ? value.map(String).toSorted() : value,
  ])
  const facts = [...sorted, ...(apiUrl === undefined ? [] : [['apiUrl', apiUrl]])]
  return JSON.stringify(Object.fromEntries(facts.toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1))))
}
