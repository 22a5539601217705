import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Killed, type MergeWorld, mergeWorld, type OnCall } from '../../../../support/merge-world.ts'

const day = '2026-06-01'
const noon = Date.UTC(2026, 5, 1, 12)

/** A day with a merged file and three small ones, in which some rows are repeated. */
async function startedDay(): Promise<{ world: MergeWorld; ids: Set<string> }> {
  const world = mergeWorld()
  const row = (id: string) => world.rowOf({ id, '@timestamp': noon })
  await world.write('m0', [row('old-1'), row('old-2')])
  await world.merge(day)
  await world.write('m1', [row('a'), row('old-1')])
  await world.write('m2', [row('a'), row('b')])
  await world.write('m3', [row('c')])
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

/** After any mishap: nothing is lost, one more merge leaves nothing double, and nothing stays behind. */
async function expectWhole(world: MergeWorld, ids: ReadonlySet<string>): Promise<void> {
  expect(await idsOn(world)).toEqual(ids)
  while ((await world.merge(day)).files > 0);
  const rows = (await world.rows(day, ['id'])).map(({ id }) => String(id))
  expect(rows.toSorted()).toEqual([...ids].sort())
  await world.tidy()
  expect(world.dataFiles()).toEqual(world.listed(day).toSorted())
  expect([...world.opsObjects.keys()].filter((key) => !key.startsWith('merges/sweep'))).toEqual([])
  expect((await world.rows(day, ['id'])).length).toBe(ids.size)
}

/** Calls `check` with every step of a merge, until one comes after its end. */
async function everyStep(check: (step: number) => Promise<{ readonly calls: number }>): Promise<number> {
  for (let step = 1; ; step++) {
    const { calls } = await check(step)
    if (calls < step) return step - 1
  }
}

describe('between every two steps of a merge', () => {
  test('a kill loses no row and leaves nothing behind', async () => {
    const steps = await everyStep(async (step) => {
      const { world, ids } = await startedDay()
      const onCall = at(step, kill)
      await world.merge(day, { onCall }).catch((error: unknown) => expect(error).toBeInstanceOf(Killed))
      await expectWhole(world, ids)
      return onCall
    })
    expect(steps).toBeGreaterThan(20)
  })

  test('a second merger does the same work, and one of the two gives up', async () => {
    await everyStep(async (step) => {
      const { world, ids } = await startedDay()
      const onCall = at(step, async () => void (await world.merge(day)))
      await world.merge(day, { onCall }).catch((error: unknown) => expect(String(error)).toMatch(/cannot be read/))
      await expectWhole(world, ids)
      return onCall
    })
  })

  test('the writer adds a late file, and writes again what is being merged', async () => {
    await everyStep(async (step) => {
      const { world, ids } = await startedDay()
      const row = (id: string) => world.rowOf({ id, '@timestamp': noon })
      const onCall = at(step, async () => {
        await world.write('late', [row('late'), row('b')])
        await world.write('m2', [row('a'), row('b')])
      })
      await world.merge(day, { onCall })
      if (onCall.calls >= step) ids.add('late')
      await expectWhole(world, ids)
      return onCall
    })
  })

  test('replaced files are deleted, and rows that are written again are not lost with them', async () => {
    await everyStep(async (step) => {
      const { world, ids } = await startedDay()
      await world.merge(day)
      world.clock.ms += 3 * 3_600_000
      const row = (id: string) => world.rowOf({ id, '@timestamp': noon }, noon)
      const onCall = at(step, () => world.tidy(0))
      await world.write('m2', [row('a'), row('b')], onCall)
      await expectWhole(world, ids)
      return onCall
    })
  })
})

test('the answer to the swap is lost, and the merge counts', async () => {
  const { world, ids } = await startedDay()
  let lost = 0
  const onCall = (call: string) => {
    if (call === 'lake.putIf answered' && lost++ === 0) throw new Error('the answer was lost')
  }
  expect(await world.merge(day, { onCall })).toMatchObject({ files: 4, lostRace: false })
  expect(lost).toBe(1)
  await expectWhole(world, ids)
})

test('whatever is written, merged and killed over three days, every row is there once in the end', async () => {
  const days = ['2026-06-01', '2026-06-02', '2026-06-03']
  const event = fc.record({ id: fc.integer({ min: 0, max: 12 }), timed: fc.boolean() })
  const action = fc.oneof(
    fc.record({
      do: fc.constant('write' as const),
      events: fc.array(event, { minLength: 1, maxLength: 6 }),
      late: fc.nat(2),
    }),
    fc.record({ do: fc.constant('merge' as const), day: fc.nat(2), killAt: fc.integer({ min: 1, max: 120 }) }),
    fc.record({
      do: fc.constant('race' as const),
      day: fc.nat(2),
      other: fc.nat(2),
      at: fc.integer({ min: 1, max: 60 }),
    }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 3, maxLength: 14 }), async (actions) => {
      const world = mergeWorld({ now: Date.UTC(2026, 5, 3, 12) })
      const written = new Set<string>()
      for (const [index, one] of actions.entries()) {
        if (one.do === 'write') {
          // No provider's clock is days ahead, or the day of the receipt would be the earlier one.
          const latest = Math.max(0, ...one.events.map(({ id, timed }) => (timed ? id % 3 : 0)))
          const receivedAt = Date.UTC(2026, 5, 1 + Math.max(one.late, latest), 12)
          const rows = one.events.map(({ id, timed }) =>
            world.rowOf(
              { id: `${timed ? 't' : 'u'}${id}`, ...(timed && { '@timestamp': Date.UTC(2026, 5, 1 + (id % 3), 9) }) },
              receivedAt,
            ),
          )
          await world.write(`m${index}`, rows)
          for (const row of rows) written.add(String(row.p_row_id))
        } else {
          const dt = days[one.day] ?? ''
          const onCall =
            one.do === 'merge'
              ? at(one.killAt, kill)
              : at(one.at, async () => void (await world.merge(days[one.other] ?? '')))
          await world
            .merge(dt, { onCall })
            .catch((error: unknown) => expect(String(error)).toMatch(/Killed|cannot be read/))
        }
      }
      // What is requested in the end, until there is nothing to do.
      for (let round = 0; round < 3; round++) {
        for (const dt of days) await world.merge(dt)
        for (const dt of world.rechecks) await world.merge(dt, { recheck: true })
      }
      const rows = (await Promise.all(days.map((dt) => world.rows(dt)))).flat().map((row) => String(row.p_row_id))
      expect(rows.toSorted()).toEqual([...written].sort())
      await world.tidy()
      expect(world.dataFiles()).toEqual(days.flatMap((dt) => world.listed(dt)).toSorted())
    }),
    { numRuns: 8 },
  )
})
