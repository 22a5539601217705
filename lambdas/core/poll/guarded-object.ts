import type { ObjectStore, PutCondition } from '../ports.ts'

/** Replaces an object unless another writer has. @returns false once one has: its version wins */
export type GuardedSave = (body: Uint8Array) => Promise<boolean>

/**
 * Guards an object that several runs may change.
 * @param as the state in which the object was read: its tag, or absent
 */
export function guardedObject(store: ObjectStore, key: string, as: PutCondition): GuardedSave {
  let condition: PutCondition | undefined = as
  return async (body) => {
    if (!condition) return false
    // The SDK repeats a put whose answer was lost, and the repetition then fails against the first.
    const etag = (await store.putIf(key, body, condition)) ?? (await tagOf(store, key, body))
    condition = etag === undefined ? undefined : { etag }
    return etag !== undefined
  }
}

/** The tag of the stored object, if it has the body that we wrote. */
async function tagOf(store: ObjectStore, key: string, body: Uint8Array): Promise<string | undefined> {
  const stored = await store.get(key)
  return stored && Buffer.from(stored.body).equals(body) ? stored.etag : undefined
}
