import { isObject, type JsonObject } from '../shared/json.ts'
import type { SimulatedRequest } from '../shared/provider-simulator.ts'
import { randomText, seededRandom } from '../shared/seeded-random.ts'
import type { SimulatedAnswer } from '../shared/simulator-faults.ts'

/** Invented ids of an organization, a workspace in it and an administrator of both. */
export const exampleEnterpriseId = 'E0EXAMPLE1'
export const exampleTeamId = 'T0EXAMPLE1'
export const administrator = { id: 'U0EXAMPLE1', name: 'ada' }

/** Invented tokens. */
export const exampleSlackToken = 'xoxp-simulated-token-of-nobody-0123456789'

/** A user token, and what it may do. */
export interface SlackToken {
  readonly token: string
  readonly scopes: readonly string[]
  /** Whether the app is installed on the organization; a workspace otherwise. */
  readonly ofOrganization: boolean
  readonly teamId: string
  readonly enterpriseId: string | undefined
  /** Slack's error code for everything that is asked with it, such as `token_revoked`. */
  readonly problem?: string | undefined
  /** In milliseconds since 1970; absent for a token that does not expire. */
  readonly expiresAt?: number
}

/** What a method asks of a token. */
export interface Demand {
  readonly scope?: string
  /** Only tokens of an organization. */
  readonly ofOrganization?: true
  /** Only with the id of a workspace, when the token is one of an organization. */
  readonly needsTeam?: true
}

/** A refusal: Slack's error code, and the scopes where they are the reason. */
export interface Refused {
  readonly error: string
  readonly needed?: string
  readonly provided?: string
}

/** The tokens that Slack has given out. */
export class SlackTokens {
  readonly #tokens = new Map<string, SlackToken>()
  readonly #random: () => number

  constructor(seed: number) {
    this.#random = seededRandom(seed ^ 0x51ac)
  }

  /** Gives a token out; with a made-up text unless one is given. */
  add(token: Omit<SlackToken, 'token'> & { readonly token?: string }): SlackToken {
    const prefix = token.expiresAt === undefined ? 'xoxp-' : 'xoxe.xoxp-1-'
    const text =
      token.token ??
      prefix + randomText(40, 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789', this.#random)
    const added = { ...token, token: text }
    this.#tokens.set(text, added)
    return added
  }

  remove(text: string): void {
    this.#tokens.delete(text)
  }

  /** Makes one token useless, as `auth.revoke` does. */
  revoke(text: string): void {
    const token = this.#tokens.get(text)
    if (token) this.#tokens.set(text, { ...token, problem: 'token_revoked' })
  }

  /** Changes every token, as when an app is uninstalled or a person deactivated. */
  change(members: Partial<Omit<SlackToken, 'token'>>): void {
    for (const [text, token] of this.#tokens) this.#tokens.set(text, { ...token, ...members })
  }

  /** The token of a request, or why it may not do what the request asks. */
  judge(request: SimulatedRequest, { scope, ofOrganization, needsTeam }: Demand = {}): SlackToken | Refused {
    const [, text] = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '') ?? []
    if (text === undefined) return { error: 'not_authed' }
    const token = this.#tokens.get(text)
    if (token === undefined) return { error: /^xox[ab]/.test(text) ? 'not_allowed_token_type' : 'invalid_auth' }
    if (token.problem !== undefined) return { error: token.problem }
    if (token.expiresAt !== undefined && token.expiresAt <= request.now) return { error: 'token_expired' }
    if (scope !== undefined && !token.scopes.includes(scope)) {
      return { error: 'missing_scope', needed: scope, provided: token.scopes.join(',') }
    }
    if (ofOrganization && !token.ofOrganization) return { error: 'team_not_authorized' }
    const { searchParams } = request.url
    const teamId = searchParams.get('team_id')
    if (needsTeam && token.ofOrganization && teamId === null) return { error: 'missing_argument' }
    if (token.ofOrganization && teamId !== null && teamId !== token.teamId) return { error: 'team_access_not_granted' }
    return token
  }
}

export const isRefused = (judged: SlackToken | Refused): judged is Refused => 'error' in judged

/** `auth.test`. https://docs.slack.dev/reference/methods/auth.test */
export function authTest(judged: SlackToken | Refused): SimulatedAnswer {
  if (isRefused(judged)) return { status: 200, headers: {}, body: { ok: false, ...judged } }
  const { scopes, teamId, enterpriseId, ofOrganization } = judged
  return {
    status: 200,
    headers: { 'x-oauth-scopes': scopes.join(',') },
    body: {
      ok: true,
      url: 'https://example-corp.slack.example/',
      team: 'Example Corp',
      user: administrator.name,
      team_id: ofOrganization ? enterpriseId : teamId,
      user_id: administrator.id,
      ...(enterpriseId !== undefined && { enterprise_id: enterpriseId }),
      is_enterprise_install: ofOrganization,
    },
  }
}

/** A change of all tokens, as `POST /_tokens` takes it: `{"problem": "token_revoked", "scopes": ["admin"], …}`. */
export function parseTokenChange(body: string): Partial<Omit<SlackToken, 'token'>> {
  const value: unknown = JSON.parse(body)
  if (!isObject(value)) throw new Error('expected a JSON object')
  const { problem, scopes, ofOrganization, teamId, enterpriseId }: JsonObject = value
  return {
    ...(problem !== undefined && { problem: typeof problem === 'string' ? problem : undefined }),
    ...(Array.isArray(scopes) && { scopes: scopes.map(String) }),
    ...(typeof ofOrganization === 'boolean' && { ofOrganization }),
    ...(typeof teamId === 'string' && { teamId }),
    ...(typeof enterpriseId === 'string' && { enterpriseId }),
  }
}
