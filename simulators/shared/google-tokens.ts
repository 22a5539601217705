import { verify } from 'node:crypto'
import { apiError, bearerOf, tokenError } from './google-answers.ts'
import { type AwsIdentity, BadSubject, callerOf } from './google-aws-identity.ts'
import { isObject, jsonOf } from './json.ts'
import type { SimulatedRequest } from './provider-simulator.ts'
import { randomText, seededRandom } from './seeded-random.ts'
import type { SimulatedAnswer } from './simulator-faults.ts'

export interface ServiceAccount {
  readonly email: string
  readonly keyId: string
  /** In PEM form. */
  readonly publicKey: string
}

/** A provider of a pool of workload identities. */
export interface WorkloadPool {
  /** Its resource name, `//iam.googleapis.com/projects/…`. */
  readonly audience: string
  /** Those who can ask. */
  readonly identities: readonly AwsIdentity[]
  /** The attribute mapping of `google.subject`. @default the ARN */
  readonly subject?: (arn: string) => string
}

export interface TokenOptions {
  readonly account: ServiceAccount
  readonly pool?: WorkloadPool
  /** Whether the account grants the pool's identities to act as it. @default true */
  readonly grantsPool?: boolean
  readonly seed?: number
}

const scopes = 'https://www.googleapis.com/auth/'
const lifeSeconds = 3599

/** Google's token endpoints, for one service account and one pool. */
export class GoogleTokens {
  readonly #options: TokenOptions
  readonly #random: () => number
  readonly #given = new Map<string, { readonly scope: string; readonly expiresAt: number }>()

  constructor(options: TokenOptions) {
    this.#options = options
    this.#random = seededRandom((options.seed ?? 1) ^ 0x900613)
  }

  /** Number of tokens given. */
  get given(): number {
    return this.#given.size
  }

  revokeAll(): void {
    this.#given.clear()
  }

  /** Whether the request carries a token that may read the storage. */
  mayRead({ headers, now }: SimulatedRequest): boolean {
    return this.#holds(headers.authorization, ['devstorage.read_only', 'cloud-platform'], now)
  }

  /** @returns `undefined` for requests to anything but a token endpoint */
  answer(request: SimulatedRequest): SimulatedAnswer | undefined {
    const { method, url } = request
    if (method !== 'POST') return undefined
    if (url.pathname === '/token') return this.#byKey(request)
    if (url.pathname === '/v1/token') return this.#byExchange(request)
    const [, account] = /^\/v1\/projects\/-\/serviceAccounts\/([^/]+):generateAccessToken$/.exec(url.pathname) ?? []
    return account === undefined ? undefined : this.#ofAccount(request, decodeURIComponent(account))
  }

