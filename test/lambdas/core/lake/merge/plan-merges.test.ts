import { expect, test } from 'vitest'
import { planMerges } from '../../../../../lambdas/core/lake/merge/plan-merges.ts'
import { memoryQueue, memoryStore } from '../../../../support/memory-stores.ts'
import { timed } from '../../../../support/merge-world.ts'

const minute = 60_000
const day = '2026-06-01'
const noon = Date.UTC(2026, 5, 1, 12)
const megabyte = 1_000_000

/** Lists in memory, and a janitor that plans every ten minutes. */
function lists({ queueRefuses = () => false }: { queueRefuses?: () => boolean } = {}) {
  const clock = { ms: noon }
  const memory = memoryStore()
  const store = timed(memory.store, () => clock.ms)
  const { queue, bodies } = memoryQueue(queueRefuses)
  const ops = memoryStore()
  const read: string[] = []
  const lake = {
    ...store,
    get: (key: string) => {
      read.push(key)
      return store.get(key)
    },
  }
  return {
    clock,
    ops,
    read,
    bodies,
    /** @param names of files; those of merged ones hold their size */
    async put(dt: string, ...names: readonly string[]): Promise<void> {
      const lines = names.map((name) => `s3://lake/data/a/dt=${dt}/${name}.parquet\n`)
      await store.put(`tables/a/dt=${dt}/symlink.txt`, Buffer.from(lines.join('')))
    },
    /** Plans after some minutes. @returns the days that were requested; `undefined` when it was not time */
    async plan(minutes = 10): Promise<string[] | undefined> {
      clock.ms += minutes * minute
      read.length = 0
      const outcome = await planMerges({
        lake,
        ops: ops.store,
        queue,
        everySeconds: 600,
        retentionDays: 365,
        now: () => clock.ms,
      })
      return outcome?.requested.map(({ dt }) => dt)
    },
  }
}

const merged = (size: number, number = 1) =>
  `merged-${size}-00000000-0000-4000-8000-${String(number).padStart(12, '0')}`

test('a day is requested with the second plan that finds something, and again when two more have passed', async () => {
  const { put, plan } = lists()
  await put(day, 'a', 'b')
  expect(await plan()).toEqual([])
  expect(await plan()).toEqual([day])
  expect(await plan()).toEqual([])
  expect(await plan()).toEqual([day])
  await put(day, merged(1_000))
  expect(await plan()).toEqual([])
  expect(await plan()).toEqual([])
})

test('a day whose merges fail is requested more and more seldom, one that is merged each time is not', async () => {
  const { put, plan } = lists()
  await put(day, 'a', 'b')
  const failing: number[] = []
  for (let n = 0; n < 70; n++) if ((await plan())?.length === 1) failing.push(n)
  expect(failing).toEqual([1, 3, 7, 15, 31, 63])
  let files: string[] = []
  let requests = 0
  for (let n = 0; n < 20; n++) {
    files.push(`file ${n}`)
    await put(day, ...files)
    if ((await plan())?.length !== 1) continue
    requests++
    files = [merged(1_000, n)]
  }
  expect(requests).toBe(10)
})

test('within the time between two plans nothing is done', async () => {
  const { put, plan, read } = lists()
  await put(day, 'a')
  expect(await plan()).toEqual([])
  expect(await plan(9)).toBeUndefined()
  expect(read).toEqual([])
  expect(await plan(1)).toEqual([day])
})

test('a list that has not changed is not read again', async () => {
  const { put, plan, read } = lists()
  for (const dt of ['2026-05-29', '2026-05-30', '2026-05-31']) await put(dt, merged(200 * megabyte))
  await plan()
  expect(read).toHaveLength(3)
  await put('2026-05-30', merged(200 * megabyte), 'late')
  await plan()
  expect(read).toContain('tables/a/dt=2026-05-30/symlink.txt')
  await plan()
  expect(read).toEqual(['tables/a/dt=2026-05-30/symlink.txt'])
})

test('a day with several merged files is merged once more when it is over, and large files are left alone', async () => {
  const { clock, put, plan } = lists()
  await put(day, merged(200 * megabyte, 1), merged(60 * megabyte, 2), merged(20 * megabyte, 3))
  await plan()
  expect(await plan()).toEqual([])
  clock.ms = Date.UTC(2026, 5, 2, 2, 5)
  expect(await plan(0)).toEqual([])
  expect(await plan()).toEqual([day])
  await put(day, merged(200 * megabyte, 1), merged(80 * megabyte, 4))
  expect(await plan()).toEqual([])
  expect(await plan()).toEqual([])
})

test('a backlog of files is requested at once', async () => {
  const { put, plan } = lists()
  await put(day, ...Array.from({ length: 5_000 }, (_, n) => `file-${n}`))
  expect(await plan()).toEqual([day])
})

test('a request that the queue does not take is sent with the next plan', async () => {
  const refuses = { on: true }
  const { put, plan, bodies } = lists({ queueRefuses: () => refuses.on })
  await put(day, 'a')
  await plan()
  expect(await plan()).toEqual([])
  refuses.on = false
  expect(await plan()).toEqual([day])
  expect(bodies).toEqual([JSON.stringify({ table: 'a', dt: day })])
})

test('days that the retention is about to delete are left alone', async () => {
  const { put, plan } = lists()
  await put('2025-05-31', 'a', 'b')
  await put('2025-06-01', 'a', 'b')
  await plan()
  expect(await plan()).toEqual(['2025-06-01'])
})

test('a plan that cannot be read is made anew', async () => {
  const { put, plan, ops } = lists()
  await put(day, 'a')
  for (const spoiled of ['', '[]', '{"at":"x"}', '{"at":1,"waiting":{"x":{"since":"y"}}}']) {
    ops.objects.set('merges/plan.json', Buffer.from(spoiled))
    expect(await plan()).toEqual([])
  }
})

test("a list is read again however far the janitor's clock is ahead of that of S3, and a plan of such a clock holds up no other", async () => {
  for (const ahead of [2, 30 * 24 * 60]) {
    const { clock, put, plan } = lists()
    await put(day, 'a')
    await plan()
    clock.ms += ahead * minute
    await plan()
    clock.ms -= ahead * minute
    await put(day, 'a', 'b')
    expect([await plan(), await plan(), await plan()].flat()).toContain(day)
  }
})

test('a plan of an older version counts, and its days stay requested', async () => {
  const { ops, put, plan, read } = lists()
  await put(day, 'a', 'b')
  await plan()
  await put('2026-05-30', merged(200 * megabyte))
  await plan()
  const { newestList: _, ...older } = JSON.parse(ops.text('merges/plan.json'))
  ops.objects.set('merges/plan.json', Buffer.from(JSON.stringify(older)))
  expect(await plan()).toEqual([])
  expect(read).toEqual([`tables/a/dt=${day}/symlink.txt`])
  expect(await plan()).toEqual([day])
})
