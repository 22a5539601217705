import { expect, test } from 'vitest'
import { beginAttempt, resultOf, takeAttempt } from '../../../../lambdas/core/oauth/attempts.ts'
import { newAttempt } from '../../../../lambdas/core/oauth/signed-link.ts'
import type { ObjectStore } from '../../../../lambdas/core/ports.ts'
import { memoryStore } from '../../../support/memory-stores.ts'

const attempt = newAttempt('source-1', Date.parse('2026-01-15T12:00:00Z'))

/** A store whose next answer is lost after the put took effect, as when the SDK repeats it against itself. */
function forgetful(store: ObjectStore) {
  const switches = { loses: false }
  const losing: ObjectStore = {
    ...store,
    async putIf(...put) {
      const tag = await store.putIf(...put)
      if (!switches.loses) return tag
      switches.loses = false
      return undefined
    },
  }
  return { losing, switches }
}

test('an attempt is begun, taken and ended although each answer of the store is lost', async () => {
  const { losing, switches } = forgetful(memoryStore().store)
  switches.loses = true
  expect(await beginAttempt(losing, attempt, 'verifier')).toBeDefined()
  switches.loses = true
  const taken = await takeAttempt(losing, attempt)
  expect(taken?.verifier).toBe('verifier')
  expect(await resultOf(losing, attempt)).toBeUndefined()
  switches.loses = true
  await taken?.finish({ result: 'stored', says: 'it works' })
  expect(await resultOf(losing, attempt)).toEqual({ result: 'stored', says: 'it works' })
})

test('the verifier is gone once the attempt is taken', async () => {
  const { store, objects } = memoryStore()
  await beginAttempt(store, attempt, 'verifier-of-this-test')
  await takeAttempt(store, attempt)
  expect([...objects.values()].map((body) => new TextDecoder().decode(body)).join()).not.toContain('verifier')
})

test('an attempt that ended at its start cannot be taken', async () => {
  const { store } = memoryStore()
  const begun = await beginAttempt(store, attempt, 'verifier')
  await begun?.finish({ result: 'refused', says: 'too many' })
  expect(await takeAttempt(store, attempt)).toBeUndefined()
})
