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
    const etag = await putOnce(store, key, body, condition)
    condition = etag === undefined ? undefined : { etag }
    return etag !== undefined
  }
}

/**
 * Puts an object, also if the answer is lost on the way: the SDK repeats such a put, which then fails against the
 * first, or gives up after the first has taken effect.
 */
async function putOnce(
  store: ObjectStore,
  key: string,
  body: Uint8Array,
  condition: PutCondition,
): Promise<string | undefined> {
  try {
    return (await store.putIf(key, body, condition)) ?? (await tagOf(store, key, body))
  } catch (error) {
    const etag = await tagOf(store, key, body).catch(() => undefined)
    if (etag === undefined) throw error
    return etag
  }
}

/** The tag of the stored object, if it has the body that we wrote. */
async function tagOf(store: ObjectStore, key: string, body: Uint8Array): Promise<string | undefined> {
  const stored = await store.get(key)
  return stored && Buffer.from(stored.body).equals(body) ? stored.etag : undefined
}
