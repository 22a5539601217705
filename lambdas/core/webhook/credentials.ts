import { TransientError } from '../errors.ts'
import type { SecretStore, SecretVersion } from '../ports.ts'

/** How long keys are used before they are read again, in milliseconds. */
const timeToLive = 5 * 60_000

/** A wrong signature may mean that the secret was changed a moment ago; so often it is worth asking, in milliseconds. */
const rereadInterval = 30_000

/** During an outage of the secret store, keys count for so long after they were read, in milliseconds. */
const outageLimit = 60 * 60_000

/** Shorter secrets can be guessed. */
const minLength = 16

/** Texts that people and templates put where a secret is still to come. */
const placeholder = /placeholder|replace[-_ ]?(?:me|this)|change[-_ ]?(?:me|this)|^<.*>$/i

export interface CredentialOptions {
  readonly store: SecretStore
  /** Hours after a new secret was made during which the one before it still counts; 0 for never. */
  readonly previousHours: number
  readonly now?: () => number
}

/** The keys of the sources, kept between requests. */
export interface Credentials {
  /**
   * The keys that count now: the current secret, and for a while the one before it, so that a change needs no moment at
   * which both sides act.
   * @throws {TransientError} when there is no usable key, which is never the sender's fault
   */
  keys(secretId: string): Promise<readonly string[]>
  /**
   * The keys, read anew because those known did not fit; `undefined` when that was done a moment ago.
   * @throws {TransientError} when they cannot be read: whether the sender is right is then unknown
   */
  reread(secretId: string): Promise<readonly string[] | undefined>
}

interface Known {
  readonly keys: readonly string[]
  readonly readAt: number
}

/** The labelled versions of a secret, as far as they matter. */
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
    // What was a key before is none any more when the secret no longer holds one.
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
        // Keys that were right a while ago verify nearly every request; an outage must not cost these events.
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

/** @throws {TransientError} when the current version is no key */
function keysOf({ current, previous }: Versions): string[] {
  const fault = current ? faultOf(current.value) : 'has no value'
  if (fault !== undefined || !current)
    throw new TransientError(`the secret ${fault}; put the bare text of a real one there`)
  const keys = [current, ...(previous && faultOf(previous.value) === undefined ? [previous] : [])]
  // A line break at the end is what editors and pipes add; no provider's form keeps it.
  return keys.map(({ value }) => value.trim())
}

/** Why a text cannot be a key. */
function faultOf(value: string): string | undefined {
  const text = value.trim()
  if (text.length < minLength) return `is shorter than ${minLength} characters`
  if (placeholder.test(text)) return 'is a placeholder'
  return text.startsWith('{') ? 'is JSON' : undefined
}
