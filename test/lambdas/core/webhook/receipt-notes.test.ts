import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createReceiptNotes, decodeReceipt, receiptKey } from '../../../../lambdas/core/webhook/receipt-notes.ts'
import { memoryStore } from '../../../support/memory-stores.ts'

const minute = 60_000

function world() {
  const { store, objects, state } = memoryStore()
  let now = 10_000_000
  let puts = 0
  const failures: string[] = []
  return {
    failures,
    state,
    objects,
    puts: () => puts,
    now: () => now,
    advance: (ms: number) => {
      now += ms
    },
    writer: () =>
      createReceiptNotes({
        store: {
          get: store.get,
          putIf(key, body, condition) {
            puts++
            return store.putIf(key, body, condition)
          },
        },
        onFailure: (source) => failures.push(source),
        now: () => now,
      }),
    noted: (source = 'hooks') => {
      const body = objects.get(receiptKey(source))
      return body && decodeReceipt(body)
    },
  }
}
const received = (newestReceivedAt: number, sourceId = 'hooks') => ({ sourceId, newestReceivedAt })

test('the newest receipt is noted at most every ten minutes', async () => {
  const { writer, advance, now, puts, noted } = world()
  const note = writer()
  const first = now()
  for (let minutes = 0; minutes < 60; minutes++) {
    await note([received(now() - 5_000), received(now())])
    advance(minute)
  }
  expect(puts()).toBe(6)
  expect(noted()).toBe(first + 50 * minute)
})

test('an old event, and a second writer, leave a newer note alone', async () => {
  const { writer, now, puts, noted } = world()
  await writer()([received(now())])
  await writer()([received(now() - 7 * 86_400_000)])
  await writer()([received(now() + minute)])
  expect(puts()).toBe(1)
  expect(noted()).toBe(now())
})

test('each source has a note of its own', async () => {
  const { writer, now, noted } = world()
  await writer()([received(now(), 'a'), received(now() - 1, 'b')])
  expect([noted('a'), noted('b')]).toEqual([now(), now() - 1])
})

test('a store that is down fails nothing, and is asked again after ten minutes', async () => {
  const { writer, state, advance, now, failures, noted } = world()
  const note = writer()
  state.down = true
  await note([received(now())])
  await note([received(now())])
  expect(failures).toEqual(['hooks'])
  state.down = false
  advance(10 * minute)
  await note([received(now())])
  expect(noted()).toBe(now())
})

test('an unreadable note is replaced', async () => {
  const { writer, objects, now, noted } = world()
  objects.set(receiptKey('hooks'), Buffer.from('{"receivedAt":"soon"}'))
  await writer()([received(now())])
  expect(noted()).toBe(now())
})

test('a note never becomes older, whatever comes in which order', async () => {
  const step = fc.record({ who: fc.nat(1), wait: fc.nat(15), age: fc.nat(60) })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const { writer, advance, now, noted } = world()
      const writers = [writer(), writer()]
      let last = 0
      for (const { who, wait, age } of steps) {
        advance(wait * minute)
        await writers[who]?.([received(now() - age * minute)])
        expect(noted() ?? 0).toBeGreaterThanOrEqual(last)
        last = noted() ?? 0
      }
    }),
  )
})
