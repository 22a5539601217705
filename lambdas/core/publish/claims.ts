import { hash } from 'node:crypto'
import { RefusedError } from '../errors.ts'
import { dayOf } from '../lake/partition.ts'
import type { ObjectReader } from '../ports.ts'

/** Prefix of messages that are too long for the queue. */
export const claimsPrefix = 'claims/'

/** Prefix of messages whose rows resolve failures. Only functions that have recovered something may write below it. */
export const resolutionsPrefix = 'resolutions/'

/** Messages of an older version, which may still be in a queue, have claims without a day. */
const keyForm = /^(?:claims\/|(?:claims|resolutions)\/dt=\d{4}-\d\d-\d\d\/)[0-9a-f]{32}\.json$/

/** Whether a key is one under which a message is kept. */
export const isClaimKey = (key: string): boolean => keyForm.test(key)

/** The digest of a message, which is its name. */
export const digestOf = (body: string | Uint8Array): string => hash('sha256', body, 'hex').slice(0, 32)

/**
 * The key of a message below a prefix. The day gives a message that is stored again later a claim of its own, because
 * the first one expires.
 */
export const claimKey = (prefix: string, body: string, now: number): string =>
  `${prefix}dt=${dayOf(now)}/${digestOf(body)}.json`

/**
 * Reads the message that was stored under a key.
 * @param most longest message to read, in bytes: publishers can store objects of any size
 * @throws {RefusedError} when the key has another form, or the object is gone, too long or changed
 */
export async function readClaim(claims: ObjectReader, key: string, most: number): Promise<string> {
  if (!isClaimKey(key)) throw new RefusedError('bad_pointer', 'the pointer names no place where messages are kept')
  const object = await claims.open(key)
  if (!object) throw new RefusedError('claim_gone', `the content of the message is gone: ${key}`)
  if (object.byteLength > most) {
    throw new RefusedError('too_large', `${key} has ${object.byteLength} bytes, at most ${most} are read`)
  }
  const body = new Uint8Array(await object.slice(0))
  if (!key.endsWith(`/${digestOf(body)}.json`)) {
    throw new RefusedError('claim_changed', `${key} does not hold what was stored under this name`)
  }
  return new TextDecoder().decode(body)
}
