import { AuthError } from '../../core/errors.ts'
import { headerToken, parseCredential } from '../../core/poll/provider/credential-text.ts'

/** A GitHub App that the organization has installed. */
export interface AppCredential {
  readonly kind: 'app'
  /** The App's id or its client id. */
  readonly appId: string
  readonly installationId: string
  /** RSA key in PEM form, as downloaded from GitHub. */
  readonly privateKey: string
}

/** A personal access token or the token of an OAuth app; or an App that can request one. */
export type GithubCredential = { readonly kind: 'token'; readonly token: string } | AppCredential

const remedy =
  'store a token alone or as {"token": "…"}, or a GitHub App as {"appId": "…", "installationId": "…", "privateKey": "…"}'

/** @throws {AuthError} when the secret holds no credential; the message quotes none of it */
export function parseGithubCredential(secret: string): GithubCredential {
  const credential = parseCredential(secret, remedy)
  if (typeof credential === 'string') return { kind: 'token', token: headerToken(credential, 'token', remedy) }
  if (!('appId' in credential || 'installationId' in credential || 'privateKey' in credential)) {
    return { kind: 'token', token: headerToken(credential.token, 'token', remedy) }
  }
  return {
    kind: 'app',
    appId: idText(credential.appId, 'appId'),
    installationId: idText(credential.installationId, 'installationId'),
    privateKey: keyText(credential.privateKey),
  }
}

function idText(value: unknown, name: string): string {
  const text = typeof value === 'number' || typeof value === 'string' ? String(value).trim() : ''
  if (!/^[\w.-]{1,100}$/.test(text)) {
    throw new AuthError(`the secret holds no valid ${name}; ${remedy}`, { unasked: true })
  }
  return text
}

/** Restores the line breaks of the key, which are often escaped twice on the way into JSON. */
function keyText(value: unknown): string {
  if (typeof value !== 'string' || value.trim() === '') {
    throw new AuthError(`the secret holds no privateKey; ${remedy}`, { unasked: true })
  }
  return value.replaceAll('\\n', '\n').trim()
}

/** https://docs.github.com/en/rest/about-the-rest-api/api-versions; without a User-Agent GitHub answers 403. */
export const githubHeaders = (token: string): Readonly<Record<string, string>> => ({
  accept: 'application/vnd.github+json',
  authorization: `Bearer ${token}`,
  'user-agent': 'AuditLake',
  'x-github-api-version': '2022-11-28',
})
