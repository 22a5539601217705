import type { SecretStore } from '../ports.ts'

/** How long a secret is used before it is read again, in milliseconds. */
const timeToLive = 5 * 60_000

/** Keeps secrets between requests. A failed read is not kept. */
export function cachedSecrets(store: SecretStore, now: () => number = Date.now): SecretStore {
  const cache = new Map<string, { readonly value: string; readonly readAt: number }>()
  return {
    async current(secretId) {
      const known = cache.get(secretId)
      if (known && now() - known.readAt < timeToLive) return known.value
      const readAt = now()
      const value = await store.current(secretId)
      cache.set(secretId, { value, readAt })
      return value
    },
  }
}
