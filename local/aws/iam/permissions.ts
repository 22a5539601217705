import { type Call, type Interceptor, ServiceError } from '../store.ts'
import type { Decision, Grant } from './decision-log.ts'
import { type AccessRequest, evaluate, type Statement, type Verdict } from './policy.ts'
import { operator } from './principals.ts'

export interface PermissionsOptions {
  readonly accountId: string
  readonly onDecision?: (decision: Decision) => void
}

/** Each service's form of "access denied". */
const refusals = {
  s3: { status: 403, code: 'AccessDenied', headers: {} },
  // Clients read the code from this header, which has the form of the older protocol.
  sqs: { status: 403, code: 'AccessDeniedException', headers: { 'x-amzn-query-error': 'AccessDenied;Sender' } },
  secretsmanager: { status: 400, code: 'AccessDeniedException', headers: {} },
} as const

/** Refusals kept in memory; the log has all of them. */
const keptRefusals = 1_000

/** Verdicts kept in memory. */
const keptVerdicts = 10_000

/**
 * Decides by the template's policies: those of roles, and those of buckets, queues, functions and roles themselves. The
 * operator may do everything. Traffic within one machine counts as secure, so a policy that denies requests without TLS
 * denies nothing here.
 */
export class Permissions {
  /** Requests decided so far, without the operator's. */
  seen = 0
  readonly refused: Decision[] = []
  readonly #options: PermissionsOptions
  /** Policies of roles, by the role's ARN. */
  readonly #identity = new Map<string, Statement[]>()
  readonly #resource: Statement[] = []
  /** Cached verdicts; a new policy clears them. */
  readonly #verdicts = new Map<string, Verdict>()
  /** ARN of each function's role. */
  readonly #roles = new Map<string, string>()

  constructor(options: PermissionsOptions) {
    this.#options = options
  }

  /** Adds statements to a role. */
  attach(roleArn: string, statements: readonly Statement[]): void {
    this.#verdicts.clear()
    this.#identity.set(roleArn, [...(this.#identity.get(roleArn) ?? []), ...statements])
  }

  /** Adds the policy of a resource; its statements name principals. */
  guard(statements: readonly Statement[]): void {
    this.#verdicts.clear()
    this.#resource.push(...statements)
  }

  /** Assigns a role to a function, if the role lets functions assume it. @returns whether it does */
  assume(functionName: string, roleArn: string): boolean {
    this.#roles.set(functionName, roleArn)
    return this.decide({ caller: 'lambda.amazonaws.com', action: 'sts:AssumeRole', resource: roleArn })
  }

  /**
   * Whether a request is allowed. The decision is logged.
   *
   * @param principal Name of the caller in the log; for a role its own name by default.
   */
  decide(request: AccessRequest, principal = roleName(request.caller)): boolean {
    const { allowed, statement } = this.#verdict(request)
    const { action, resource } = request
    this.#record({ principal, action, resource, allowed, statement: statement?.id ?? null })
    return allowed
  }

  #verdict(request: AccessRequest): Verdict {
    const asked = JSON.stringify(request)
    const known = this.#verdicts.get(asked)
    if (known) return known
    const statements = [...this.#resource, ...(this.#identity.get(request.caller) ?? [])]
    const keys = { 'aws:securetransport': 'true', 'aws:sourceaccount': this.#options.accountId, ...request.keys }
    const verdict = evaluate(statements, { ...request, keys })
    if (this.#verdicts.size === keptVerdicts) this.#verdicts.clear()
    this.#verdicts.set(asked, verdict)
    return verdict
  }

  /** Decides on every call of a store and answers refused ones in the service's form. */
  readonly interceptor: Interceptor = async (call, next) => {
    for (const access of call.access) this.#demand(call, access)
    try {
      return await next()
    } catch (error) {
      // S3 reveals that an object is missing only to callers that may list the bucket.
      // https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
      const [access] = call.access
      const hidden = error instanceof ServiceError && error.code === 'NoSuchKey' && access?.action === 's3:GetObject'
      if (hidden) this.#demand(call, { action: 's3:ListBucket', resource: access.resource.split('/')[0] ?? '' })
      throw error
    }
  }

  /** Every action on every resource that the template allows. */
  grants(): Grant[] {
    const ofRoles = [...this.#identity].flatMap(([role, statements]) => statements.flatMap((one) => split(one, [role])))
    return [...ofRoles, ...this.#resource.flatMap((statement) => split(statement, statement.principals ?? []))]
  }

  #demand({ principal, service }: Call, access: Omit<AccessRequest, 'caller'>): void {
    if (principal === operator) {
      const { action, resource } = access
      this.#record({ principal, action, resource, allowed: true, statement: operator })
      return
    }
    const role = this.#roles.get(principal)
    if (this.decide({ ...access, caller: role ?? principal }, principal)) return
    const { status, code, headers } = refusals[service]
    const user = role?.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/').concat(`/${principal}`)
    const message = `User: ${user} is not authorized to perform: ${access.action} on resource: ${access.resource}`
    throw new ServiceError(status, code, message, headers)
  }

  #record(decided: Omit<Decision, 'time'>): void {
    const decision = { time: new Date().toISOString(), ...decided }
    if (decision.principal !== operator) this.seen++
    if (!decision.allowed && this.refused.length < keptRefusals) this.refused.push(decision)
    this.#options.onDecision?.(decision)
  }
}

function split({ id, effect, actions, resources, conditions }: Statement, principals: readonly string[]): Grant[] {
  if (effect === 'Deny') return []
  const condition = conditions.map(({ operator, key, values }) => `${operator} ${key} ${values}`).join(', ')
  return principals.flatMap((principal) =>
    actions.flatMap((action) =>
      resources.map((resource) => ({
        principal: roleName(principal),
        statement: id,
        action,
        resource,
        condition,
      })),
    ),
  )
}

function roleName(arn: string): string {
  return arn.replace(/^.*:role\//, '')
}
