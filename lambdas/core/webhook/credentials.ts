import { TransientError } from '../errors.ts'
import type { SecretStore, SecretVersion } from '../ports.ts'

/** How long keys are used before they are read again, in milliseconds. */
const timeToLive = 5 * 60_000

/** Shortest time between rereads after a bad signature, in milliseconds; the secret may just have been rotated. */
const rereadInterval = 30_000

/** How long cached keys are used during an outage of the secret store, in milliseconds. */
const outageLimit = 60 * 60_000

/** Shorter secrets can be guessed. */
const minLength = 16

/** Texts that people and templates use in place of a secret. */
const placeholder = /placeholder|replace[-_ ]?(?:me|this)|change[-_ ]?(?:me|this)|^<.*>$/i

export interface CredentialOptions {
  readonly store: SecretStore
  /** How long the previous secret is accepted after a new one was stored, in hours; 0 for never. */
  readonly previousHours: number
  readonly now?: () => number
}

/** The keys of the sources, cached between requests. */
export interface Credentials {
  /**
   * The accepted keys: the current secret, and for a while the previous one, so that both sides need not change it at
   * the same moment.
   * @throws {TransientError} when there is no usable key, which is never the sender's fault
   */
  keys(secretId: string): Promise<readonly string[]>
  /**
   * Reads the keys anew, because the cached ones did not fit; `undefined` right after another reread.
   * @throws {TransientError} when they cannot be read, which leaves open whether the sender is genuine
   */
  reread(secretId: string): Promise<readonly string[] | undefined>
}

interface Known {
  readonly keys: readonly string[]
  readonly readAt: number
}

interface Versions {
  readonly current: SecretVersion | undefined
  readonly previous: SecretVersion | undefined
}

export function createCredentials({ store, previousHours, now = Date.now }: CredentialOptions): Credentials {
  const cache = new Map<string, Known>()
  const rereadAt = new Map<string, number>()
  const fetchVersions = async (secretId: string): Promise<Versions> => {
    const current = await store.read(secretId, 'AWSCURRENT')
    const isRecent = current !== undefined && now() - current.createdAt < previousHours * 3_600_000
    return { current, previous: isRecent ? await store.read(secretId, 'AWSPREVIOUS') : undefined }
  }
  const keep = (secretId: string, versions: Versions): readonly string[] => {
    // The cached keys are dropped first, because the new version may be unusable.
    cache.delete(secretId)
    const keys = keysOf(versions)
    cache.set(secretId, { keys, readAt: now() })
    return keys
  }
  return {
    async keys(secretId) {
      const known = cache.get(secretId)
      const age = known ? now() - known.readAt : Number.POSITIVE_INFINITY
      if (known && age < timeToLive) return known.keys
      let versions: Versions
      try {
        versions = await fetchVersions(secretId)
      } catch (error) {
        // Cached keys still verify nearly every request, so an outage need not cost these events.
        if (known && age < outageLimit) return known.keys
        throw error
      }
      return keep(secretId, versions)
    },
    async reread(secretId) {
      if (now() - (rereadAt.get(secretId) ?? Number.NEGATIVE_INFINITY) < rereadInterval) return undefined
      const versions = await fetchVersions(secretId)
      rereadAt.set(secretId, now())
      return keep(secretId, versions)
    },
  }
}

/** @throws {TransientError} when the current version is unusable */
function keysOf({ current, previous }: Versions): string[] {
  const fault = current ? faultOf(current.value) : 'has no value'
  if (fault !== undefined || !current)
    throw new TransientError(`the secret ${fault}; put the bare text of a real one there`)
  const keys = [current, ...(previous && faultOf(previous.value) === undefined ? [previous] : [])]
  // Editors and pipes add a line break at the end; no provider's form keeps it.
  return keys.map(({ value }) => value.trim())
}

/** Why a text cannot be a key; `undefined` when it can. */
function faultOf(value: string): string | undefined {
  const text = value.trim()
  if (text.length < minLength) return `is shorter than ${minLength} characters`
  if (placeholder.test(text)) return 'is a placeholder'
  return text.startsWith('{') ? 'is JSON' : undefined
}
