import { isPlainObject, jsonIn } from '../json/forms.ts'
import type { SecretVersion } from '../ports.ts'

/** A token with the refresh token that renews it once, as the secret of a source holds them. */
export interface TokenPair {
  readonly token: string
  readonly refreshToken: string
  /** When the token expires, in milliseconds since 1970; absent where the secret does not say. */
  readonly expiresAt?: number
  /** Everything else in the secret. */
  readonly others: Readonly<Record<string, unknown>>
}

/** The pair in a secret; `undefined` when it holds a token that does not expire, or none. */
export function pairIn(secret: string): TokenPair | undefined {
  const value = secret.trim().startsWith('{') ? jsonIn(secret) : undefined
  if (!isPlainObject(value)) return undefined
  const { token, refreshToken, expiresAt, previous: _before, ...others } = value
  if (typeof token !== 'string' || typeof refreshToken !== 'string' || refreshToken === '') return undefined
  const time = typeof expiresAt === 'string' ? Date.parse(expiresAt) : Number.NaN
  return { token, refreshToken, others, ...(!Number.isNaN(time) && { expiresAt: time }) }
}

/**
 * When a pair is to be renewed: at half of its life, so that half a life is left for trying again. At once if the
 * secret does not say when it expires.
 */
export const renewAt = ({ expiresAt }: TokenPair, { createdAt }: SecretVersion): number =>
  expiresAt === undefined ? createdAt : createdAt + Math.max(0, expiresAt - createdAt) / 2

/**
 * The secret with a new pair. The pair before stays beside it, because the provider still takes it for a while, and
 * nothing of it could be had again.
 */
export function withPair(
  { token, refreshToken, expiresAt, others }: TokenPair,
  next: { readonly token: string; readonly refreshToken: string; readonly expiresAt: string },
): string {
  const previous = {
    token,
    refreshToken,
    ...(expiresAt !== undefined && { expiresAt: new Date(expiresAt).toISOString() }),
  }
  return JSON.stringify({ ...others, ...next, previous })
}
