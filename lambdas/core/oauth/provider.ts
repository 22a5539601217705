import { createHash, randomBytes } from 'node:crypto'
import { AuthError, TransientError } from '../errors.ts'
import { plainObjectIn } from '../json/forms.ts'
import type { JsonObject } from '../json/json.ts'
import type { HttpAnswer, HttpClient } from '../poll/provider/http.ts'
import { retryAfter } from '../poll/provider/retry-time.ts'

/** The settings and tools from which `<provider>/oauth.ts` makes an app. */
export interface OAuthConnection {
  /** Options of the source's type. */
  readonly options: JsonObject
  readonly clientId: string
  /** The scopes that are asked for. */
  readonly scopes: readonly string[]
  /** Base URL of the provider's website, unless it is the public one. */
  readonly webUrl?: string | undefined
  readonly http: HttpClient
  /** @default Date.now */
  readonly now?: () => number
}

/**
 * The type of `connect`, which `<provider>/oauth.ts` exports.
 * @throws {ConfigError} when `webUrl` cannot be used
 */
export type ConnectOAuth = (connection: OAuthConnection) => OAuthApp

/** The operator's app at a provider. */
export interface OAuthApp {
  /** The address at which a person consents. */
  consentUrl(ask: {
    /** Where the provider sends the person afterwards. */
    readonly redirectUri: string
    /** Comes back with the answer. */
    readonly state: string
    /** Present where the provider takes part in PKCE (method S256). */
    readonly challenge?: string
  }): string
  /**
   * Exchanges the code for a token, and checks what the answer says of it: its kind, its scopes, and whose log it
   * reads.
   * @throws {AuthError} when the token must not be stored; the message names the remedy, and neither code nor token
   * @throws {ConfigError} when the app or the settings have to be changed
   * @throws {TransientError} when the provider gives no usable answer
   */
  exchange(grant: {
    readonly code: string
    readonly redirectUri: string
    readonly clientSecret: string
    readonly verifier?: string
  }): Promise<IssuedToken>
  /**
   * Exchanges a refresh token; present where tokens can expire.
   * @throws {AuthError} when it works no more; the message names the remedy, and no token
   * @throws {ConfigError} when the app has to be changed
   * @throws {TransientError} when no usable answer arrives, although the provider may have exchanged it
   */
  renew?(grant: { readonly refreshToken: string; readonly clientSecret: string }): Promise<RenewedPair>
}

/** What a provider gives for a refresh token, which works once. */
export type RenewedPair = Required<IssuedToken>

/** A token of a provider, in the form in which secrets of sources hold one. */
export interface IssuedToken {
  readonly token: string
  /** Present where tokens expire; works once. */
  readonly refreshToken?: string
  /** ISO time. */
  readonly expiresAt?: string
}

/**
 * A secret that only this process knows until it is sent with the code. https://datatracker.ietf.org/doc/html/rfc7636
 */
export const newVerifier = (): string => randomBytes(32).toString('base64url')

export const challengeOf = (verifier: string): string => createHash('sha256').update(verifier).digest('base64url')

/**
 * Sends a form, with the client secret in its body.
 * @returns the JSON object of the answer
 * @throws {TransientError} when it has none
 */
export async function postForm(
  http: HttpClient,
  url: string,
  fields: Readonly<Record<string, string | undefined>>,
): Promise<HttpAnswer & { readonly members: Readonly<Record<string, unknown>> }> {
  const given = Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined)
  const answer = await http({
    method: 'POST',
    url,
    headers: {
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded',
      'user-agent': 'AuditLake',
    },
    body: new URLSearchParams(given).toString(),
  })
  const members = plainObjectIn(answer.bytes)
  if (answer.status === 429 || answer.status >= 500 || !members) {
    const retryAt = retryAfter(answer)
    throw new TransientError(`the provider gave no usable answer (status ${answer.status})`, { retryAt })
  }
  return { ...answer, members }
}

/** A code of an error, such as `invalid_code`, fit for a message; anything else a provider sends is left out. */
export const errorCode = (value: unknown): string =>
  typeof value === 'string' && /^[a-z][a-z_]{1,60}$/.test(value) ? value : 'an unknown error'

/** @throws {AuthError} when a scope was left out on the consent page */
export function requireScopes(granted: unknown, wanted: readonly string[]): void {
  const scopes = new Set(typeof granted === 'string' ? granted.split(/[\s,]+/) : [])
  const missing = wanted.filter((scope) => !scopes.has(scope))
  if (missing.length === 0) return
  throw new AuthError(
    `the consent did not include ${missing.join(', ')}: make a new link and leave the scope on the consent page`,
    { fault: 'scope' },
  )
}

/** @throws {TransientError} when it can be no token */
export function tokenText(value: unknown, name: string): string {
  if (typeof value === 'string' && /^[\x21-\x7e]{10,4000}$/.test(value)) return value
  throw new TransientError(`the provider's answer to the code holds no ${name}`)
}
