import type { ObjectStore } from './ports.ts'

const key = 'stack.json'

/** Publishes the stack's facts for the commands, if they changed. @returns whether they did */
export async function publishStackFacts(ops: ObjectStore, facts: string): Promise<boolean> {
  const stored = await ops.get(key)
  if (stored && new TextDecoder().decode(stored.body) === facts) return false
  await ops.put(key, new TextEncoder().encode(facts))
  return true
}
