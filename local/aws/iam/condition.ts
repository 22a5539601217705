import type { Json } from '../../json.ts'
import { TemplateError } from '../../template/template.ts'
import { arnMatches, matches } from './pattern.ts'

/** One condition of a statement: it holds when the request's value of the key passes with any of the values. */
export interface Condition {
  readonly operator: string
  /** In lower case, because IAM ignores case here. */
  readonly key: string
  readonly values: readonly string[]
}

/** The request's values for conditions, by condition key in lower case. */
export type ConditionKeys = Readonly<Record<string, string>>

type Test = (wanted: string, given: string | undefined) => boolean

/** Without a value of the key, a comparison does not hold. */
const comparing =
  (compare: (wanted: string, given: string) => boolean): Test =>
  (wanted, given) =>
    given !== undefined && compare(wanted, given)

/**
 * The operators that this stack and the buckets beside it use. Any other is an error, because ignoring a condition may
 * allow too much.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
const operators: Readonly<Record<string, Test>> = {
  // The two are one operator under two names.
  ArnEquals: comparing(arnMatches),
  ArnLike: comparing(arnMatches),
  Bool: comparing((wanted, given) => wanted.toLowerCase() === given.toLowerCase()),
  Null: (wanted, given) => wanted.toLowerCase() === String(given === undefined),
  StringEquals: comparing((wanted, given) => wanted === given),
  StringLike: comparing(matches),
}

/** Keys that the local run sets where the request has a value for them. */
const keys: readonly string[] = [
  'aws:securetransport',
  'aws:sourceaccount',
  'aws:sourcearn',
  's3:if-none-match',
  's3:objectcreationoperation',
  's3:prefix',
]

/** Keys of web identities: the issuer's host, then audience or subject. */
const webIdentity = /^[a-z0-9-]+(\.[a-z0-9-]+)+(\/[^:]+)?:(aud|sub)$/

/**
 * @param where Names the statement in errors.
 * @throws {TemplateError} naming an unknown operator or key.
 */
export function parseConditions(where: string, conditions: Json): Condition[] {
  return members(conditions).flatMap(([operator, tests]) => {
    if (operators[operator] === undefined) {
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
  return values.some((wanted) => operators[operator]?.(wanted, given[key]))
}

function members(value: Json): [string, Json][] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : []
}
