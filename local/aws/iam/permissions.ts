import type { BucketAccess, BucketGuard } from '../s3/bucket-access.ts'
import { type Call, type Interceptor, ServiceError } from '../store.ts'
import type { Decision, Grant } from './decision-log.ts'
import { type AccessRequest, evaluate, evaluateAcross, parsePolicy, type Statement, type Verdict } from './policy.ts'
import { operator } from './principals.ts'
import { providerHost, type WebIdentity } from './web-identity.ts'

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
  lambda: { status: 403, code: 'AccessDeniedException', headers: {} },
} as const

/** Refusals kept in memory; the log has all of them. */
const keptRefusals = 1_000

/** Verdicts kept in memory. */
const keptVerdicts = 10_000

/** A bucket's owner and the statements of its policy. */
interface GuardedBucket extends Pick<BucketGuard, 'owner'> {
  readonly statements: readonly Statement[]
}

/**
 * Decides by the template's policies: those of roles and users, and those of buckets, queues, functions and roles
 * themselves. The operator may do everything that no policy of a resource denies, and an account everything with its
 * own buckets. Traffic within one machine counts as secure, so a policy that denies requests without TLS denies nothing
 * here.
 */
export class Permissions implements BucketAccess {
  /** Requests decided so far, without the operator's. */
  seen = 0
  readonly refused: Decision[] = []
  readonly #options: PermissionsOptions
  /** Policies of roles and users, by ARN. */
  readonly #identity = new Map<string, Statement[]>()
  readonly #resource: Statement[] = []
  /** Cached verdicts; a new policy clears them. */
  readonly #verdicts = new Map<string, Verdict>()
  readonly #buckets = new Map<string, GuardedBucket>()
  /** ARN of the role, user or account for which a caller acts, by the caller's name. */
  readonly #callers = new Map<string, string>()
  /** The audiences of each provider of web identities that the template makes, by ARN. */
  readonly #audiences = new Map<string, readonly string[]>()

  constructor(options: PermissionsOptions) {
    this.#options = options
  }

  /** Adds statements to a role or a user. */
  attach(arn: string, statements: readonly Statement[]): void {
    this.#verdicts.clear()
    this.#identity.set(arn, [...(this.#identity.get(arn) ?? []), ...statements])
  }

  /** Adds the policy of a resource; its statements name principals. */
  guard(statements: readonly Statement[]): void {
    this.#verdicts.clear()
    this.#resource.push(...statements)
  }

  guardBucket(bucket: string, { owner, policy }: BucketGuard): void {
    const statements = parsePolicy(`policy of ${bucket}`, policy)
    this.#verdicts.clear()
    this.#buckets.set(bucket, { owner, statements })
  }

  /** Lets a caller act as a user, or as another account: `arn:aws:iam::<account>:root`. */
  represent(principal: string, arn: string): void {
    this.#callers.set(principal, arn)
  }

  /** The ARN of the role, user or account for which a caller acts. */
  arnOf(principal: string): string | undefined {
    return this.#callers.get(principal)
  }

  /** Makes a provider of web identities known with its audiences. */
  addProvider(arn: string, audiences: readonly string[]): void {
    this.#audiences.set(arn, audiences)
  }

  /**
   * Lets a caller act under a role, if the role trusts the web identity.
   *
   * A provider that the template names without making it is one that the account has, for any audience.
   * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
   * @returns the caller's name, or undefined when the role does not trust it
   */
  assumeWithWebIdentity(roleArn: string, { issuer, audience, subject }: WebIdentity): string | undefined {
    const host = providerHost(issuer)
    const trusted = this.#resource
      .filter(({ resources }) => resources.includes(roleArn))
      .flatMap(({ principals = [] }) => principals)
      .find((arn) => arn.endsWith(`:oidc-provider/${host}`))
    const provider = trusted ?? `arn:aws:iam::${this.#options.accountId}:oidc-provider/${host}`
    // Also the name of a log file.
    const caller = `${roleName(roleArn)}.web-identity`
    const keys = { [`${host}:aud`]: audience, [`${host}:sub`]: subject }
    const action = 'sts:AssumeRoleWithWebIdentity'
    if (!(this.#audiences.get(provider)?.includes(audience) ?? true)) {
      this.#record({ principal: caller, action, resource: roleArn, allowed: false, statement: null })
      return undefined
    }
    if (!this.decide({ caller: provider, action, resource: roleArn, keys }, caller)) return undefined
    this.#callers.set(caller, roleArn)
    return caller
  }

  /** Assigns a role to a function, if the role lets functions assume it. @returns whether it does */
  assume(functionName: string, roleArn: string): boolean {
    this.#callers.set(functionName, roleArn)
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
    const keys = { 'aws:securetransport': 'true', 'aws:sourceaccount': this.#options.accountId, ...request.keys }
    const verdict = this.#judge({ ...request, keys })
    if (this.#verdicts.size === keptVerdicts) this.#verdicts.clear()
    this.#verdicts.set(asked, verdict)
    return verdict
  }

  #judge(request: AccessRequest): Verdict {
    const { accountId } = this.#options
    const identity = this.#identity.get(request.caller) ?? []
    const { owner = accountId, statements = [] } = this.#buckets.get(bucketOf(request.resource)) ?? {}
    if (request.caller === `arn:aws:iam::${owner}:root`) return { allowed: true, statement: undefined }
    // The bucket's own policy comes last, because the template does not grant what it allows.
    if (owner === accountId) return evaluate([...this.#resource, ...identity, ...statements], request)
    return evaluateAcross(identity, statements, request)
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
    const ofCallers = [...this.#identity].flatMap(([arn, statements]) => statements.flatMap((one) => split(one, [arn])))
    return [...ofCallers, ...this.#resource.flatMap((statement) => split(statement, statement.principals ?? []))]
  }

  #demand({ principal, service }: Call, access: Omit<AccessRequest, 'caller'>): void {
    const arn = this.#callers.get(principal)
    const request = { ...access, caller: arn ?? principal }
    if (principal === operator && this.#verdict(request).statement?.effect !== 'Deny') {
      const { action, resource } = access
      this.#record({ principal, action, resource, allowed: true, statement: operator })
      return
    }
    if (this.decide(request, principal)) return
    const { status, code, headers } = refusals[service]
    const isRole = arn?.includes(':role/')
    const user = isRole ? `${arn?.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/${principal}` : arn
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
  return arn.replace(/^.*:(role|user)\//, '')
}

/** Empty for another resource than a bucket or an object. */
function bucketOf(resource: string): string {
  return /^arn:aws:s3:::([^/]+)/.exec(resource)?.[1] ?? ''
}
