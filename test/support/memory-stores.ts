import { createHash } from 'node:crypto'
import type { MessageQueue, ObjectStore } from '../../lambdas/core/ports.ts'

/** An object store in memory, with a switch to take it down. */
export function memoryStore(objects = new Map<string, Uint8Array>()) {
  const state = { down: false }
  const up = async () => {
    if (state.down) throw new Error('the store is down')
  }
  const etagOf = (body: Uint8Array) => createHash('md5').update(body).digest('hex')
  const store: ObjectStore = {
    async get(key) {
      await up()
      const body = objects.get(key)
      return body && { body, etag: etagOf(body) }
    },
    async put(key, body) {
      await up()
      objects.set(key, body)
    },
    async putOnce(key, body) {
      await up()
      if (objects.has(key)) return false
      objects.set(key, body)
      return true
    },
    async putIf(key, body, condition) {
      await up()
      const current = objects.get(key)
      const holds = 'etag' in condition ? current && etagOf(current) === condition.etag : current === undefined
      if (!holds) return undefined
      objects.set(key, body)
      return etagOf(body)
    },
    async list(prefix, limit, after = '') {
      await up()
      const keys = [...objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort()
      return keys.slice(0, limit).map((key) => ({ key, writtenAt: 0, size: objects.get(key)?.length ?? 0 }))
    },
    async delete(key) {
      await up()
      objects.delete(key)
    },
  }
  const text = (key: string) => new TextDecoder().decode(objects.get(key))
  return { store, objects, state, text }
}

/** A queue in memory that refuses chosen messages. */
export function memoryQueue(refuses: (body: string) => boolean = () => false) {
  const bodies: string[] = []
  const queue: MessageQueue = {
    async send(sent) {
      const refused = sent.filter(refuses)
      bodies.push(...sent.filter((body) => !refuses(body)))
      return refused.map((body) => ({ body, cause: new Error('refused') }))
    },
  }
  return { queue, bodies }
}
