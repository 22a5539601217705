import { isNumber, isPlainObject, jsonIn, objectOf, optional, type Passing } from '../json/forms.ts'
import type { ObjectStore } from '../ports.ts'

/** Key of the object in the ops bucket that says what was known of sources when they were last measured. */
export const healthKey = 'health.json'

const isRemembered = objectOf({ firstSeenAt: isNumber, failingSince: optional(isNumber) })

/** What a state does not say of a source: since when. In milliseconds since 1970. */
export type Remembered = Passing<typeof isRemembered>

/** What is remembered of sources, by their ids. */
export type HealthMemory = ReadonlyMap<string, Remembered>

/** Reads what was remembered; an unreadable object counts as none, so that grace and failures begin anew. */
export async function readHealthMemory(ops: Pick<ObjectStore, 'get'>): Promise<HealthMemory> {
  const stored = await ops.get(healthKey)
  const value = stored && jsonIn(stored.body)
  if (!isPlainObject(value)) return new Map()
  return new Map(Object.entries(value).flatMap(([id, one]) => (isRemembered(one) ? [[id, one] as const] : [])))
}

/** Stores what is remembered, if it changed: a put costs as much as a dozen readings. */
export async function keepHealthMemory(
  ops: Pick<ObjectStore, 'put'>,
  before: HealthMemory,
  after: HealthMemory,
): Promise<void> {
  const [old, body] = [before, after].map((memory) => JSON.stringify(Object.fromEntries(memory)))
  if (old !== body && body !== undefined) await ops.put(healthKey, Buffer.from(body))
}
