import { createHash, randomUUID } from 'node:crypto'
import { TransientError } from '../errors.ts'
import { formIn, isFlag, isNumber, isText, objectOf, optional, type Passing } from '../json/forms.ts'
import { guardedObject } from '../poll/guarded-object.ts'
import { type Backoff, backOff, isBackoff, maxSkewMs, mustWait } from '../poll/waiting.ts'
import type { ObjectStore } from '../ports.ts'
import { pairIn } from './token-pair.ts'

/**
 * Shorter than the time between two runs, in milliseconds: after a death the next one tries the refresh token again,
 * while the provider may still take it.
 */
const leaseMs = 25_000

/** What is known of the renewals of a credential. Times are milliseconds since 1970. */
type Renewals = Passing<typeof isRenewals>

const isRenewals = objectOf({
  /** The process that renews the credential. */
  owner: optional(isText),
  expiresAt: optional(isNumber),
  /** Of which pair the members below speak, as `nameOf` tells them apart; objects from before do not say it. */
  of: optional(isText),
  /** The next attempt after one that failed. */
  wait: optional(isBackoff),
  /** Why the last attempt failed. */
  problem: optional(isText),
  /** Whether the provider refused it, so that a person has to act. */
  isRefused: optional(isFlag),
})

/** The right to renew a credential, which one process has at a time: a refresh token works once. */
export interface RenewalLease {
  /** Takes it for another full time. @returns false when another process has it by now */
  confirm(): Promise<boolean>
  /** Gives it back after a renewal, or because none was needed: then what is known of pairs stays. */
  release(isRenewed: boolean): Promise<void>
  /** Gives it back after an attempt to renew the pair of this refresh token, which failed. */
  fail(error: unknown, problem: string, refreshToken: string): Promise<void>
}

/** Why a credential is not renewed: what the last attempt found, or nothing while another process is at it. */
export type Unavailable = Pick<Renewals, 'problem' | 'isRefused'>

/** Key of the object of a source's credential; `stateFolder` ends with a slash. */
export const renewalKey = (stateFolder: string): string => `${stateFolder}credential.json`

/**
 * Tells pairs apart in an object that more may read than the secret. The hash of a refresh token gives nothing away,
 * because it is long and random. A secret's times do not tell pairs apart: one may be put back within a second.
 */
const nameOf = (refreshToken: string): string => createHash('sha256').update(refreshToken).digest('base64url')

/** What is known of the pair of a refresh token: what was found of another one says nothing of it. */
const knownOf = (known: Renewals, refreshToken: string): Renewals => (known.of === nameOf(refreshToken) ? known : {})

/**
 * Takes the lease of a credential, to renew the pair of a refresh token.
 * @returns why not, when another process has it or the next attempt is not due
 * @throws {StoreError} when it cannot be read or stored
 */
export async function takeLease(
  store: ObjectStore,
  key: string,
  refreshToken: string,
  now: () => number,
): Promise<RenewalLease | Unavailable> {
  const stored = await store.get(key)
  const known = read(stored?.body)
  const time = now()
  const left = (known.expiresAt ?? time) - time
  // A lease that expires later than any we write comes from a wrong clock.
  const isHeld = left > 0 && left <= leaseMs + maxSkewMs
  const { wait: waits, problem, isRefused } = knownOf(known, refreshToken)
  if (isHeld || mustWait(waits, time)) return { problem, isRefused }
  const owner = randomUUID()
  const guarded = guardedObject(store, key, stored ? { etag: stored.etag } : { absent: true })
  const save = (renewals: Renewals) => guarded(new TextEncoder().encode(JSON.stringify(renewals)))
  const hold = () => save({ ...known, owner, expiresAt: now() + leaseMs })
  if (!(await hold())) return {}
  return {
    confirm: hold,
    async release(isRenewed) {
      const { owner: _owner, expiresAt: _end, ...others } = known
      await save(isRenewed ? {} : others)
    },
    async fail(error, problem, refreshToken) {
      const before = knownOf(known, refreshToken).wait
      // The provider may have exchanged the refresh token, and then takes it for a short while only.
      const isLost = error instanceof TransientError && error.retryAt === undefined && !before
      const wait: Backoff = isLost ? { notBefore: now(), step: 1 } : backOff(error, before, now())
      await save({
        of: nameOf(refreshToken),
        wait,
        problem,
        isRefused: !(error instanceof TransientError) || undefined,
      })
    },
  }
}

/**
 * What the last renewal of a credential found; without `problem` it succeeded, or there was none.
 * @param credential reads the text of the secret; called when there is something to tell
 */
export async function lastRenewal(
  store: Pick<ObjectStore, 'get'>,
  key: string,
  credential: () => Promise<string>,
): Promise<Unavailable> {
  const known = read((await store.get(key))?.body)
  const pair = known.problem === undefined ? undefined : pairIn(await credential())
  if (!pair) return {}
  const { problem, isRefused } = knownOf(known, pair.refreshToken)
  return { problem, isRefused }
}

const read = (body: Uint8Array | undefined): Renewals => formIn(body, isRenewals) ?? {}
