import type { ObjectStore } from './ports.ts'

const key = 'stack.json'

/** Publishes what the command line needs to know of the stack, when it changed. @returns whether it did */
export async function publishStackFacts(ops: ObjectStore, facts: string): Promise<boolean> {
  const stored = await ops.get(key)
  if (stored && new TextDecoder().decode(stored.body) === facts) return false
  await ops.put(key, new TextEncoder().encode(facts))
  return true
}
