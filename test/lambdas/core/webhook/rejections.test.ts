import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Answer } from '../../../../lambdas/core/webhook/receive.ts'
import { createRejections, decodeRejections, rejectionsKey } from '../../../../lambdas/core/webhook/rejections.ts'
import { memoryStore } from '../../../support/memory-stores.ts'

const minute = 60_000
const refused = { status: 401, reason: 'bad_credential', sourceId: 'hooks' } as const

/** Instances of the function beside each other, over one store. */
function world() {
  const { store, objects, state } = memoryStore()
  let now = 1_000_000
  let calls = 0
  const counting: Parameters<typeof createRejections>[0] = {
    get(key) {
      calls++
      return store.get(key)
    },
    putIf(key, body, condition) {
      calls++
      return store.putIf(key, body, condition)
    },
  }
  return {
    store,
    state,
    objects,
    instance: () => createRejections(counting, () => now),
    advance: (ms: number) => {
      now += ms
    },
    calls: () => calls,
    stored: (sourceId = 'hooks') => {
      const body = objects.get(rejectionsKey(sourceId))
      return body && decodeRejections(body)
    },
  }
}

test('the first rejection is stored at once, the rest with the first one after a minute', async () => {
  const { instance, advance, calls, stored } = world()
  const reject = instance()
  await reject(refused)
  expect(stored()).toMatchObject({ count: 1, lastAt: 1_000_000, lastReason: 'bad_credential' })
  for (let times = 0; times < 500; times++) await reject(refused)
  expect(calls()).toBe(1)
  advance(minute)
  await reject({ ...refused, status: 413, reason: 'too_large' })
  expect(stored()).toMatchObject({ count: 502, lastAt: 1_000_000 + minute, lastReason: 'too_large' })
  expect(calls()).toBe(2)
})

test.each([
  ['an accepted request', { ...refused, status: 200, reason: 'not_json' }],
  ['an outage of ours', { ...refused, status: 503, reason: 'unavailable' }],
  ['a request for a source that is not in the settings', { status: 404, reason: 'unknown_source' }],
] as const)('%s costs no request of the store', async (_, answer: Pick<Answer, 'status' | 'reason'>) => {
  const { instance, calls } = world()
  await instance()(answer)
  expect(calls()).toBe(0)
})

test('a store that is down delays one request a minute and fails none', async () => {
  const { instance, state, advance, calls, stored } = world()
  const reject = instance()
  state.down = true
  for (let second = 0; second < 60; second++) {
    await reject(refused)
    advance(1_000)
  }
  expect(calls()).toBe(1)
  state.down = false
  await reject(refused)
  expect(stored()).toMatchObject({ count: 60 })
})

test('an unreadable object is replaced', async () => {
  const { instance, objects, stored } = world()
  objects.set(rejectionsKey('hooks'), Buffer.from('{"count":'))
  await instance()(refused)
  expect(stored()).toMatchObject({ count: 1 })
})

test('instances add up, and the count is never higher than the number of requests', async () => {
  const step = fc.record({ who: fc.nat(2), wait: fc.constantFrom(0, 1_000, minute), down: fc.boolean() })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const { instance, advance, state, stored } = world()
      const instances = [instance(), instance(), instance()]
      for (const { who, wait, down } of steps) {
        advance(wait)
        state.down = down
        await instances[who]?.(refused)
      }
      state.down = false
      const before = stored()?.count ?? 0
      expect(before).toBeLessThanOrEqual(steps.length)
      if (steps.some(({ down }) => down)) return
      // Each instance stores what it holds with its next rejection.
      advance(minute)
      for (const one of instances) await one(refused)
      expect(stored()?.count).toBe(steps.length + instances.length)
    }),
  )
})
