import { AuthError, TransientError } from '../../lambdas/core/errors.ts'
import type { RenewedPair } from '../../lambdas/core/oauth/provider.ts'

const hour = 3_600_000
const lifeMs = 12 * hour

/**
 * A provider whose tokens live for twelve hours. A refresh token works once; for a minute and a half after that it is
 * taken again, and at most two tokens of the person are active at a time.
 */
export class RotatingProvider {
  /** Exchanges of refresh tokens, as the provider saw them. */
  exchanges = 0
  /** How the next exchanges end: `lost` after the provider has done its part, `down` before. */
  readonly faults: ('lost' | 'down')[] = []
  clientSecretIsRight = true
  readonly #now: () => number
  readonly #active: { readonly token: string; readonly expiresAt: number }[] = []
  /** Refresh token -> when it was used. */
  readonly #refreshTokens = new Map<string, number | undefined>()
  #made = 0

  constructor(now: () => number) {
    this.#now = now
  }

  readonly graceMs = 90_000

  issue(): RenewedPair {
    const number = ++this.#made
    const expiresAt = this.#now() + lifeMs
    const pair = {
      token: `xoxe.xoxp-1-${number}`,
      refreshToken: `xoxe-1-${number}`,
      expiresAt: new Date(expiresAt).toISOString(),
    }
    this.#active.push({ token: pair.token, expiresAt })
    if (this.#active.length > 2) this.#active.shift()
    this.#refreshTokens.set(pair.refreshToken, undefined)
    return pair
  }

  accepts(token: string): boolean {
    return this.#active.some((one) => one.token === token && one.expiresAt > this.#now())
  }

  readonly renew = async (refreshToken: string): Promise<RenewedPair> => {
    const fault = this.faults.shift()
    if (fault === 'down') throw new TransientError('the provider is down')
    if (!this.clientSecretIsRight) throw new AuthError('bad_client_secret')
    this.exchanges++
    const usedAt = this.#refreshTokens.get(refreshToken)
    const isKnown = this.#refreshTokens.has(refreshToken)
    if (!isKnown || (usedAt !== undefined && this.#now() > usedAt + this.graceMs))
      throw new AuthError('invalid_refresh_token')
    this.#refreshTokens.set(refreshToken, usedAt ?? this.#now())
    const pair = this.issue()
    if (fault === 'lost') throw new TransientError('the answer was lost')
    return pair
  }
}
