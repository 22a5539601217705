import { randomUUID } from 'node:crypto'
import { isNumber, isText, jsonIn, objectOf, optional, type Passing } from '../json/forms.ts'
import { guardedObject } from '../poll/guarded-object.ts'
import { type Backoff, backOff, isBackoff, maxSkewMs, mustWait } from '../poll/waiting.ts'
import type { ObjectStore } from '../ports.ts'

/**
 * A little longer than a function may run, in milliseconds: after a death the refresh token is tried again while the
 * provider may still take it.
 */
const leaseMs = 65_000

/** What is known of the renewals of a credential. Times are milliseconds since 1970. */
type Renewals = Passing<typeof isRenewals>

const isRenewals = objectOf({
  /** The process that renews the credential. */
  owner: optional(isText),
  expiresAt: optional(isNumber),
  /** The next attempt after one that failed. */
  wait: optional(isBackoff),
  /** Why the last attempt failed. */
  problem: optional(isText),
})

/** The right to renew a credential, which one process has at a time: a refresh token works once. */
export interface RenewalLease {
  /** Takes it for another full time. @returns false when another process has it by now */
  confirm(): Promise<boolean>
  /** Gives it back after a renewal, or because none was needed. */
  release(): Promise<void>
  /** Gives it back after an attempt that failed. */
  fail(error: unknown, problem: string): Promise<void>
}

/** Key of the object of a source's credential; `stateFolder` ends with a slash. */
export const renewalKey = (stateFolder: string): string => `${stateFolder}credential.json`

/**
 * Takes the lease of a credential.
 * @returns `undefined` when another process has it, or the next attempt is not due
 * @throws {StoreError} when it cannot be read or stored
 */
export async function takeLease(store: ObjectStore, key: string, now: () => number): Promise<RenewalLease | undefined> {
  const stored = await store.get(key)
  const known = read(stored?.body)
  const time = now()
  const left = (known.expiresAt ?? time) - time
  // A lease that expires later than any we write comes from a wrong clock.
  const isHeld = left > 0 && left <= leaseMs + maxSkewMs
  if (isHeld || mustWait(known.wait, time)) return undefined
  const owner = randomUUID()
  const guarded = guardedObject(store, key, stored ? { etag: stored.etag } : { absent: true })
  const save = (renewals: Renewals) => guarded(new TextEncoder().encode(JSON.stringify(renewals)))
  const hold = () => save({ ...known, owner, expiresAt: now() + leaseMs })
  if (!(await hold())) return undefined
  return {
    confirm: hold,
    async release() {
      await save({})
    },
    async fail(error, problem) {
      const wait: Backoff = backOff(error, known.wait, now())
      await save({ wait, problem })
    },
  }
}

function read(body: Uint8Array | undefined): Renewals {
  const value = body && jsonIn(body)
  return isRenewals(value) ? value : {}
}
