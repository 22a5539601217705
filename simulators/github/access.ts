import { verify } from 'node:crypto'
import { isObject, jsonOf } from '../shared/json.ts'
import type { SimulatedRequest } from '../shared/provider-simulator.ts'
import { randomText, seededRandom } from '../shared/seeded-random.ts'
import type { SimulatedAnswer } from '../shared/simulator-faults.ts'

/** A GitHub App. */
export interface SimulatedApp {
  readonly appId: string
  readonly installationId: string
  /** In PEM form. */
  readonly publicKey: string
}

export interface AccessOptions {
  readonly token: string
  /** Scopes of the token. @default the one that is needed */
  readonly scopes?: readonly string[]
  /** The scope without which the answer is 404. @default 'read:audit_log' */
  readonly needs?: string
  /** Whether the token lacks authorization for single sign-on. @default false */
  readonly ssoRequired?: boolean
  readonly app?: SimulatedApp
  /** Name of the limit. @default 'audit_log' */
  readonly resource?: string
  /** Requests per hour. @default 1,750 */
  readonly requestsPerHour?: number
  /** Points per minute, one per request; beyond them the secondary limit refuses. @default 900 */
  readonly requestsPerMinute?: number
  /** Status for too many requests. @default 403 */
  readonly limitStatus?: 403 | 429
  readonly seed: number
}

/** A token of a person, and what it may do. */
export interface UserToken {
  readonly scopes: readonly string[]
  /** Whether the person is in the organization. */
  readonly isMember: boolean
}

const documentation = 'https://docs.github.com/rest'
const hourMs = 3_600_000

export const refusal = (status: number, message: string, headers: Record<string, string> = {}): SimulatedAnswer => ({
  status,
  headers,
  body: { message, documentation_url: documentation, status: String(status) },
})

/** Access to the API and its rate limits. */
export class GithubAccess {
  readonly #options: AccessOptions
  readonly #random: () => number
  /** Expiry by token of the installation, in milliseconds since 1970. */
  readonly #issued = new Map<string, number>()
  readonly #users = new Map<string, UserToken>()
  #window = { start: Number.NEGATIVE_INFINITY, used: 0 }
  #minute = { start: Number.NEGATIVE_INFINITY, used: 0 }

  constructor(options: AccessOptions) {
    this.#options = options
    this.#random = seededRandom(options.seed ^ 0x70c3)
    const { token, needs = 'read:audit_log', scopes = [needs] } = options
    this.#users.set(token, { scopes, isMember: true })
  }

  /** Gives out a token of a person. */
  addUser(token: string, user: UserToken): void {
    this.#users.set(token, user)
  }

  removeUser(token: string): void {
    this.#users.delete(token)
  }

  /** The person behind a request; `undefined` for an installation and for a stranger's text. */
  userOf(request: SimulatedRequest): UserToken | undefined {
    return this.#users.get(bearer(request) ?? '')
  }

  /** Number of tokens issued to the App. */
  get issued(): number {
    return this.#issued.size
  }

