import { AuthError, ConfigError, CursorError, type Fault } from '../../core/errors.ts'
import { plainObjectIn } from '../../core/json/forms.ts'
import type { HttpAnswer } from '../../core/poll/provider/http.ts'
import { providerWords } from '../../core/poll/provider/provider-words.ts'
import { explanation, githubFailure, isRateLimited } from './answer.ts'

/** What a credential needs for a request, in words. */
export interface Rights {
  /** What a token must have. */
  readonly token: string
  /** What the operator should check, as "that …, that …". */
  readonly check: string
  /** The settings that can be wrong, such as "name and apiUrl". */
  readonly settings: string
}

/** The request that was refused. */
export interface Asked {
  /** Name of the feed; begins every message. */
  readonly what: string
  readonly rights: Rights
  /** The credentials that were sent. */
  readonly secrets: readonly string[]
  readonly withCursor: boolean
}

/** Possible statuses for an expired cursor; GitHub documents none. */
const cursorStatuses = new Set([400, 404, 410, 422])

/**
 * The error for an answer other than 200.
 * https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api
 */
export function githubRefusal(answer: HttpAnswer, asked: Asked): Error {
  const { what, secrets, withCursor } = asked
  const { status } = answer
  const told = explanation(answer, secrets)
  if (isRateLimited(answer)) return githubFailure(answer, what, secrets)
  if (withCursor && cursorStatuses.has(status)) return new CursorError(`${what}: GitHub refused the next page${told}`)
  if (status === 401) {
    return new AuthError(
      `${what}: GitHub does not accept the token. It is wrong, expired or revoked: put a new one with ` +
        `${asked.rights.token} into the secret of the source${told}`,
      { fault: 'expired-or-revoked' },
    )
  }
  // GitHub refuses in JSON; anything else comes from a proxy and says nothing about the credential.
  if (status === 403 && plainObjectIn(answer.bytes) !== undefined) return forbidden(answer, asked, told)
  if (status === 404) {
    const message = `${what}: ${notFound(asked)}${scopes(answer, secrets)}${told}`
    return new AuthError(message, lacksScope(answer) ? { fault: 'scope' } : {})
  }
  if (status === 400 || status === 410 || status === 422) {
    return new ConfigError(`${what}: GitHub does not take the request; check the settings of the source${told}`)
  }
  return githubFailure(answer, what, secrets)
}

function forbidden(answer: HttpAnswer, asked: Asked, told: string): AuthError {
  const sso = answer.headers.get('x-github-sso')
  if (sso?.trim().toLowerCase().startsWith('required')) {
    return new AuthError(
      `${asked.what}: the token is not authorized for single sign-on. Open the settings of the token at GitHub, choose ` +
        `"Configure SSO" and authorize it${told}`,
      { fault: 'sso' },
    )
  }
  const { message } = plainObjectIn(answer.bytes) ?? {}
  const fault = lacksScope(answer) ? 'scope' : toldFaults.find(([text]) => text.test(String(message)))?.[1]
  return new AuthError(
    `${asked.what}: access is forbidden. ${needs(asked)}, and that no IP allow list blocks AuditLake` +
      `${scopes(answer, asked.secrets)}${told}`,
    fault && { fault },
  )
}

/** The faults that only the text of a 403 tells. */
const toldFaults: readonly (readonly [RegExp, Fault])[] = [
  // https://docs.github.com/en/organizations/managing-oauth-access-to-your-organizations-data/about-oauth-app-access-restrictions
  [/OAuth App access restrictions/i, 'app-not-approved'],
  // https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api
  [/Resource not accessible by (?:integration|personal access token)/i, 'scope'],
  [/must (?:have admin rights|be an? (?:\w+ )?(?:owner|admin))/i, 'role'],
]

/**
 * Whether the token has none of the scopes of which GitHub wants one, nor a wider one. Tokens of other kinds have no
 * such header. https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps
 */
function lacksScope({ headers }: HttpAnswer): boolean {
  const had = listOf(headers.get('x-oauth-scopes'))
  const wanted = listOf(headers.get('x-accepted-oauth-scopes'))
  return (
    had !== undefined &&
    wanted !== undefined &&
    wanted.length > 0 &&
    !wanted.some((one) => widerScopes(one).some((wider) => had.includes(wider)))
  )
}

function widerScopes(scope: string): string[] {
  const [, of = scope] = /^(?:read|write|admin):(.+)$/.exec(scope) ?? []
  return [scope, of, `write:${of}`, `admin:${of}`]
}

const listOf = (text: string | null): string[] | undefined =>
  text
    ?.split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')

const notFound = (asked: Asked): string =>
  `GitHub hides it from this credential (it answers 404 for a plan, a role or a scope that is missing as for a wrong ` +
  `name). ${needs(asked)}, and that ${asked.rights.settings} are right`

const needs = ({ rights }: Asked): string => `Check ${rights.check} and has ${rights.token}`

/** The scopes that the token has and those it needs, where GitHub names them. */
function scopes({ headers }: HttpAnswer, secrets: readonly string[]): string {
  const facts = [
    ['the token has', headers.get('x-oauth-scopes')],
    ['needed', headers.get('x-accepted-oauth-scopes') ?? headers.get('x-accepted-github-permissions')],
  ] as const
  const told = facts.flatMap(([name, value]) => {
    if (value === null) return []
    return [`${name}: ${value.trim() === '' ? 'no scope' : providerWords(value, secrets)}`]
  })
  return told.length === 0 ? '' : ` [${told.join('; ')}]`
}

/**
 * The error for an answer other than 200 about an enterprise's streams.
 * https://github.blog/changelog/2024-07-15-audit-log-streaming-can-now-be-configured-via-githubs-rest-api-private-beta
 */
export function streamsRefusal(answer: HttpAnswer, what: string, secrets: readonly string[]): Error {
  const isRefused = answer.status === 401 || answer.status === 403 || answer.status === 404
  if (isRateLimited(answer) || !isRefused || plainObjectIn(answer.bytes) === undefined) {
    return githubFailure(answer, what, secrets)
  }
  return new AuthError(
    `${what}: GitHub refuses this token. It takes a classic token with admin:enterprise of an administrator of the ` +
      `enterprise; check it and the name of the enterprise${scopes(answer, secrets)}${explanation(answer, secrets)}`,
    answer.status === 401 ? { fault: 'expired-or-revoked' } : lacksScope(answer) ? { fault: 'scope' } : {},
  )
}
