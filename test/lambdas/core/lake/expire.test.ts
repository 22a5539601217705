import fc from 'fast-check'
import { expect, test } from 'vitest'
import { deleteExpiredDays } from '../../../../lambdas/core/lake/expire.ts'
import { dataPrefix, listKey } from '../../../../lambdas/core/lake/partition.ts'
import { addToList, parseList } from '../../../../lambdas/core/lake/table-list.ts'
import { memoryStore } from '../../../support/memory-stores.ts'

const day = 86_400_000
const now = Date.parse('2026-03-01T12:00:00Z')
const dayBefore = (days: number) => new Date(now - days * day).toISOString().slice(0, 10)
const ages = (from: number, count: number) => Array.from({ length: count }, (_, index) => from + index)

/** A lake whose tables have a list and a file for each of these days, in days before now. */
async function lakeOf(tables: readonly string[], days: readonly number[]) {
  const memory = memoryStore()
  for (const table of tables) {
    for (const age of days) await addFile(memory.store, table, age, 'a')
  }
  const round = (options: Partial<Parameters<typeof deleteExpiredDays>[0]> = {}) =>
    deleteExpiredDays({ lake: memory.store, retentionDays: 30, deadline: now + 1, now: () => now, ...options })
  return { ...memory, keys: () => [...memory.objects.keys()].sort(), round }
}

async function addFile(store: ReturnType<typeof memoryStore>['store'], table: string, age: number, name: string) {
  const partition = { table, dt: dayBefore(age) }
  const key = `${dataPrefix(partition)}${name}.parquet`
  await store.put(key, Buffer.from(name))
  await addToList(store, listKey(partition), `s3://lake/${key}`)
}

/** Files that a list names and that are not there. */
function missing(objects: ReadonlyMap<string, Uint8Array>): string[] {
  return [...objects].flatMap(([key, body]) =>
    key.startsWith('tables/') ? parseList(body).filter((url) => !objects.has(url.slice('s3://lake/'.length))) : [],
  )
}

test('a day is deleted from all tables a week after its last query, and no day before', async () => {
  const lake = await lakeOf(['a', 'a_b', 'ab'], [0, 30, 37, 38, 39, 400])
  expect(await lake.round()).toEqual({ lists: 9, files: 9, unfinished: false })
  const kept = await lakeOf(['a', 'a_b', 'ab'], [0, 30, 37])
  expect(lake.keys()).toEqual(kept.keys())
  expect(await lake.round()).toEqual({ lists: 0, files: 0, unfinished: false })
})

test('days ahead and objects that are no part of a day stay', async () => {
  const lake = await lakeOf(['a'], [-2, 50])
  const others = ['data/a/notes.txt', 'data/note', 'tables/a/dt=old/symlink.txt', 'tables/z']
  for (const key of others) await lake.store.put(key, Buffer.from('x'))
  await lake.round()
  expect(lake.keys()).toEqual([...others, ...(await lakeOf(['a'], [-2])).keys()].sort())
})

test('a table without such days costs one listing of its lists and one of its files', async () => {
  const lake = await lakeOf(['a', 'b', 'c'], ages(0, 31))
  const listed: string[] = []
  const list = (prefix: string, limit: number, after?: string) => {
    listed.push(prefix)
    return lake.store.list(prefix, limit, after)
  }
  await lake.round({ lake: { ...lake.store, list } })
  // One more of each folder shows that there is no other table.
  expect(listed).toEqual([...Array(4).fill('tables/'), ...Array(4).fill('data/')])
})

test('a round is bounded; all lists go before the first file', async () => {
  const lake = await lakeOf(['a', 'b'], ages(38, 3_000))
  const filesLeft = () => lake.keys().filter((key) => key.startsWith('data/')).length
  expect(await lake.round()).toEqual({ lists: 5_000, files: 0, unfinished: true })
  expect(await lake.round()).toEqual({ lists: 1_000, files: 4_000, unfinished: true })
  expect(filesLeft()).toBe(2_000)
  expect(await lake.round()).toEqual({ lists: 0, files: 2_000, unfinished: false })
  expect(lake.keys()).toEqual([])
})

test('a round ends at its deadline', async () => {
  const lake = await lakeOf(['a'], [40])
  expect(await lake.round({ deadline: now })).toEqual({ lists: 0, files: 0, unfinished: true })
  expect(lake.keys()).toHaveLength(2)
})

test('a file that was just written stays, because a new list may be about to name it', async () => {
  const lake = await lakeOf(['a'], [40])
  const list = async (prefix: string, limit: number, after?: string) => {
    return (await lake.store.list(prefix, limit, after)).map((object) => ({ ...object, writtenAt: now - 1_000 }))
  }
  expect(await lake.round({ lake: { ...lake.store, list } })).toEqual({ lists: 1, files: 0, unfinished: false })
  await addFile(lake.store, 'a', 40, 'a')
  expect(missing(lake.objects)).toEqual([])
})

test('killed at any step, with late rows in between, no list ever names a missing file', async () => {
  const partition = fc.record({
    table: fc.constantFrom('a', 'b'),
    age: fc.integer({ min: 30, max: 45 }),
    name: fc.constantFrom('x', 'y', 'z'),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(partition), fc.array(fc.nat(12)), partition, async (written, kills, late) => {
      const lake = await lakeOf([], [])
      for (const { table, age, name } of written) await addFile(lake.store, table, age, name)
      for (const kill of kills) {
        let left = kill
        const remove = async (key: string) => {
          if (left-- === 0) throw new Error('killed')
          await lake.store.delete(key)
          expect(missing(lake.objects)).toEqual([])
        }
        await lake.round({ lake: { ...lake.store, delete: remove } }).catch(() => undefined)
        expect(missing(lake.objects)).toEqual([])
        await addFile(lake.store, late.table, late.age, late.name)
      }
      await lake.round()
      const days = lake.keys().map((key) => /dt=([^/]+)/.exec(key)?.[1] ?? '')
      expect(days.filter((dt) => dt < dayBefore(37))).toEqual([])
    }),
  )
})