  #holds(authorization: string | undefined, allowed: readonly string[], now: number): boolean {
    const token = this.#given.get(bearerOf(authorization) ?? '')
    return token !== undefined && token.expiresAt > now && allowed.some((scope) => token.scope === scopes + scope)
  }

  #give(scope: string, now: number): string {
    const token = `ya29.${randomText(60, 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-', this.#random)}`
    this.#given.set(token, { scope, expiresAt: now + lifeSeconds * 1000 })
    return token
  }

  /** https://developers.google.com/identity/protocols/oauth2/service-account#httprest */
  #byKey({ headers, body, now }: SimulatedRequest): SimulatedAnswer {
    const form = formIn(headers, body)
    if (form?.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:jwt-bearer') {
      return tokenError('unsupported_grant_type', 'Invalid grant_type')
    }
    const { account } = this.#options
    const [head = '', payload = '', signature = ''] = (form.get('assertion') ?? '').split('.')
    const [header, claims] = [head, payload].map((part) => jsonOf(Buffer.from(part, 'base64url').toString()))
    if (!isObject(header) || !isObject(claims) || header.alg !== 'RS256') {
      return tokenError('invalid_grant', 'Invalid JWT: Failed audience check.')
    }
    if (claims.iss !== account.email) return tokenError('invalid_grant', 'Invalid grant: account not found')
    const signed = Buffer.from(`${head}.${payload}`)
    const isSigned = verify('sha256', signed, account.publicKey, Buffer.from(signature, 'base64url'))
    if (header.kid !== account.keyId || !isSigned) return tokenError('invalid_grant', 'Invalid JWT Signature.')
    const seconds = now / 1000
    const { iat, exp, aud, scope } = claims
    const isTimely = typeof iat === 'number' && typeof exp === 'number' && iat <= seconds + 300 && exp > seconds
    if (!isTimely || exp > iat + 3600) {
      return tokenError(
        'invalid_grant',
        'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.',
      )
    }
    if (aud !== 'https://oauth2.googleapis.com/token') return tokenError('invalid_grant', 'Invalid JWT: bad audience')
    if (typeof scope !== 'string' || !scope.startsWith(scopes)) return tokenError('invalid_scope', 'Invalid scope')
    return tokenAnswer(this.#give(scope, now))
  }

  /** https://cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token */
  #byExchange({ headers, body, now }: SimulatedRequest): SimulatedAnswer {
    const { pool } = this.#options
    if (headers.authorization !== undefined) {
      return tokenError('invalid_request', 'The Authorization header is not allowed in this request.')
    }
    const form = formIn(headers, body)
    const wanted = {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      subject_token_type: 'urn:ietf:params:aws:token-type:aws4_request',
    }
    const wrong = Object.entries(wanted).find(([name, value]) => form?.get(name) !== value)
    if (!form || wrong) return tokenError('invalid_request', `Invalid value for "${wrong?.[0] ?? 'grant_type'}".`)
    const scope = form.get('scope') ?? ''
    if (!scope.startsWith(scopes)) return tokenError('invalid_scope', 'Invalid scope.')
    if (!pool || form.get('audience') !== pool.audience) {
      return tokenError('invalid_target', 'The target service indicated by the "audience" parameters is invalid.')
    }
    try {
      const { arn } = callerOf(form.get('subject_token') ?? '', pool.audience, pool.identities, now)
      if (Buffer.byteLength(pool.subject?.(arn) ?? arn) > 127) {
        return tokenError(
          'invalid_grant',
          'The size of mapped attribute google.subject exceeds the 127 bytes limit. Either modify your attribute mapping or the incoming assertion to produce a mapped attribute that is less than 127 bytes.',
        )
      }
    } catch (error) {
      if (!(error instanceof BadSubject)) throw error
      return tokenError('invalid_grant', `The AWS request is not accepted: ${error.message}.`)
    }
    return tokenAnswer(this.#give(scope, now), { issued_token_type: wanted.requested_token_type })
  }

  /** https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/generateAccessToken */
  #ofAccount({ headers, body, now }: SimulatedRequest, email: string): SimulatedAnswer {
    const { account, grantsPool = true } = this.#options
    if (!this.#holds(headers.authorization, ['cloud-platform'], now)) {
      return apiError(401, 'Request had invalid authentication credentials.', 'authError')
    }
    if (email !== account.email) return apiError(404, 'Not found; Gaia id not found for email.', 'notFound')
    if (!grantsPool) {
      return apiError(403, "Permission 'iam.serviceAccounts.getAccessToken' denied on resource.", 'forbidden')
    }
    const asked = jsonOf(body)
    const scope = isObject(asked) && Array.isArray(asked.scope) ? asked.scope[0] : undefined
    const lifetime = isObject(asked) ? Number(/^(\d+)s$/.exec(String(asked.lifetime))?.[1]) : Number.NaN
    if (typeof scope !== 'string' || !(lifetime <= 3600)) return apiError(400, 'Request is invalid.', 'badRequest')
    const expireTime = new Date(now + lifetime * 1000).toISOString().replace(/\.\d+Z$/, 'Z')
    return { status: 200, headers: {}, body: { accessToken: this.#give(scope, now), expireTime } }
  }
}

const tokenAnswer = (token: string, members: Readonly<Record<string, string>> = {}): SimulatedAnswer => ({
  status: 200,
  headers: {},
  body: { access_token: token, expires_in: lifeSeconds, token_type: 'Bearer', ...members },
})

function formIn(headers: SimulatedRequest['headers'], body: string): URLSearchParams | undefined {
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded')
  return isForm ? new URLSearchParams(body) : undefined
}
