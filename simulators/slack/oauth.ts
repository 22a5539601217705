import { backTo, ConsentCodes, callbackOf, consentPage, consentRefusal, scopesIn } from '../shared/consent.ts'
import { isObject } from '../shared/json.ts'
import type { SimulatedRequest } from '../shared/provider-simulator.ts'
import { randomText, seededRandom } from '../shared/seeded-random.ts'
import type { SimulatedAnswer } from '../shared/simulator-faults.ts'
import { Installs, type Issued, type Place, rotatedSeconds } from './installs.ts'
import { listRefusal } from './numbered-list.ts'
import { administrator, exampleEnterpriseId, isRefused, type SlackToken, type SlackTokens } from './tokens.ts'

/** An app that asks for tokens. */
export interface SlackApp {
  readonly clientId: string
  readonly clientSecret: string
  /** Whether token rotation is on. @default false */
  readonly rotates?: boolean
}

/** Invented. */
export const exampleSlackApp: SlackApp = {
  clientId: '1000000001.1000000000001',
  clientSecret: 'simulated-slack-client-secret-of-nobody',
}

/** Ids of an organization and a workspace in it to which no source belongs. */
export const otherEnterpriseId = 'E0EXAMPLE2'
export const otherTeamId = 'T0EXAMPLE2'

const authorizePath = '/oauth/v2/authorize'

interface Grant {
  readonly redirectUri: string
  readonly place: Place
  readonly userScopes: readonly string[]
  readonly botScopes: readonly string[]
}

interface SetUp {
  readonly app: SlackApp
  readonly tokens: SlackTokens
  /** A token of the organization and workspace on which the app can be installed. */
  readonly own: SlackToken
  readonly seed: number
}

/**
 * The consent page and the exchange of codes for tokens. `POST /_app` takes `{"clientSecret": "…"}`, and
 * `{"uninstall": "token_revoked"}` or `"account_inactive"`, with which Slack refuses the app's tokens afterwards.
 * https://docs.slack.dev/authentication/installing-with-oauth
 */
export class SlackOAuth {
  #app: SlackApp
  readonly #tokens: SlackTokens
  readonly #installs: Installs
  readonly #places: readonly Place[]
  readonly #random: () => number
  readonly #codes: ConsentCodes<Grant>

