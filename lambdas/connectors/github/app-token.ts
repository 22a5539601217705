import { AuthError, type Fault, TransientError } from '../../core/errors.ts'
import { plainObjectIn } from '../../core/json/forms.ts'
import type { HttpAnswer, HttpClient } from '../../core/poll/provider/http.ts'
import { rsaKey, signedJwt } from '../../core/poll/provider/jwt.ts'
import { onOurClock } from '../../core/poll/provider/retry-time.ts'
import { explanation, githubFailure, isRateLimited } from './answer.ts'
import { type AppCredential, githubHeaders } from './credential.ts'

/**
 * The JSON Web Token by which an App identifies itself, for at most ten minutes.
 * https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app
 * @param now milliseconds since 1970 by GitHub's clock
 * @throws {AuthError} when the key is not an RSA key in PEM form
 */
export function appJwt({ appId, privateKey }: AppCredential, now: number): string {
  const key = rsaKey(privateKey)
  if (!key) throw new AuthError(keyRemedy, { unasked: true })
  const seconds = Math.floor(now / 1000)
  // Issued a minute ago, as GitHub advises, and valid a minute less than allowed, because clocks differ.
  return signedJwt({ iat: seconds - 60, exp: seconds + 9 * 60, iss: appId }, key)
}

const keyRemedy =
  'the privateKey of the GitHub App is not an RSA key in PEM form; make a new one in the settings of the App and store ' +
  'the whole file, from "-----BEGIN" to "-----END … KEY-----"'

export interface InstallationToken {
  readonly token: string
  /** In milliseconds since 1970, by our clock. */
  readonly expiresAt: number
}

/** A larger difference of the clocks can make GitHub refuse a JWT, in milliseconds. */
const tolerableSkewMs = 30_000

/** A larger one is no difference of clocks; a JWT signed for such a time could be used when it comes. */
const believableSkewMs = 60 * 60_000

/**
 * Requests a token of an App's installation, which is valid for an hour. If GitHub refuses the JWT and its clock
 * differs from ours, tries once more by GitHub's clock.
 * https://docs.github.com/en/rest/apps/apps#create-an-installation-access-token-for-an-app
 */
export async function installationToken(
  app: AppCredential,
  { apiUrl, http, now }: { readonly apiUrl: string; readonly http: HttpClient; readonly now: () => number },
): Promise<InstallationToken> {
  const url = `${apiUrl}/app/installations/${encodeURIComponent(app.installationId)}/access_tokens`
  const ask = async (time: number) => {
    const jwt = appJwt(app, time)
    return { jwt, answer: await http({ method: 'POST', url, headers: githubHeaders(jwt) }) }
  }
  let asked = await ask(now())
  const skew = skewOf(asked.answer)
  const isOffByClock = Math.abs(skew) > tolerableSkewMs && Math.abs(skew) <= believableSkewMs
  if (asked.answer.status === 401 && isOffByClock) asked = await ask(now() + skew)
  const { answer, jwt } = asked
  if (answer.status !== 201) throw tokenFailure(answer, [jwt, app.privateKey])
  const { token, expires_at: expires } = plainObjectIn(answer.bytes) ?? {}
  if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) {
    throw new TransientError('GitHub gave no installation token in an answer that should hold one')
  }
  const expiry = typeof expires === 'string' ? Date.parse(expires) : Number.NaN
  return { token, expiresAt: Number.isNaN(expiry) ? answer.receivedAt : onOurClock(answer, expiry) }
}

function skewOf({ headers, receivedAt }: HttpAnswer): number {
  const theirs = Date.parse(headers.get('date') ?? '')
  return Number.isNaN(theirs) ? 0 : theirs - receivedAt
}

const refusals: Readonly<Record<number, { readonly problem: string; readonly fault?: Fault }>> = {
  401: {
    problem:
      'the App is not known or the key is not one of its keys: check appId and privateKey in the secret of the source',
    fault: 'expired-or-revoked',
  },
  403: {
    problem:
      'the installation is suspended or not allowed to do this: look at the App in the settings of the organization',
    fault: 'deactivated',
  },
  404: {
    problem:
      'the App has no such installation: check installationId in the secret, and that the App is still installed',
    fault: 'deactivated',
  },
  422: { problem: 'the installation cannot be given a token: look at the App in the settings of the organization' },
}

function tokenFailure(answer: HttpAnswer, secrets: readonly string[]): Error {
  const what = 'GitHub App, installation token'
  const refusal = refusals[answer.status]
  if (refusal === undefined || isRateLimited(answer)) return githubFailure(answer, what, secrets)
  const { problem, ...fault } = refusal
  return new AuthError(`${what}: ${problem}${explanation(answer, secrets)}`, fault)
}
