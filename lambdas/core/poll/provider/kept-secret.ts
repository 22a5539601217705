import { AuthError } from '../../errors.ts'
import type { SecretStore, SecretVersion } from '../../ports.ts'

/** How long a secret is cached: short enough that a replaced one counts soon, without a read for every page. */
const keptMs = 5 * 60_000

export interface KeptSecret {
  /** @throws {AuthError} when the secret is empty; {TransientError} when it cannot be read */
  value(): Promise<string>
  /** Reads the secret anew: when its value was stored, in milliseconds since 1970; `undefined` when it is empty. */
  since(): Promise<number | undefined>
  /** Drops the cached secret, because the provider does not accept it. */
  forget(): void
}

export interface KeptSecretOptions {
  /** @default Date.now */
  readonly now?: () => number
  /** Brings a version up to date before it is used; by default secrets are used as they are. */
  readonly renewal?: (version: SecretVersion) => Promise<SecretVersion>
}

/** Reads a source's secret and caches it for five minutes. */
export function keptSecret(
  store: SecretStore,
  secretId: string,
  { now = Date.now, renewal = async (version) => version }: KeptSecretOptions = {},
): KeptSecret {
  let kept: { readonly version: SecretVersion | undefined; readonly readAt: number } | undefined
  const read = async () => {
    kept = { version: await store.read(secretId, 'AWSCURRENT'), readAt: now() }
    return kept.version
  }
  return {
    async value() {
      const fresh = kept?.version && now() - kept.readAt < keptMs
      const version = fresh ? kept?.version : await read()
      if (version) {
        const renewed = await renewal(version)
        if (renewed !== version) kept = { version: renewed, readAt: now() }
        return renewed.value
      }
      throw new AuthError(`the secret is empty: put the credential into ${secretId} with npm run connect`, {
        unasked: true,
        fault: 'placeholder',
      })
    },
    since: async () => (await read())?.createdAt,
    forget() {
      kept = undefined
    },
  }
}

/** The secret of a source that has none. */
export const noSecret: KeptSecret = {
  async value() {
    throw new AuthError('the source has no secret', { unasked: true })
  },
  since: async () => undefined,
  forget() {},
}
