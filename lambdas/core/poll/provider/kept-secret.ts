import { AuthError } from '../../errors.ts'
import type { SecretStore, SecretVersion } from '../../ports.ts'

/** A secret is read again after so long, so that a replaced one counts soon, and not with every page. */
const keptMs = 5 * 60_000

export interface KeptSecret {
  /** @throws {AuthError} when nothing has been put into the secret; {TransientError} when it cannot be read */
  value(): Promise<string>
  /** When the current value was put in, in milliseconds since 1970; `undefined` when there is none. Reads anew. */
  since(): Promise<number | undefined>
  /** Reads the secret again before its next use, because the provider does not accept it. */
  forget(): void
}

/** Reads a source's secret, and keeps it for some minutes. */
export function keptSecret(store: SecretStore, secretId: string, now: () => number = Date.now): KeptSecret {
  let kept: { readonly version: SecretVersion | undefined; readonly readAt: number } | undefined
  const read = async () => {
    kept = { version: await store.read(secretId, 'AWSCURRENT'), readAt: now() }
    return kept.version
  }
  return {
    async value() {
      const fresh = kept?.version && now() - kept.readAt < keptMs
      const version = fresh ? kept?.version : await read()
      if (version) return version.value
      throw new AuthError(
        `the secret is empty: put the credential into ${secretId}, for example with ` +
          'aws secretsmanager put-secret-value',
        { unasked: true },
      )
    },
    since: async () => (await read())?.createdAt,
    forget() {
      kept = undefined
    },
  }
}
