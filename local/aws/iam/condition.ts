import type { Json } from '../../json.ts'
import { TemplateError } from '../../template/template.ts'
import { arnMatches, matches } from './pattern.ts'

/** One condition of a statement: it holds when the request's value of the key matches any of the values. */
export interface Condition {
  readonly operator: string
  /** In lower case, because IAM ignores case here. */
  readonly key: string
  readonly values: readonly string[]
}

/** The request's values for conditions, by condition key in lower case. */
export type ConditionKeys = Readonly<Record<string, string>>

/**
 * The operators that this stack uses. Any other is an error, because ignoring a condition may allow too much.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
const operators: Readonly<Record<string, (wanted: string, given: string) => boolean>> = {
  // The two are one operator under two names.
  ArnEquals: arnMatches,
  ArnLike: arnMatches,
  Bool: (wanted, given) => wanted.toLowerCase() === given.toLowerCase(),
  StringEquals: (wanted, given) => wanted === given,
  StringLike: matches,
}

/** Keys that the local run sets where the request has a value for them. */
const keys: readonly string[] = ['aws:securetransport', 'aws:sourceaccount', 'aws:sourcearn', 's3:prefix']

/** Keys of web identities: the issuer's host, then audience or subject. */
const webIdentity = /^[a-z0-9-]+(\.[a-z0-9-]+)+(\/[^:]+)?:(aud|sub)$/

const ifExists = 'IfExists'

/**
 * @param where Names the statement in errors.
 * @throws {TemplateError} naming an unknown operator or key.
 */
export function parseConditions(where: string, conditions: Json): Condition[] {
  return members(conditions).flatMap(([operator, tests]) => {
    if (operators[plain(operator)] === undefined) {
      throw new TemplateError(`${where}: the local run does not know the condition operator ${operator}`)
    }
    return members(tests).map(([key, value]) => {
      const name = key.toLowerCase()
      if (!keys.includes(name) && !webIdentity.test(name)) {
        throw new TemplateError(`${where}: the local run does not know the condition key ${key}`)
      }
      return { operator, key: name, values: [value].flat().map(String) }
    })
  })
}

export function holds({ operator, key, values }: Condition, given: ConditionKeys): boolean {
  const value = given[key]
  if (value === undefined) return operator.endsWith(ifExists)
  return values.some((wanted) => operators[plain(operator)]?.(wanted, value))
}

function plain(operator: string): string {
  return operator.endsWith(ifExists) ? operator.slice(0, -ifExists.length) : operator
}

function members(value: Json): [string, Json][] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : []
}
