import { randomText, seededRandom } from '../shared/seeded-random.ts'
import type { SlackToken, SlackTokens } from './tokens.ts'

/** An organization or workspace on which an app can be installed. */
export interface Place {
  readonly key: string
  readonly ofOrganization: boolean
  readonly teamId: string
  readonly enterpriseId: string | undefined
}

/** A token that was just given out. */
export interface Issued {
  readonly token: SlackToken
  readonly place: Place
  /** Present with token rotation. */
  readonly refreshToken: string | undefined
}

interface Install {
  readonly place: Place
  /** Scopes add up from one consent to the next. */
  readonly scopes: Set<string>
  /** Access tokens that work, the oldest first. */
  active: readonly string[]
}

/** Seconds for which an access token works with token rotation. */
export const rotatedSeconds = 43_200
const mostActive = 2
/** How long a refresh token is taken again after it was used, in milliseconds. */
const graceMs = 60_000

/**
 * Where a person installed the app, and the tokens of each installation.
 * https://docs.slack.dev/authentication/using-token-rotation
 */
export class Installs {
  readonly #tokens: SlackTokens
  readonly #rotates: boolean
  readonly #random: () => number
  readonly #installs = new Map<string, Install>()
  readonly #refreshTokens = new Map<string, { readonly install: Install; usedAt: number | undefined }>()

  constructor(setUp: { readonly tokens: SlackTokens; readonly rotates: boolean; readonly seed: number }) {
    this.#tokens = setUp.tokens
    this.#rotates = setUp.rotates
    this.#random = seededRandom(setUp.seed ^ 0x1257)
  }

  /** @param now in milliseconds since 1970 */
  install(place: Place, scopes: readonly string[], now: number): Issued {
    const install = this.#installs.get(place.key) ?? { place, scopes: new Set(), active: [] }
    this.#installs.set(place.key, install)
    for (const scope of scopes) install.scopes.add(scope)
    return this.#issue(install, now)
  }

  /** @returns `undefined` when the refresh token is unknown or was used more than a minute ago */
  refresh(refreshToken: string, now: number): Issued | undefined {
    const known = this.#refreshTokens.get(refreshToken)
    if (known === undefined || (known.usedAt !== undefined && now > known.usedAt + graceMs)) return undefined
    known.usedAt ??= now
    return this.#issue(known.install, now)
  }

  /** Revokes one token; the scopes are forgotten with the last one. */
  revoke(text: string): void {
    this.#tokens.revoke(text)
    for (const [key, install] of this.#installs) {
      if (!install.active.includes(text)) continue
      install.active = install.active.filter((token) => token !== text)
      if (install.active.length === 0) this.#installs.delete(key)
    }
  }

  /** @param problem with which Slack refuses every token of the app from now on */
  uninstall(problem: string): void {
    this.#tokens.change({ problem })
    this.#installs.clear()
    this.#refreshTokens.clear()
  }

  #issue(install: Install, now: number): Issued {
    const { place, scopes } = install
    const token = this.#tokens.add({
      scopes: [...scopes],
      ofOrganization: place.ofOrganization,
      teamId: place.teamId,
      enterpriseId: place.enterpriseId,
      ...(this.#rotates && { expiresAt: now + rotatedSeconds * 1000 }),
    })
    install.active = [...install.active, token.token]
    if (!this.#rotates) return { token, place, refreshToken: undefined }
    for (const oldest of install.active.slice(0, -mostActive)) this.#tokens.remove(oldest)
    install.active = install.active.slice(-mostActive)
    const refreshToken = `xoxe-1-${randomText(40, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789', this.#random)}`
    this.#refreshTokens.set(refreshToken, { install, usedAt: undefined })
    return { token, place, refreshToken }
  }
}
