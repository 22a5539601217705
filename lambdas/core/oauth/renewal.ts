import { AuthError, StoreError, TransientError } from '../errors.ts'
import { detailOf } from '../poll/outcome.ts'
import type { ObjectStore, SecretStore, SecretVersion, SecretWriter } from '../ports.ts'
import type { RenewedPair } from './provider.ts'
import { type RenewalLease, takeLease, type Unavailable } from './renewal-lease.ts'
import { pairIn, renewAt, type TokenPair, withPair } from './token-pair.ts'

/** Brings a version of a secret up to date before it is used. @returns the version to use */
export type Renewal = (version: SecretVersion) => Promise<SecretVersion>

export interface RenewalOptions {
  readonly secretId: string
  readonly secrets: SecretStore
  readonly tokens: SecretWriter
  readonly ops: ObjectStore
  /** Key of the object that keeps two renewals of this secret apart. */
  readonly leaseKey: string
  /**
   * Exchanges a refresh token, which works once.
   * @throws {AuthError} when it does not work any more; {ConfigError} when the app has to be changed
   * @throws {TransientError} when no usable answer arrived, although the provider may have exchanged it
   */
  renew(refreshToken: string): Promise<RenewedPair>
  /** Takes an error after which the token still works for a while. */
  report(error: unknown): void
  /** @default Date.now */
  readonly now?: () => number
}

/** How long a process does not look again whether a renewal is possible, in milliseconds. */
const lookAgainMs = 30_000

/** Attempts to store a pair of which there is no copy. */
const mostPuts = 4

/**
 * Renews the tokens of a secret at half of their life: under a lease, and stored before the first use. Until a token
 * expires, a renewal that fails is reported and the token used; its next attempt waits for a minute, doubling.
 */
export function createRenewal(options: RenewalOptions): Renewal {
  const { secretId, secrets, ops, leaseKey, now = Date.now } = options
  let lookedAt = Number.NEGATIVE_INFINITY
  /**
   * Pairs that could not be stored, by the text of the secret that they replace: they alone work on, also after another
   * credential that was tried in the secret meanwhile. Kept in memory alone.
   */
  const unstored = new Map<string, RenewedPair>()
  const isDue = (pair: TokenPair, version: SecretVersion) =>
    // A version that is put back begins another half of a life, in which its pair could be lost.
    unstored.has(version.value) || now() >= renewAt(pair, version)
  const underLease = async (
    lease: RenewalLease,
    current: SecretVersion | undefined,
    pair: TokenPair | undefined,
  ): Promise<SecretVersion | undefined> => {
    if (!current || !pair || !isDue(pair, current)) {
      await lease.release(false)
      return current
    }
    const next = unstored.get(current.value) ?? (await renewedOf(options, pair, lease))
    if (!next) return undefined
    unstored.set(current.value, next)
    // A process that stood still meanwhile may have been overtaken: the other one has a later pair.
    if (!(await lease.confirm())) return undefined
    const value = withPair(pair, next)
    const latest = await storedOver(options, current.value, value)
    if (latest?.value === value) unstored.delete(current.value)
    await lease.release(latest?.value === value).catch(() => undefined)
    return latest
  }
  return async (version) => {
    for (const [before, { expiresAt }] of unstored) {
      // The credential that came in between has come to stay.
      if (before !== version.value && now() >= Date.parse(expiresAt)) unstored.delete(before)
    }
    const pair = pairIn(version.value)
    if (!pair || !isDue(pair, version)) return version
    const hasExpired = pair.expiresAt !== undefined && now() >= pair.expiresAt
    if (!hasExpired && now() - lookedAt < lookAgainMs) return version
    lookedAt = now()
    let lease: RenewalLease | undefined
    let tried = pair
    try {
      const taken = await takeLease(ops, leaseKey, pair.refreshToken, now)
      if (!('confirm' in taken)) {
        // The expired token would be refused in words that say nothing of the renewal.
        if (hasExpired) throw notRenewed(taken)
        return version
      }
      lease = taken
      const current = await secrets.read(secretId, 'AWSCURRENT')
      const latest = current && pairIn(current.value)
      tried = latest ?? pair
      return (await underLease(lease, current, latest)) ?? version
    } catch (error) {
      await lease?.fail(error, detailOf(error) ?? 'unknown', tried.refreshToken).catch(() => undefined)
      if (hasExpired) throw error
      options.report(error)
      return version
    }
  }
}

const notRenewed = ({ problem = 'another process is at it', isRefused }: Unavailable): Error => {
  const message = `the token has expired, and is not renewed: ${problem}`
  return isRefused ? new AuthError(message, { fault: 'expired-or-revoked' }) : new TransientError(message)
}

/** Attempts to exchange a refresh token before the run goes on without. */
const mostExchanges = 3

/**
 * Exchanges the refresh token, again if the answer is lost: for a short while, the provider takes it again.
 * @returns `undefined` when another process has the lease by now
 */
async function renewedOf(
  { renew }: RenewalOptions,
  { refreshToken }: TokenPair,
  lease: RenewalLease,
): Promise<RenewedPair | undefined> {
  for (let exchange = 1; ; exchange++) {
    // A process that stood still may have been overtaken, and its refresh token used.
    if (!(await lease.confirm())) return undefined
    try {
      return await renew(refreshToken)
    } catch (error) {
      const isLost = error instanceof TransientError && error.retryAt === undefined
      if (!isLost || exchange >= mostExchanges) throw error
    }
  }
}

/**
 * Stores a text unless an operator or a consent has stored another credential meanwhile, which counts.
 * @returns what the secret holds now
 * @throws {StoreError} when no attempt succeeds
 */
async function storedOver(
  { secrets, tokens, secretId, now = Date.now }: RenewalOptions,
  before: string,
  value: string,
): Promise<SecretVersion | undefined> {
  for (let attempt = 1; ; attempt++) {
    try {
      const latest = await secrets.read(secretId, 'AWSCURRENT')
      // An attempt of which the answer was lost may have stored it.
      if (latest?.value !== before) return latest
      await tokens.put(secretId, value)
      return { value, createdAt: now() }
    } catch (error) {
      if (!(error instanceof StoreError) || attempt >= mostPuts) throw error
    }
  }
}
