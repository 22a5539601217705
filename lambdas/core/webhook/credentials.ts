import { TransientError } from '../errors.ts'
import type { SecretStore } from '../ports.ts'

/** How long keys are used before they are read again, in milliseconds. */
const timeToLive = 5 * 60_000

/** A wrong signature may mean that the secret was changed a moment ago; so often it is worth asking, in milliseconds. */
const rereadInterval = 30_000

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
   * The keys, read anew because those known did not fit; `undefined` when they were read a moment ago.
   * @throws {TransientError} when they cannot be read: whether the sender is right is then unknown
   */
  reread(secretId: string): Promise<readonly string[] | undefined>
}

interface Known {
  readonly keys: readonly string[]
  readonly readAt: number
}

export function createCredentials({ store, previousHours, now = Date.now }: CredentialOptions): Credentials {
  const cache = new Map<string, Known>()
  const read = async (secretId: string): Promise<readonly string[]> => {
    const readAt = now()
    const keys = await readKeys(store, secretId, previousHours, readAt)
    cache.set(secretId, { keys, readAt })
    return keys
  }
  return {
    async keys(secretId) {
      const known = cache.get(secretId)
      if (known && now() - known.readAt < timeToLive) return known.keys
      try {
        return await read(secretId)
      } catch (error) {
        // Old keys verify nearly every request; an outage of the secret store must not cost these events.
        if (known) return known.keys
        throw error
      }
    },
    async reread(secretId) {
      const known = cache.get(secretId)
      return known && now() - known.readAt < rereadInterval ? undefined : read(secretId)
    },
  }
}

async function readKeys(store: SecretStore, secretId: string, previousHours: number, now: number): Promise<string[]> {
  const current = await store.read(secretId, 'AWSCURRENT')
  if (!current) throw new TransientError('the secret has no value; put one into Secrets Manager')
  if (!isKey(current.value)) {
    throw new TransientError(
      `the secret is a placeholder or shorter than ${minLength} characters; put a real one there`,
    )
  }
  if (now - current.createdAt >= previousHours * 3_600_000) return [current.value]
  const previous = await store.read(secretId, 'AWSPREVIOUS')
  return previous && isKey(previous.value) ? [current.value, previous.value] : [current.value]
}

const isKey = (value: string): boolean => value.trim().length >= minLength && !placeholder.test(value)
