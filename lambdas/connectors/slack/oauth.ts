import { AuthError, ConfigError, TransientError } from '../../core/errors.ts'
import { isPlainObject } from '../../core/json/forms.ts'
import {
  type ConnectOAuth,
  errorCode,
  type IssuedToken,
  postForm,
  requireScopes,
  tokenText,
} from '../../core/oauth/provider.ts'
import { parseBaseUrl } from '../../core/poll/provider/base-url.ts'
import { named } from './check.ts'
import { parseSlackCredential } from './credential.ts'

const wrongClient =
  'the client id or the client secret is wrong: put the client secret that the page of the app shows now into the client secret of the source, and make a new link'
const anew = 'make a new link'

/** https://docs.slack.dev/reference/methods/oauth.v2.access */
const remedies: Readonly<Record<string, string>> = {
  invalid_code: `the code is older than ten minutes: ${anew}`,
  code_already_used: `the code was used before: ${anew}`,
  bad_client_secret: wrongClient,
  invalid_client_id: wrongClient,
  bad_redirect_uri:
    'the app has another redirect URL: add the callback URL that the outputs of the stack name, and make a new link',
  cannot_install_an_org_installed_app: `the app is installed on the organization: choose the organization, and ${anew}`,
  invalid_team_for_non_distributed_app: `activate public distribution of the app, which lists it nowhere, and ${anew}`,
}

/**
 * An app whose user tokens read the logs of an organization (`enterpriseId`) or of a workspace (`teamId`).
 * https://docs.slack.dev/authentication/installing-with-oauth
 */
export const connect: ConnectOAuth = ({ options, clientId, scopes, webUrl = 'https://slack.com', http }) => {
  const web = parseBaseUrl(webUrl, 'webUrl')
  return {
    consentUrl({ redirectUri, state }) {
      const parameters = new URLSearchParams({
        client_id: clientId,
        // Scopes in "scope" would be those of a bot.
        user_scope: scopes.join(','),
        redirect_uri: redirectUri,
        state,
        ...(typeof options.teamId === 'string' && { team: options.teamId }),
      })
      return `${web}/oauth/v2/authorize?${parameters}`
    },
    async exchange({ code, redirectUri, clientSecret }) {
      const { members, receivedAt } = await postForm(http, `${web}/api/oauth.v2.access`, {
        client_id: clientId,
        client_secret: clientSecret,
        code,
        redirect_uri: redirectUri,
      })
      if (members.ok !== true) throw refusal(members.error)
      const { authed_user: user } = members
      if (!isPlainObject(user) || user.access_token === undefined || user.token_type !== 'user') {
        throw new ConfigError(
          `Slack gave no user token: the user scope ${scopes.join(', ')} was left out on the consent page, or the app has scopes of a bot alone. Give it that scope, and ${anew}`,
        )
      }
      requireScopes(user.scope, scopes)
      requireOwner(members, options)
      return tokenOf(user, receivedAt)
    },
    async renew({ refreshToken, clientSecret }) {
      const { members, receivedAt } = await postForm(http, `${web}/api/oauth.v2.access`, {
        client_id: clientId,
        client_secret: clientSecret,
        grant_type: 'refresh_token',
        refresh_token: refreshToken,
      })
      if (members.ok !== true) throw notRenewed(members.error)
      const user = renewedUser(members)
      // A pair is never thrown away: the refresh token before it works no more.
      const seconds = Number(user.expires_in) > 0 ? Number(user.expires_in) : cautiousSeconds
      const { token, refreshToken: next, expiresAt } = tokenOf({ ...user, expires_in: seconds }, receivedAt)
      if (next === undefined || expiresAt === undefined) {
        throw new TransientError('Slack renewed the token, and gave no refresh token for the next time')
      }
      return { token, refreshToken: next, expiresAt }
    },
  }
}

/**
 * The new user token. Unlike the answer to a code, that to the refresh token of a user is flat; misread, it would cost
 * the only refresh token there is. https://docs.slack.dev/authentication/using-token-rotation
 */
function renewedUser(members: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if (members.token_type === 'user') return members
  const { authed_user: user } = members
  if (isPlainObject(user) && user.token_type === 'user') return user
  throw new ConfigError('Slack renewed a token of another kind: give the app user scopes alone, and connect again')
}

/** The life to assume of a token whose answer does not say, in seconds. */
const cautiousSeconds = 3_600

function notRenewed(error: unknown): Error {
  const code = errorCode(error)
  if (isTemporary(code)) return new TransientError(`Slack could not renew the token (${code})`)
  if (code === 'bad_client_secret' || code === 'invalid_client_id') {
    return new AuthError(
      `Slack does not renew the token (${code}): put the client secret that the page of the app shows now into the client secret of the source`,
    )
  }
  return new AuthError(
    `Slack does not renew the token (${code}): the refresh token was used or revoked, or the app was uninstalled. Connect the source again with npm run connect`,
    { fault: 'expired-or-revoked' },
  )
}

const isTemporary = (code: string): boolean =>
  ['ratelimited', 'internal_error', 'fatal_error', 'service_unavailable', 'request_timeout'].includes(code)

function refusal(error: unknown): Error {
  const code = errorCode(error)
  const remedy = Object.hasOwn(remedies, code) ? `: ${remedies[code]}` : ''
  if (isTemporary(code)) {
    return new TransientError(`Slack could not exchange the code (${code})`)
  }
  return new AuthError(`Slack does not exchange the code (${code})${remedy}`)
}

/** Only an installation on the organization or workspace of the settings counts, also if an administrator consented. */
function requireOwner(
  { team, enterprise, is_enterprise_install: isOfOrganization }: Readonly<Record<string, unknown>>,
  { enterpriseId, teamId }: { readonly enterpriseId?: unknown; readonly teamId?: unknown },
): void {
  const organization = isPlainObject(enterprise) ? enterprise.id : undefined
  const workspace = isPlainObject(team) ? team.id : undefined
  if (enterpriseId !== undefined) {
    if (organization !== enterpriseId) {
      throw wrong(`the app was installed on ${named(organization)}, and enterpriseId names ${enterpriseId}`)
    }
    if (isOfOrganization !== true) {
      throw wrong(
        `the app was installed on a workspace (${named(workspace)}). Make a new link, and choose the organization when Slack asks where to install it`,
      )
    }
    return
  }
  // Whether the token of an organization reaches the workspace shows when the log of the workspace is read with it.
  if (isOfOrganization === true && typeof teamId === 'string') return
  if (typeof teamId !== 'string' || workspace !== teamId) {
    throw wrong(`the app was installed on ${named(workspace)}, and teamId names ${teamId}`)
  }
}

const wrong = (problem: string): AuthError => new AuthError(`Slack: ${problem}`, { fault: 'wrong-organization' })

/** With token rotation, the refresh token and the end of the token come along. */
function tokenOf(user: Readonly<Record<string, unknown>>, receivedAt: number): IssuedToken {
  const token = tokenText(user.access_token, 'token')
  parseSlackCredential(JSON.stringify({ token }))
  const { refresh_token: refreshToken, expires_in: seconds } = user
  if (refreshToken === undefined && seconds === undefined) return { token }
  if (typeof seconds !== 'number' || !(seconds > 0 && seconds < 1e9)) {
    throw new TransientError('Slack did not say when the token expires')
  }
  return {
    token,
    refreshToken: tokenText(refreshToken, 'refresh token'),
    expiresAt: new Date(receivedAt + seconds * 1000).toISOString(),
  }
}
