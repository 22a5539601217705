import type { ObjectStore, PutCondition } from '../ports.ts'

/** Replaces an object as long as nobody else does. @returns false once somebody has: what that one wrote counts */
export type GuardedSave = (body: Uint8Array) => Promise<boolean>

/**
 * Guards an object that several runs may change.
 * @param as how it was found: its tag, or that there was none
 */
export function guardedObject(store: ObjectStore, key: string, as: PutCondition): GuardedSave {
  let condition: PutCondition | undefined = as
  return async (body) => {
    if (!condition) return false
    // The answer to a put can be lost and the put repeated on the way, which then loses against itself.
    const etag = (await store.putIf(key, body, condition)) ?? (await tagOf(store, key, body))
    condition = etag === undefined ? undefined : { etag }
    return etag !== undefined
  }
}

/** The tag of what we wrote, if it is what is stored. */
async function tagOf(store: ObjectStore, key: string, body: Uint8Array): Promise<string | undefined> {
  const stored = await store.get(key)
  return stored && Buffer.from(stored.body).equals(body) ? stored.etag : undefined
}