  /** Revokes all tokens of installations, as an operator can. */
  revokeIssued(): void {
    for (const token of this.#issued.keys()) this.#issued.set(token, 0)
  }

  /** @returns the refusal of a request whose token is missing or invalid */
  refused(request: SimulatedRequest): SimulatedAnswer | undefined {
    const general = generalRefusal(request)
    if (general) return general
    const token = bearer(request)
    if (token === undefined) return refusal(401, 'Requires authentication')
    const expiry = this.#issued.get(token)
    const isValid = this.#users.has(token) || (expiry !== undefined && expiry > request.now)
    return isValid ? undefined : refusal(401, 'Bad credentials')
  }

  /** @returns the refusal of a request, or the headers of its answer */
  check(request: SimulatedRequest): SimulatedAnswer | { readonly headers: Record<string, string> } {
    const { needs = 'read:audit_log', ssoRequired = false, limitStatus = 403 } = this.#options
    const refused = this.refused(request)
    if (refused) return refused
    const user = this.userOf(request)
    const limits = this.#count(request.now)
    if (limits.used > limits.limit) {
      return refusal(limitStatus, 'API rate limit exceeded for user ID 5150.', limits.headers)
    }
    if (this.#tooFast(request.now)) {
      return refusal(
        403,
        'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
        limits.headers,
      )
    }
    if (ssoRequired) {
      const url = 'https://github.com/orgs/example-org/sso?authorization_request=AZSCKL'
      return refusal(403, 'Resource protected by organization SAML enforcement.', {
        ...limits.headers,
        'x-github-sso': `required; url=${url}`,
      })
    }
    if (user === undefined) return { headers: limits.headers }
    const { scopes, isMember } = user
    const headers = { ...limits.headers, 'x-oauth-scopes': scopes.join(', '), 'x-accepted-oauth-scopes': needs }
    if (!isMember || !scopes.includes(needs)) return refusal(404, 'Not Found', headers)
    return { headers }
  }

  /** `POST /app/installations/{id}/access_tokens` */
  issue(request: SimulatedRequest, installationId: string): SimulatedAnswer {
    const { app } = this.#options
    const general = generalRefusal(request)
    if (general) return general
    const problem = app === undefined ? 'Integration not found' : jwtProblem(bearer(request) ?? '', app, request.now)
    if (problem !== undefined) return refusal(401, problem)
    if (installationId !== app?.installationId) return refusal(404, 'Not Found')
    const token = `ghs_${randomText(36, 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789', this.#random)}`
    const expires = request.now + hourMs
    this.#issued.set(token, expires)
    const body = {
      token,
      expires_at: new Date(expires).toISOString().replace(/\.\d+Z$/, 'Z'),
      permissions: { organization_administration: 'read' },
      repository_selection: 'selected',
    }
    return { status: 201, headers: {}, body }
  }

  #tooFast(now: number): boolean {
    const { requestsPerMinute = 900 } = this.#options
    if (now >= this.#minute.start + 60_000 || now < this.#minute.start) this.#minute = { start: now, used: 0 }
    return ++this.#minute.used > requestsPerMinute
  }

  #count(now: number): { used: number; limit: number; headers: Record<string, string> } {
    const { requestsPerHour: limit = 1750 } = this.#options
    if (now >= this.#window.start + hourMs || now < this.#window.start) this.#window = { start: now, used: 0 }
    const used = ++this.#window.used
    const headers = {
      'x-ratelimit-limit': String(limit),
      'x-ratelimit-remaining': String(Math.max(limit - used, 0)),
      'x-ratelimit-used': String(Math.min(used, limit)),
      'x-ratelimit-reset': String(Math.ceil((this.#window.start + hourMs) / 1000)),
      'x-ratelimit-resource': this.#options.resource ?? 'audit_log',
    }
    return { used, limit, headers }
  }
}

function generalRefusal({ headers }: SimulatedRequest): SimulatedAnswer | undefined {
  if (!headers['user-agent']) {
    const body = 'Request forbidden by administrative rules. Please make sure your request has a User-Agent header.\n'
    return { status: 403, headers: { 'content-type': 'text/plain' }, body }
  }
  const version = headers['x-github-api-version']
  if (version !== undefined && version !== '2022-11-28' && version !== '2026-03-10') {
    return refusal(400, `"${version}" is not a supported version of the API.`)
  }
  return undefined
}

const bearer = ({ headers }: SimulatedRequest): string | undefined =>
  /^(?:bearer|token) (\S+)$/i.exec(headers.authorization ?? '')?.[1]

/** The error in an App's JSON Web Token, by GitHub's checks. */
function jwtProblem(jwt: string, app: SimulatedApp, now: number): string | undefined {
  const [head = '', payload = '', signature = ''] = jwt.split('.')
  const [header, claims] = [head, payload].map((part) => jsonOf(Buffer.from(part, 'base64url').toString()))
  if (!isObject(header) || !isObject(claims) || header.alg !== 'RS256') return 'A JSON web token could not be decoded'
  const right = verify('sha256', Buffer.from(`${head}.${payload}`), app.publicKey, Buffer.from(signature, 'base64url'))
  if (!right) return 'A JSON web token could not be decoded'
  const seconds = now / 1000
  const { iat, exp, iss } = claims
  if (String(iss) !== app.appId) return 'Integration not found'
  if (typeof iat !== 'number' || iat > seconds)
    return "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued"
  if (typeof exp !== 'number' || exp <= seconds)
    return "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires"
  return exp > seconds + 600 ? "'Expiration time' claim ('exp') is too far in the future" : undefined
}