  constructor({ app, tokens, own, seed }: SetUp) {
    this.#app = app
    this.#tokens = tokens
    this.#installs = new Installs({ tokens, rotates: app.rotates ?? false, seed })
    this.#random = seededRandom(seed ^ 0x0a07)
    this.#codes = new ConsentCodes(() => `1000000001.1000000000001.${this.#text(64, '0123456789abcdef')}`)
    const { teamId, enterpriseId } = own
    const other = { teamId: otherTeamId, enterpriseId: otherEnterpriseId }
    this.#places = [
      { key: 'organization', ofOrganization: true, teamId, enterpriseId: enterpriseId ?? exampleEnterpriseId },
      { key: 'workspace', ofOrganization: false, teamId, enterpriseId },
      { key: 'other-organization', ofOrganization: true, ...other },
      { key: 'other-workspace', ofOrganization: false, ...other },
    ]
  }

  /** @returns `undefined` for a path of others */
  answer(request: SimulatedRequest): SimulatedAnswer | undefined {
    const { method, url, body, now } = request
    switch (`${method} ${url.pathname}`) {
      case `GET ${authorizePath}`:
        return this.#ask(url.searchParams)
      case `POST ${authorizePath}`:
        return this.#decide(new URLSearchParams(body), now)
      case 'POST /api/oauth.v2.access':
        return this.#access(request)
      case 'POST /api/auth.revoke': {
        const judged = this.#tokens.judge(request)
        if (isRefused(judged)) return listRefusal(judged)
        const isTest = (new URLSearchParams(body).get('test') ?? url.searchParams.get('test')) === '1'
        if (!isTest) this.#installs.revoke(judged.token)
        return success({ revoked: !isTest })
      }
      case 'POST /_app':
        this.#change(JSON.parse(body))
        return { status: 200, headers: {}, body: {} }
      default:
        return undefined
    }
  }

  #text(length: number, alphabet: string): string {
    return randomText(length, alphabet, this.#random)
  }

  /** The error that the page shows, since an unknown app or callback gets no answer. */
  #problem(fields: URLSearchParams): string | undefined {
    if (fields.get('client_id') !== this.#app.clientId) return 'invalid_client_id'
    if (callbackOf(fields.get('redirect_uri')) === undefined) return 'bad_redirect_uri'
    const scopes = [...scopesIn(fields.get('user_scope')), ...scopesIn(fields.get('scope'))]
    return scopes.length === 0 ? 'no scopes requested' : undefined
  }

  #ask(asked: URLSearchParams): SimulatedAnswer {
    const problem = this.#problem(asked)
    if (problem !== undefined) return consentRefusal(400, problem)
    const names = ['client_id', 'scope', 'user_scope', 'redirect_uri', 'state']
    const team = this.#places.find(({ ofOrganization, teamId }) => !ofOrganization && teamId === asked.get('team'))
    return consentPage({
      question: `The app ${asked.get('client_id')} asks ${administrator.name} for access to Slack`,
      action: authorizePath,
      hidden: [...asked].filter(([name]) => names.includes(name)),
      places: this.#places.map((place) => ({ name: 'place', value: place.key, label: nameOf(place) })),
      chosen: (team ?? this.#places[0])?.key ?? '',
      scopes: [
        ...scopesIn(asked.get('user_scope')).map((value) => ({ name: 'granted', value, label: value })),
        ...scopesIn(asked.get('scope')).map((value) => ({ name: 'granted_bot', value, label: `${value} (bot)` })),
      ],
      allow: 'Allow',
    })
  }

  #decide(form: URLSearchParams, now: number): SimulatedAnswer {
    const problem = this.#problem(form)
    const callback = callbackOf(form.get('redirect_uri'))
    const place = this.#places.find(({ key }) => key === form.get('place'))
    if (problem !== undefined || callback === undefined) return consentRefusal(400, problem ?? 'bad_redirect_uri')
    if (form.get('answer') !== 'allow') return backTo(callback, { error: 'access_denied' }, form.get('state'))
    if (place === undefined) return consentRefusal(400, 'no organization or workspace was chosen')
    const checked = (asked: string, granted: string) =>
      scopesIn(form.get(asked)).filter((scope) => form.getAll(granted).includes(scope))
    const grant = {
      redirectUri: form.get('redirect_uri') ?? '',
      place,
      userScopes: checked('user_scope', 'granted'),
      botScopes: checked('scope', 'granted_bot'),
    }
    return backTo(callback, { code: this.#codes.give(grant, now) }, form.get('state'))
  }

  /** `oauth.v2.access`. https://docs.slack.dev/reference/methods/oauth.v2.access */
  #access({ headers, body, now }: SimulatedRequest): SimulatedAnswer {
    if (!headers['content-type']?.startsWith('application/x-www-form-urlencoded')) return refused('invalid_post_type')
    const form = new URLSearchParams(body)
    const { clientId, clientSecret } = clientIn(headers.authorization, form)
    if (clientId !== this.#app.clientId) return refused('invalid_client_id')
    if (clientSecret !== this.#app.clientSecret) return refused('bad_client_secret')
    if (form.get('grant_type') === 'refresh_token') return this.#refresh(form.get('refresh_token') ?? '', now)
    const code = form.get('code')
    const found = this.#codes.find(code, now)
    if (found === 'used') return refused('code_already_used')
    if (found === 'invalid') return refused('invalid_code')
    const { redirectUri, place, userScopes, botScopes } = found.grant
    if (form.get('redirect_uri') !== redirectUri) return refused('bad_redirect_uri')
    this.#codes.use(code)
    const user = userScopes.length === 0 ? {} : userToken(this.#installs.install(place, userScopes, now))
    const bot = {
      scope: botScopes.join(','),
      access_token: `xoxb-${this.#text(40, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789')}`,
      token_type: 'bot',
      bot_user_id: 'U0EXAMPLEBOT',
    }
    return success({
      app_id: 'A0EXAMPLE1',
      authed_user: { id: administrator.id, ...user },
      ...ownersOf(place),
      ...(botScopes.length > 0 && bot),
    })
  }

  /** The answer for a token of a person is flat, unlike that for a code. */
  #refresh(refreshToken: string, now: number): SimulatedAnswer {
    if (!this.#app.rotates) return refused('token_rotation_not_enabled')
    const issued = this.#installs.refresh(refreshToken, now)
    if (issued === undefined) return refused('invalid_refresh_token')
    return success({
      app_id: 'A0EXAMPLE1',
      user_id: administrator.id,
      ...userToken(issued),
      ...ownersOf(issued.place),
    })
  }

  #change(order: unknown): void {
    if (!isObject(order)) throw new Error('expected a JSON object')
    const { clientSecret, uninstall } = order
    if (typeof clientSecret === 'string') this.#app = { ...this.#app, clientSecret }
    if (typeof uninstall !== 'string') return
    this.#installs.uninstall(uninstall)
    this.#codes.forget()
  }
}

const success = (members: object): SimulatedAnswer => ({ status: 200, headers: {}, body: { ok: true, ...members } })

const refused = (error: string): SimulatedAnswer => listRefusal({ error })

const userToken = ({ token: { token, scopes }, refreshToken }: Issued): object => ({
  scope: scopes.join(','),
  access_token: token,
  token_type: 'user',
  ...(refreshToken !== undefined && { refresh_token: refreshToken, expires_in: rotatedSeconds }),
})

const ownersOf = ({ ofOrganization, teamId, enterpriseId }: Place): object => ({
  team: ofOrganization ? null : { id: teamId, name: 'Example Workspace' },
  enterprise: enterpriseId === undefined ? null : { id: enterpriseId, name: 'Example Corp' },
  is_enterprise_install: ofOrganization,
})

const nameOf = ({ key, ofOrganization, teamId, enterpriseId }: Place): string =>
  `${key.startsWith('other') ? 'Another' : 'The'} ${ofOrganization ? `organization ${enterpriseId}` : `workspace ${teamId}`}`

/** The app's id and secret, from HTTP Basic authentication or the form. */
function clientIn(authorization: string | undefined, form: URLSearchParams) {
  const [, basic] = /^Basic (\S+)$/.exec(authorization ?? '') ?? []
  if (basic === undefined) return { clientId: form.get('client_id'), clientSecret: form.get('client_secret') }
  const [, clientId, clientSecret] = /^([^:]*):(.*)$/s.exec(Buffer.from(basic, 'base64').toString()) ?? []
  return { clientId, clientSecret }
}
