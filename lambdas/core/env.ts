import { ConfigError } from './errors.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads the environment variables of a function.
 * @throws {ConfigError} naming all that are missing
 */
export function readVariables<Name extends string>(
  environment: Environment,
  variables: Readonly<Record<Name, string>>,
): Readonly<Record<Name, string>> {
  const names = Object.keys(variables) as Name[]
  const missing = names.map((name) => variables[name]).filter((variable) => !environment[variable])
  if (missing.length > 0) throw new ConfigError(`missing environment variables: ${missing.join(', ')}`)
  return Object.fromEntries(names.map((name) => [name, environment[variables[name]]])) as Record<Name, string>
}
