import { isObject, type Json, type JsonObject } from '../../json.ts'
import { TemplateError } from '../../template/template.ts'
import { type Condition, type ConditionKeys, holds, parseConditions } from './condition.ts'
import { matches } from './pattern.ts'

/** A statement of a policy. Actions and resources are patterns. */
export interface Statement {
  /** Logical id of the policy and the statement's index: `WriterPolicy[2]`. */
  readonly id: string
  readonly effect: 'Allow' | 'Deny'
  readonly actions: readonly string[]
  readonly resources: readonly string[]
  readonly conditions: readonly Condition[]
  /**
   * In the policy of a resource: names of services, ARNs of roles, users and providers of web identities, `*`.
   * Undefined in the policy of a role or user.
   */
  readonly principals: readonly string[] | undefined
}

/** A request to decide on. */
export interface AccessRequest {
  /** ARN of a role, a user, an account or a provider of web identities, or name of a service. */
  readonly caller: string
  readonly action: string
  readonly resource: string
  readonly keys?: ConditionKeys
}

const known = new Set(['Sid', 'Effect', 'Action', 'Resource', 'Condition', 'Principal'])

/**
 * The statements of a policy. Refuses anything that this evaluator cannot judge: `NotAction` and its kin, variables,
 * unknown operators, keys and kinds of principals.
 *
 * @param id Logical id of the resource that holds it.
 * @throws {TemplateError} naming the statement and the unknown part.
 */
export function parsePolicy(id: string, { Statement: statements = [] }: JsonObject): Statement[] {
  return [statements].flat().map((statement, index) => parseStatement(`${id}[${index}]`, statement))
}

function parseStatement(id: string, statement: Json): Statement {
  if (!isObject(statement)) throw new TemplateError(`${id}: a statement should be an object`)
  const unknown = Object.keys(statement).find((member) => !known.has(member))
  if (unknown !== undefined) throw new TemplateError(`${id}: the local run does not know ${unknown} in a policy`)
  const { Effect: effect, Principal: principal, Condition: conditions = {} } = statement
  if (effect !== 'Allow' && effect !== 'Deny') throw new TemplateError(`${id}: Effect should be Allow or Deny`)
  return {
    id,
    effect,
    actions: texts(id, 'Action', statement.Action),
    resources: texts(id, 'Resource', statement.Resource),
    conditions: parseConditions(id, conditions),
    principals: principal === undefined ? undefined : principals(id, principal),
  }
}

function principals(id: string, principal: Json): readonly string[] {
  if (principal === '*') return ['*']
  const kinds = Object.entries(isObject(principal) ? principal : { [String(principal)]: '' })
  return kinds.flatMap(([kind, value]) => {
    const named = texts(id, 'Principal', value)
    const fits = (name: string) =>
      kind === 'Service' ||
      (kind === 'AWS' && (name === '*' || /:(role|user)\/[^*]+$/.test(name))) ||
      (kind === 'Federated' && /:oidc-provider\/[^*]+$/.test(name))
    const unknown = named.find((name) => !fits(name))
    if (unknown === undefined) return named
    throw new TemplateError(`${id}: the local run does not know the principal ${kind} ${unknown}`)
  })
}

function texts(id: string, member: string, value: Json | undefined): readonly string[] {
  const all = [value ?? []].flat().map(String)
  if (all.length === 0) throw new TemplateError(`${id}: ${member} is missing`)
  const variable = all.find((text) => text.includes('${'))
  if (variable === undefined) return all
  throw new TemplateError(`${id}: the local run does not know policy variables, as in ${variable}`)
}

/** Whether a statement covers the request. */
function applies(statement: Statement, request: AccessRequest): boolean {
  const { caller, action, resource, keys = {} } = request
  return (
    (statement.principals ?? ['*']).some((name) => name === '*' || name === caller) &&
    statement.actions.some((pattern) => actionMatches(pattern, action)) &&
    statement.resources.some((pattern) => matches(pattern, resource)) &&
    statement.conditions.every((condition) => holds(condition, keys))
  )
}

/** Actions are not case-sensitive, resources are. */
export function actionMatches(pattern: string, action: string): boolean {
  return matches(pattern.toLowerCase(), action.toLowerCase())
}

export interface Verdict {
  readonly allowed: boolean
  /** The deciding statement; undefined when none matched. */
  readonly statement: Statement | undefined
}

/**
 * Decides by IAM's rules within one account: a deny wins, then any allow, and everything else is denied.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html
 */
export function evaluate(statements: readonly Statement[], request: AccessRequest): Verdict {
  const speaking = statements.filter((statement) => applies(statement, request))
  const statement = speaking.find(({ effect }) => effect === 'Deny') ?? speaking[0]
  return { allowed: statement?.effect === 'Allow', statement }
}

/**
 * Decides on a resource of another account: both its policy and the caller's have to allow the request.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
 *
 * @param identity the caller's statements
 * @param resource those of the resource's policy
 */
export function evaluateAcross(
  identity: readonly Statement[],
  resource: readonly Statement[],
  request: AccessRequest,
): Verdict {
  const [own, other] = [evaluate(identity, request), evaluate(resource, request)]
  if (own.allowed && other.allowed) return own
  const denial = [own, other].find(({ statement }) => statement?.effect === 'Deny')
  return denial ?? { allowed: false, statement: undefined }
}
