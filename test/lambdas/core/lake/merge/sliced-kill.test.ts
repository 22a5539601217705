import { describe, expect, test } from 'vitest'
import { dataFile } from '../../../../../lambdas/core/lake/merge/data-file.ts'
import { sliceOf } from '../../../../../lambdas/core/lake/merge/next-work.ts'
import { Killed, type MergeWorld, mergeWorld, type OnCall } from '../../../../support/merge-world.ts'

const day = '2026-06-01'
const noon = Date.UTC(2026, 5, 1, 12)
/** A merged file makes slices of a day, and each is merged as soon as it has a cut file. */
const bounds = { compared: 2_500, cutFrom: 1_000_000, mergedFrom: 1 }

interface Started {
  readonly world: MergeWorld
  readonly ids: Set<string>
}

const write = (world: MergeWorld, message: string, ids: readonly string[]) =>
  world.write(
    message,
    ids.map((id) => world.rowOf({ id, '@timestamp': noon })),
  )

/** A day that is to be cut: it has a merged file, and fresh ones that repeat rows of it and of each other. */
async function beforeCut(): Promise<Started> {
  const world = mergeWorld({ bounds })
  await write(
    world,
    'm0',
    Array.from({ length: 60 }, (_, n) => `old-${n}`),
  )
  await world.merge(day)
  await write(world, 'm1', ['a', 'old-1'])
  await write(world, 'm2', ['a', 'b', 'c'])
  return { world, ids: await idsOn(world) }
}

/** The same once its slices are merged, and with cut files that repeat rows of them. */
async function beforeSlices(): Promise<Started> {
  const { world } = await beforeCut()
  while ((await world.merge(day)).files > 0);
  await write(world, 'm3', ['c', 'd', 'old-2', 'old-3', 'old-4'])
  await world.merge(day)
  return { world, ids: await idsOn(world) }
}

async function idsOn(world: MergeWorld): Promise<Set<string>> {
  return new Set((await world.rows(day, ['id'])).map(({ id }) => String(id)))
}

/** Calls something with the n-th call of a store. */
function at(step: number, act: () => void | Promise<void>): OnCall & { calls: number } {
  const onCall = Object.assign(
    async () => {
      if (++onCall.calls === step) await act()
    },
    { calls: 0 },
  )
  return onCall
}

const kill = () => {
  throw new Killed()
}

/** After any mishap: nothing is lost, further merges leave nothing double, and nothing stays behind. */
async function expectWhole(world: MergeWorld, ids: ReadonlySet<string>): Promise<void> {
  expect(await idsOn(world)).toEqual(ids)
  for (let times = 0; ; times++) {
    expect(times).toBeLessThan(40)
    const outcome = await world.merge(day)
    if (outcome.files === 0 && !outcome.lostRace) break
  }
  const rows = (await world.rows(day, ['id'])).map(({ id }) => String(id))
  expect(rows.toSorted()).toEqual([...ids].sort())
  expect(world.listed(day).every((key) => dataFile(key).isMerged)).toBe(true)
  await world.tidy()
  expect(world.dataFiles()).toEqual(world.listed(day).toSorted())
  expect([...world.opsObjects.keys()].filter((key) => !key.startsWith('merges/sweep'))).toEqual([])
}

/** Calls `check` with every second step of a merge, which are its calls of stores, until one comes after its end. */
async function everyCall(check: (step: number) => Promise<{ readonly calls: number }>): Promise<number> {
  for (let step = 1; ; step += 2) {
    const { calls } = await check(step)
    if (calls < step) return step - 1
  }
}

describe.each([
  ['a cut', beforeCut],
  ['a merge of a slice', beforeSlices],
])('before every call of a store in %s', (_what, start) => {
  test('a kill loses no row and leaves nothing behind', async () => {
    const steps = await everyCall(async (step) => {
      const { world, ids } = await start()
      const onCall = at(step, kill)
      await world.merge(day, { onCall }).catch((error: unknown) => expect(error).toBeInstanceOf(Killed))
      await expectWhole(world, ids)
      return onCall
    })
    expect(steps).toBeGreaterThan(16)
  })

  test('another merger does the same work and goes on, and no row is lost or there twice', async () => {
    await everyCall(async (step) => {
      const { world, ids } = await start()
      const onCall = at(step, async () => {
        for (let times = 0; times < 3; times++) await world.merge(day)
      })
      await world.merge(day, { onCall }).catch((error: unknown) => expect(String(error)).toMatch(/cannot be read/))
      await expectWhole(world, ids)
      return onCall
    })
  })

  test('the writer adds a late file, and writes again what is being merged', async () => {
    await everyCall(async (step) => {
      const { world, ids } = await start()
      const onCall = at(step, async () => {
        await write(world, 'late', ['late', 'b'])
        await write(world, 'm2', ['a', 'b', 'c'])
      })
      await world.merge(day, { onCall })
      if (onCall.calls >= step) ids.add('late')
      await expectWhole(world, ids)
      return onCall
    })
  })
})

test('two merges of slices that overlap at the same time do not both keep a row', async () => {
  const { world, ids } = await beforeCut()
  world.bounds.compared /= 2
  await world.merge(day)
  const finer = world.listed(day)
  let isOther = false
  const outcome = await world.merge(day, {
    onCall: async (call) => {
      if (call !== 'ops.putOnce' || isOther) return
      isOther = true
      // The same rows and more come again, and are cut into slices of another count and merged: these are the fuller
      // ones.
      Object.assign(world.bounds, { compared: 8_000, cutFrom: 0 })
      await write(world, 'm3', [...ids, ...Array.from({ length: 400 }, (_, n) => `more-${n}`)])
      for (let times = 0; times < 3; times++) expect((await world.merge(day)).files).toBe(1)
      expect(world.listed(day)).toEqual(expect.arrayContaining(finer))
    },
  })
  expect(outcome).toMatchObject({ files: 0, lostRace: true })
  expect(new Set(world.listed(day).map((key) => sliceOf(dataFile(key)).count)).size).toBe(2)
  for (let n = 0; n < 400; n++) ids.add(`more-${n}`)
  await expectWhole(world, ids)
})
