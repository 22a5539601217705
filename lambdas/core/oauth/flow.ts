import { AuthError, ConfigError, StoreError, TransientError } from '../errors.ts'
import type { ObjectStore, SecretStore, SecretWriter } from '../ports.ts'
import type { Credentials } from '../webhook/credentials.ts'
import { beginAttempt, countStart, type HeldAttempt, takeAttempt } from './attempts.ts'
import type { Outcome } from './pages.ts'
import { challengeOf, errorCode, newVerifier, type OAuthApp } from './provider.ts'
import { type Attempt, attemptMs, readSigned, sign } from './signed-link.ts'
import type { OAuthSource } from './source.ts'

/** A source with what its connector brings. */
export interface Consent {
  readonly app: OAuthApp
  /** Whether the provider takes part in PKCE. */
  readonly pkce: boolean
  /**
   * Reads the log of the source with a credential that is not stored yet.
   * @throws what the connector throws when that does not work
   */
  tryOut(secret: string): Promise<void>
}

export interface FlowOptions {
  /** Source id -> source. */
  readonly sources: ReadonlyMap<string, OAuthSource>
  readonly consentOf: (source: OAuthSource) => Promise<Consent>
  /** Base URL of the routes, without a slash at its end. */
  readonly publicUrl: string
  /** Keys of the MACs, by the id of their secret. */
  readonly keys: Credentials
  readonly keySecretId: string
  /** Reads client secrets. */
  readonly secrets: SecretStore
  /** Stores tokens. */
  readonly tokens: SecretWriter
  /** Keeps attempts. */
  readonly ops: ObjectStore
  /** @default Date.now */
  readonly now?: () => number
}

/** A request of the browser: the id in the path and the query, both untrusted. */
export interface BrowserRequest {
  readonly sourceId: string
  readonly query: Readonly<Record<string, string | undefined>>
}

/** The answer to the browser, for the response and the log. */
export interface FlowAnswer {
  readonly outcome: Outcome
  /** Where the browser goes on, for `started`. */
  readonly location?: string
  /** Absent when the source is unknown, because the id in the path is then untrusted. */
  readonly sourceId?: string
  readonly cause?: unknown
}

/** Parameter of the start link that holds the signed attempt. */
export const linkParameter = 'link'

export const startPath = (sourceId: string): string => `/oauth/${sourceId}/start`
const callbackPath = (sourceId: string): string => `/oauth/${sourceId}/callback`

/** Clocks of the operator's machine and of the function may differ by this much, in milliseconds. */
const toleratedMs = 2 * 60_000

/**
 * The consent of a person as two requests: the start link leads to the provider's website, and the provider leads back
 * with a code. A request costs nothing beyond its MAC unless the operator's key made it. docs/oauth.md says what
 * protects it.
 */
export function createOAuthFlow(options: FlowOptions): {
  start(request: BrowserRequest): Promise<FlowAnswer>
  callback(request: BrowserRequest): Promise<FlowAnswer>
} {
  const answering = (act: (source: OAuthSource, query: BrowserRequest['query']) => Promise<FlowAnswer>) => {
    return async ({ sourceId, query }: BrowserRequest): Promise<FlowAnswer> => {
      const source = options.sources.get(sourceId)
      if (!source) return { outcome: 'unknown_source' }
      try {
        return { ...(await act(source, query)), sourceId }
      } catch (cause) {
        // Before an attempt is held, no provider is asked.
        return { outcome: cause instanceof TransientError ? 'store_down' : 'internal', sourceId, cause }
      }
    }
  }
  return { start: answering(createStart(options)), callback: answering(createCallback(options)) }
}

