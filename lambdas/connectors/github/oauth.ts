import { AuthError, ConfigError } from '../../core/errors.ts'
import { type ConnectOAuth, errorCode, postForm, requireScopes, tokenText } from '../../core/oauth/provider.ts'
import { parseBaseUrl } from '../../core/poll/provider/base-url.ts'

/** https://docs.github.com/en/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-oauth-app-access-token-request-errors */
const remedies: Readonly<Record<string, string>> = {
  bad_verification_code: 'the code was used before or is older than ten minutes: make a new link',
  incorrect_client_credentials:
    'the client id or the client secret is wrong: generate a new client secret on the page of the OAuth app, put it into the client secret of the source, and make a new link',
  redirect_uri_mismatch:
    'the OAuth app has another callback URL: enter the one that the outputs of the stack name, and make a new link',
  unverified_user_email: 'the person has to verify their e-mail address at GitHub first',
}

/**
 * An OAuth app, whose tokens do not expire.
 * https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps
 */
export const connect: ConnectOAuth = ({ clientId, scopes, webUrl = 'https://github.com', http }) => {
  const web = parseBaseUrl(webUrl)
  return {
    consentUrl({ redirectUri, state, challenge }) {
      const parameters = new URLSearchParams({
        client_id: clientId,
        redirect_uri: redirectUri,
        scope: scopes.join(' '),
        state,
        ...(challenge !== undefined && { code_challenge: challenge, code_challenge_method: 'S256' }),
        // Else GitHub takes the account that happens to be signed in, which may be none of the organization.
        prompt: 'select_account',
        allow_signup: 'false',
      })
      return `${web}/login/oauth/authorize?${parameters}`
    },
    async exchange({ code, redirectUri, clientSecret, verifier }) {
      const { status, members } = await postForm(http, `${web}/login/oauth/access_token`, {
        client_id: clientId,
        client_secret: clientSecret,
        code,
        redirect_uri: redirectUri,
        code_verifier: verifier,
      })
      // GitHub answers errors with status 200.
      if (members.error !== undefined || status !== 200) throw refusal(members.error)
      if (members.refresh_token !== undefined || members.expires_in !== undefined) {
        throw new ConfigError(
          'GitHub: oauth.clientId is that of a GitHub App, whose tokens end after eight hours; register an OAuth app',
        )
      }
      requireScopes(members.scope, scopes)
      return { token: tokenText(members.access_token, 'token') }
    },
  }
}

function refusal(error: unknown): Error {
  const code = errorCode(error)
  const remedy = Object.hasOwn(remedies, code) ? remedies[code] : undefined
  if (code === 'redirect_uri_mismatch') return new ConfigError(`GitHub: ${remedy}`)
  return new AuthError(`GitHub does not exchange the code (${code})${remedy === undefined ? '' : `: ${remedy}`}`)
}
