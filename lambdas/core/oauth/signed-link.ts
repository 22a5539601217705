import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/**
 * One try of a person to give the credential of a source: the link that starts it and the provider's answer share it.
 */
export interface Attempt {
  readonly sourceId: string
  /** Unguessable, and the name of the object that holds the attempt's state. */
  readonly nonce: string
  /** In milliseconds since 1970, whole seconds. */
  readonly expiresAt: number
}

/** What a signed text is for: one made for another purpose is invalid. */
export type Purpose = 'start' | 'state'

/** How long a link can be opened, and then how long the provider's answer is awaited, in milliseconds. */
export const attemptMs = 10 * 60_000

const signedForm = /^([a-z][a-z0-9-]{1,62})\.([\w-]{22})\.(\d{10})\.([\w-]{43})$/

/** A new attempt that ends in ten minutes. @param now milliseconds since 1970 */
export const newAttempt = (sourceId: string, now: number): Attempt => ({
  sourceId,
  nonce: randomBytes(16).toString('base64url'),
  expiresAt: (Math.floor(now / 1000) + attemptMs / 1000) * 1000,
})

/** `<source>.<nonce>.<expiry in seconds>.<MAC>`, which can stand in a query without encoding. */
export function sign(purpose: Purpose, { sourceId, nonce, expiresAt }: Attempt, key: string): string {
  const text = `${sourceId}.${nonce}.${Math.floor(expiresAt / 1000)}`
  return `${text}.${macOf(purpose, text, key)}`
}

/**
 * The attempt in a signed text; `undefined` unless it was made for the purpose with the key. Says nothing of its
 * expiry.
 */
export function readSigned(purpose: Purpose, signed: string, key: string): Attempt | undefined {
  const [, sourceId, nonce, seconds, mac] = signedForm.exec(signed) ?? []
  if (sourceId === undefined || nonce === undefined || mac === undefined) return undefined
  const expected = macOf(purpose, `${sourceId}.${nonce}.${seconds}`, key)
  if (!timingSafeEqual(Buffer.from(mac), Buffer.from(expected))) return undefined
  return { sourceId, nonce, expiresAt: Number(seconds) * 1000 }
}

const macOf = (purpose: Purpose, text: string, key: string): string =>
  createHmac('sha256', key).update(`auditlake ${purpose} ${text}`).digest('base64url')