function createStart(options: FlowOptions) {
  const { ops, keys, keySecretId, consentOf, publicUrl, now = Date.now } = options
  return async (source: OAuthSource, query: BrowserRequest['query']): Promise<FlowAnswer> => {
    const attempt = await verified(options, 'start', source, query[linkParameter])
    if (typeof attempt === 'string') return { outcome: attempt }
    const verifier = newVerifier()
    const held = await beginAttempt(ops, attempt, verifier)
    if (!held) return { outcome: 'used' }
    return ending(held, async () => {
      if (!(await countStart(ops, now())))
        return { outcome: 'too_many', says: 'more than ten links were opened in a minute' }
      const { app, pkce } = await consentOf(source)
      const [key = ''] = await keys.keys(keySecretId)
      const awaited = { ...attempt, expiresAt: now() + attemptMs }
      const location = app.consentUrl({
        redirectUri: `${publicUrl}${callbackPath(source.id)}`,
        state: sign('state', awaited, key),
        ...(pkce && { challenge: challengeOf(verifier) }),
      })
      return { outcome: 'started', location }
    })
  }
}

function createCallback(options: FlowOptions) {
  const { ops, secrets, tokens, consentOf, publicUrl } = options
  return async (source: OAuthSource, query: BrowserRequest['query']): Promise<FlowAnswer> => {
    const attempt = await verified(options, 'state', source, query.state)
    if (typeof attempt === 'string') return { outcome: attempt }
    const held = await takeAttempt(ops, attempt)
    if (!held) return { outcome: 'used' }
    return ending(held, async () => {
      const { error, code } = query
      if (error === 'access_denied') return { outcome: 'denied', says: 'the person did not consent' }
      if (error !== undefined || !code) {
        throw new ConfigError(`the provider sent the person back with ${errorCode(error)} in place of a code`)
      }
      const clientSecret = (await secrets.read(source.clientSecretId, 'AWSCURRENT'))?.value.trim()
      if (!clientSecret) throw new AuthError(`put the client secret of the app into ${source.clientSecretId}`)
      const { app, pkce, tryOut } = await consentOf(source)
      const redirectUri = `${publicUrl}${callbackPath(source.id)}`
      const token = await app.exchange({ code, redirectUri, clientSecret, ...(pkce && { verifier: held.verifier }) })
      const secret = JSON.stringify(token)
      await tryOut(secret)
      await tokens.put(source.secretId, secret)
      return { outcome: 'stored', says: 'the credential works and is stored' }
    })
  }
}

/** The attempt of a signed text, or why it counts no more. */
async function verified(
  { keys, keySecretId, now = Date.now }: FlowOptions,
  purpose: 'start' | 'state',
  source: OAuthSource,
  signed = '',
): Promise<Attempt | 'invalid_link' | 'expired'> {
  const known = await keys.keys(keySecretId)
  const readWith = (some: readonly string[]) => some.map((key) => readSigned(purpose, signed, key)).find(Boolean)
  const attempt = readWith(known) ?? readWith((await keys.reread(keySecretId)) ?? [])
  if (!attempt || attempt.sourceId !== source.id) return 'invalid_link'
  const left = attempt.expiresAt - now()
  return left <= 0 || left > attemptMs + toleratedMs ? 'expired' : attempt
}

interface Ended {
  readonly outcome: Outcome
  readonly location?: string
  /** Absent while the attempt goes on. */
  readonly says?: string
}

/** Ends an attempt with what became of it, so that the command that waits can say it. */
async function ending(attempt: HeldAttempt, act: () => Promise<Ended>): Promise<FlowAnswer> {
  const { says, ...answer } = await act().catch((cause: unknown) => failed(cause))
  if (says === undefined) return answer
  const result = answer.outcome === 'stored' ? 'stored' : 'refused'
  // A token that is stored counts, whether or not the command learns of it.
  const lost = await attempt.finish({ result, says }).then(
    () => undefined,
    (cause: unknown) => cause,
  )
  return lost === undefined ? answer : { cause: lost, ...answer }
}

/** The errors of connectors name the remedy and no secret; those of other code may quote anything. */
function failed(cause: unknown): Ended & { readonly cause: unknown } {
  if (cause instanceof AuthError || cause instanceof ConfigError) {
    return { outcome: 'refused', says: cause.message, cause }
  }
  if (cause instanceof StoreError) return { outcome: 'store_down', says: `${cause.message}; make a new link`, cause }
  if (cause instanceof TransientError) {
    return { outcome: 'provider_down', says: `${cause.message}; make a new link`, cause }
  }
  return { outcome: 'internal', says: 'AuditLake failed on the answer of the provider', cause }
}
