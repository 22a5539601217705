import { hash } from 'node:crypto'
import { backTo, ConsentCodes, callbackOf, consentPage, consentRefusal, scopesIn } from '../shared/consent.ts'
import type { SimulatedRequest } from '../shared/provider-simulator.ts'
import { randomText, seededRandom } from '../shared/seeded-random.ts'
import type { SimulatedAnswer } from '../shared/simulator-faults.ts'
import type { GithubAccess } from './access.ts'

/** An OAuth app. */
export interface GithubApp {
  readonly clientId: string
  readonly clientSecret: string
}

/** Invented. */
export const exampleGithubApp: GithubApp = {
  clientId: 'Ov23liSimulatedApp01',
  clientSecret: 'simulated-github-client-secret-of-nobody',
}

const authorizePath = '/login/oauth/authorize'

interface Grant {
  readonly redirectUri: string
  readonly account: Account
  readonly scopes: readonly string[]
  /** Present when the app takes part in PKCE. */
  readonly challenge: string | undefined
}

/** An account that can be chosen on the consent page. */
interface Account {
  readonly name: string
  readonly isMember: boolean
}

const accounts: readonly Account[] = [
  { name: 'ada', isMember: true },
  { name: 'stranger', isMember: false },
]

interface SetUp {
  readonly app: GithubApp
  readonly access: GithubAccess
  readonly organization: string
  readonly seed: number
}

/** Tokens of one account with the same scopes; GitHub revokes the oldest beyond these. */
const mostTokens = 10
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/**
 * The consent page and the exchange of codes for tokens, which do not expire.
 * https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps
 */
export class GithubOAuth {
  readonly #setUp: SetUp
  readonly #random: () => number
  readonly #codes: ConsentCodes<Grant>
  /** Scopes granted so far, by name of the account. */
  readonly #granted = new Map<string, Set<string>>()
  /** Tokens by account and scopes, the oldest first. */
  readonly #given = new Map<string, string[]>()

  constructor(setUp: SetUp) {
    this.#setUp = setUp
    this.#random = seededRandom(setUp.seed ^ 0x6a07)
    this.#codes = new ConsentCodes(() => randomText(20, '0123456789abcdef', this.#random))
  }

  /** @returns `undefined` for a path of others */
  answer(request: SimulatedRequest): SimulatedAnswer | undefined {
    const { method, url, headers, body, now } = request
    switch (`${method} ${url.pathname}`) {
      case `GET ${authorizePath}`:
        return this.#ask(url.searchParams)
      case `POST ${authorizePath}`:
        return this.#decide(new URLSearchParams(body), now)
      case 'POST /login/oauth/access_token': {
        const members = this.#exchange(new URLSearchParams(body), now)
        if (headers.accept?.includes('application/json')) return { status: 200, headers: {}, body: members }
        const form = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }
        return { status: 200, headers: form, body: String(new URLSearchParams({ ...members })) }
      }
      default:
        return undefined
    }
  }

  /** Why the app's request is answered with an error page. */
  #problem(fields: URLSearchParams): string | undefined {
    if (fields.get('client_id') !== this.#setUp.app.clientId) return 'Not Found'
    if (callbackOf(fields.get('redirect_uri')) === undefined) return 'redirect_uri_mismatch'
    const isPlain = fields.has('code_challenge') && fields.get('code_challenge_method') !== 'S256'
    return isPlain ? 'code_challenge_method must be S256' : undefined
  }

  #ask(asked: URLSearchParams): SimulatedAnswer {
    const problem = this.#problem(asked)
    if (problem !== undefined) return consentRefusal(problem === 'Not Found' ? 404 : 400, problem)
    const names = ['client_id', 'redirect_uri', 'scope', 'state', 'code_challenge']
    return consentPage({
      question: `Authorize ${asked.get('client_id')} at GitHub`,
      action: authorizePath,
      hidden: [
        ...[...asked].filter(([name]) => names.includes(name)),
        ...(asked.has('code_challenge') ? ([['code_challenge_method', 'S256']] as const) : []),
      ],
      places: accounts.map(({ name, isMember }) => ({
        name: 'account',
        value: name,
        label: `${name}, who is ${isMember ? '' : 'not '}in ${this.#setUp.organization}`,
      })),
      chosen: accounts[0]?.name ?? '',
      scopes: scopesIn(asked.get('scope')).map((value) => ({ name: 'granted', value, label: value })),
      allow: 'Authorize',
    })
  }

  #decide(form: URLSearchParams, now: number): SimulatedAnswer {
    const problem = this.#problem(form)
    const callback = callbackOf(form.get('redirect_uri'))
    const account = accounts.find(({ name }) => name === form.get('account'))
    if (problem !== undefined || callback === undefined) return consentRefusal(400, problem ?? 'redirect_uri_mismatch')
    if (form.get('answer') !== 'allow') {
      const error_description = 'The user has denied your application access.'
      return backTo(callback, { error: 'access_denied', error_description }, form.get('state'))
    }
    if (account === undefined) return consentRefusal(400, 'no account was chosen')
    const earlier = this.#granted.get(account.name) ?? new Set()
    const asked = scopesIn(form.get('scope'))
    const granted = asked.filter((scope) => form.getAll('granted').includes(scope))
    this.#granted.set(account.name, new Set([...earlier, ...granted]))
    const grant = {
      redirectUri: form.get('redirect_uri') ?? '',
      account,
      // Without scopes in the request, the token has those of earlier consents.
      scopes: asked.length === 0 ? [...earlier] : granted,
      challenge: form.get('code_challenge') ?? undefined,
    }
    return backTo(callback, { code: this.#codes.give(grant, now) }, form.get('state'))
  }

  #exchange(form: URLSearchParams, now: number): Readonly<Record<string, string>> {
    const { app, access } = this.#setUp
    if (form.get('client_id') !== app.clientId || form.get('client_secret') !== app.clientSecret) {
      return refusal('incorrect_client_credentials', 'The client_id and/or client_secret passed are incorrect.')
    }
    const code = form.get('code')
    const found = this.#codes.find(code, now)
    if (found === 'used' || found === 'invalid') return wrongCode
    const { redirectUri, account, scopes, challenge } = found.grant
    if ((form.get('redirect_uri') ?? redirectUri) !== redirectUri) {
      return refusal('redirect_uri_mismatch', 'The redirect_uri MUST match the registered callback URL.')
    }
    if (challenge !== undefined && hash('sha256', form.get('code_verifier') ?? '', 'base64url') !== challenge) {
      return wrongCode
    }
    this.#codes.use(code)
    const scope = scopes.toSorted().join(',')
    const token = `gho_${randomText(36, alphabet, this.#random)}`
    access.addUser(token, { scopes, isMember: account.isMember })
    const key = `${account.name} ${scope}`
    const given = [...(this.#given.get(key) ?? []), token]
    for (const oldest of given.slice(0, -mostTokens)) access.removeUser(oldest)
    this.#given.set(key, given.slice(-mostTokens))
    return { access_token: token, scope, token_type: 'bearer' }
  }
}

/** Errors come with status 200. */
const refusal = (error: string, description: string): Readonly<Record<string, string>> => ({
  error,
  error_description: description,
  error_uri:
    'https://docs.github.com/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-oauth-app-access-token-request-errors',
})

const wrongCode = refusal('bad_verification_code', 'The code passed is incorrect or expired.')
