import fc from 'fast-check'
import { expect, test } from 'vitest'
import { StoreError } from '../../../../lambdas/core/errors.ts'
import type { ObjectStore } from '../../../../lambdas/core/ports.ts'
import {
  countOn,
  decodeStreamState,
  newState,
  type StreamState,
  streamStateStore,
} from '../../../../lambdas/core/stream/stream-state.ts'
import { memoryStore } from '../../../support/memory-stores.ts'

const day = 86_400_000
const start = Date.UTC(2026, 0, 15, 23, 59, 59, 999)
const folder = 'state/s/'
const key = 'state/s/stream.json'

/** A store of which each call waits for its turn, which a test gives. */
function withTurns(store: ObjectStore, turn: () => Promise<void>): ObjectStore {
  const get: ObjectStore['get'] = async (...args) => turn().then(() => store.get(...args))
  const putIf: ObjectStore['putIf'] = async (...args) => turn().then(() => store.putIf(...args))
  return { ...store, get, putIf }
}

test('concurrent changes all count, in whatever order their calls come', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 4 }),
      async (scheduler, counts) => {
        const { store } = memoryStore()
        const turns = withTurns(store, () => scheduler.schedule(Promise.resolve()))
        const changes = counts.map((events) =>
          streamStateStore(turns, folder).change((state) => countOn(state, start, { events, objects: 1 })),
        )
        await scheduler.waitFor(Promise.all(changes))
        const { days } = await streamStateStore(store, folder).read()
        expect(days.map(({ events }) => events)).toEqual(counts.length === 0 ? [] : [counts.reduce((a, b) => a + b)])
        expect(days[0]?.objects ?? 0).toBe(counts.length)
      },
    ),
  )
})

test('counts are sums by UTC day, of the latest eight days, oldest first', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 12 }), fc.nat(9))), (counted) => {
      const sums = new Map<string, number>()
      let state = newState
      for (const [later, events] of counted) {
        const time = start + later * day
        state = countOn(state, time, { events })
        const name = new Date(time).toISOString().slice(0, 10)
        const isKept = state.days.some((one) => one.day === name)
        if (isKept) sums.set(name, (sums.get(name) ?? 0) + events)
        const latest = [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).slice(-8)
        for (const old of [...sums.keys()].filter((one) => latest.every(([kept]) => kept !== one))) sums.delete(old)
        expect(state.days.map((one) => [one.day, one.events])).toEqual(latest)
      }
    }),
  )
})

test.each(['', '{', '[]', '{"days":[]}', '{"days":[{}],"unfinished":[]}', '{"days":[],"unfinished":[{"name":"a"}]}'])(
  'an unreadable state counts as new and is replaced by the next change: %s',
  async (text) => {
    const { store, objects } = memoryStore(new Map([[key, Buffer.from(text)]]))
    const states = streamStateStore(store, folder)
    expect(await states.read()).toEqual(newState)
    await states.change((state) => countOn(state, start, { events: 1 }))
    expect(decodeStreamState(objects.get(key) ?? new Uint8Array())?.days).toMatchObject([{ events: 1 }])
  },
)

test('every state is read back as it was', async () => {
  const { store } = memoryStore()
  const states = streamStateStore(store, folder)
  const state: StreamState = {
    lastEventAt: start,
    lastResult: { at: start, outcome: 'transient', detail: 'd' },
    days: countOn(newState, start, { excluded: 1, ignored: 2, leftOut: 3, failed: 4 }).days,
    unfinished: [{ name: 'a', version: 'v', position: { bytes: 1, lines: 2 } }],
    listing: { startedAt: start, isOpen: true, after: 'a', found: 1, wait: { notBefore: start, step: 1 } },
    configuration: {
      at: start,
      outcome: 'done',
      streams: [{ id: '1', destination: 'S3', enabled: false, pausedAt: 7 }],
    },
  }
  await states.change(() => state)
  expect(await states.read()).toMatchObject(state)
})

test('a change gives up when another writer is faster every time', async () => {
  const { store } = memoryStore()
  const putIf: ObjectStore['putIf'] = async () => undefined
  await expect(streamStateStore({ ...store, putIf }, folder).change((state) => state)).rejects.toThrow(StoreError)
})
