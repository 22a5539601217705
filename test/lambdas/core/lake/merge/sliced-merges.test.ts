import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dataFile } from '../../../../../lambdas/core/lake/merge/data-file.ts'
import { sliceOf } from '../../../../../lambdas/core/lake/merge/next-work.ts'
import { overlap, type Slice } from '../../../../../lambdas/core/lake/merge/slice.ts'
import { fieldIdsOf } from '../../../../../schemas/compiler/field-ids.ts'
import { everyType } from '../../../../support/every-type.ts'
import { type MergeWorld, mergeWorld } from '../../../../support/merge-world.ts'
import { fieldIdsInFile, footerOf } from '../../../../support/parquet-footer.ts'

const day = '2026-06-01'
const next = '2026-06-02'
const noon = Date.UTC(2026, 5, 1, 12)
const dayMs = 86_400_000

/** The smallest merged file makes two slices of a day. */
const bounds = { compared: 2_500, cutFrom: 1_000_000, mergedFrom: 1_000_000_000 }
/** A slice is merged as soon as it has a cut file. */
const eager = { ...bounds, mergedFrom: 1 }

const ids = async (world: MergeWorld, dt = day): Promise<string[]> =>
  (await world.rows(dt, ['id'])).map(({ id }) => String(id)).sort()

const names = (prefix: string, from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, n) => `${prefix}${from + n}`)

const write = (world: MergeWorld, message: string, some: readonly string[], at = noon) =>
  world.write(
    message,
    some.map((id) => world.rowOf({ id, '@timestamp': at }, at)),
  )

const slicesListed = (world: MergeWorld, dt = day): Slice[] => world.listed(dt).map((key) => sliceOf(dataFile(key)))

/** Merges until there is nothing to do. */
async function mergeAll(world: MergeWorld, dt = day): Promise<void> {
  for (let times = 0; (await world.merge(dt)).files > 0; times++) expect(times).toBeLessThan(200)
}

/**
 * A day with a merged file, which is large enough to slice it, and fresh files that repeat rows of it and of each
 * other.
 */
async function largeDay(world: MergeWorld): Promise<string[]> {
  await write(world, 'm0', names('old-', 0, 60))
  await world.merge(day)
  await write(world, 'm1', [...names('a-', 0, 30), ...names('old-', 0, 5)])
  await write(world, 'm2', [...names('a-', 20, 40), ...names('old-', 3, 9)])
  return [...names('old-', 0, 60), ...names('a-', 0, 40)].sort()
}

describe('a day that has grown over the bound', () => {
  test('is cut first: rows lie by their ids in files of a slice, those repeated in the files once', async () => {
    const world = mergeWorld({ bounds })
    const expected = await largeDay(world)
    const [old = ''] = world.listed(day)
    expect(await world.merge(day)).toMatchObject({ files: 3, repeated: 21, isLast: true })
    const listed = world.listed(day)
    expect(listed).not.toContain(old)
    const slices = slicesListed(world)
    expect(slices.length).toBeGreaterThan(1)
    expect(listed.every((key) => /\/cut-\d+-\d+of\d+-[0-9a-f-]{36}\.parquet$/.test(key))).toBe(true)
    for (const key of listed) expect(dataFile(key).size).toBe(world.lakeObjects.get(key)?.length)
    for (const [at, key] of listed.entries()) {
      const found = await world.rowIdsIn(key)
      expect(found.size).toBeGreaterThan(0)
      const { index, count } = slices[at] ?? { index: 0, count: 1 }
      for (const id of found) expect(Number.parseInt(id.slice(0, 2), 16) % count).toBe(index)
    }
    expect(await ids(world)).toEqual(expected)
    expect(await world.merge(day)).toMatchObject({ files: 0 })
  })

  test('has cut files with the field ids of the schema, and no column more', async () => {
    const world = mergeWorld({ bounds })
    await largeDay(world)
    await world.merge(day)
    const expected = new Map(fieldIdsOf(everyType))
    for (const key of world.listed(day)) {
      const found = fieldIdsInFile(footerOf(world.lakeObjects.get(key) ?? new Uint8Array()))
      expect(found).toEqual(new Map([...expected].filter(([path]) => found.has(path))))
      expect(found.size).toBeGreaterThan(5)
    }
  })

  test('is merged slice by slice: rows leave that a merged file of the slice or of the whole day holds', async () => {
    const world = mergeWorld({ bounds: eager })
    await write(world, 'm0', names('old-', 0, 60))
    await world.merge(day)
    const [old = ''] = world.listed(day)
    // Too large to be cut with the others.
    world.shownSizes.set(old, 200 * 1024 * 1024)
    world.bounds.compared = 110 * 1024 * 1024
    await write(world, 'm1', [...names('a-', 0, 30), ...names('old-', 0, 5)])
    expect(await world.merge(day)).toMatchObject({ files: 1, repeated: 0, isLast: false })
    await mergeAll(world)
    expect(world.listed(day)).toContain(old)
    expect(await ids(world)).toEqual([...names('a-', 0, 30), ...names('old-', 0, 60)].sort())
    // Again, and fuller: the merged files of the slices take part.
    await world.write('m2', [world.rowOf({ id: 'a-7', '@timestamp': noon, text: 'x', flag: true })])
    await mergeAll(world)
    expect((await world.rows(day, ['id', 'text'])).filter(({ id }) => id === 'a-7')).toEqual([{ id: 'a-7', text: 'x' }])
    expect(
      slicesListed(world)
        .map(({ count }) => count)
        .sort(),
    ).toEqual([1, 2, 2])
  })

  test('is compared with overlapping files only, also of other days and of other counts', async () => {
    const world = mergeWorld({ bounds: eager })
    for (const [at, dt] of ['2026-05-31', day].entries()) {
      const received = noon + (at - 1) * dayMs
      world.clock.ms = received
      for (let batch = 0; batch < 4; batch++) {
        const rows = names(`${batch}-`, at * 40, at * 40 + 60).map((id) => world.rowOf({ id }, received))
        await world.write(`m${at}-${batch}`, rows)
        // The day before is sliced finer with each batch; this one only begins.
        if (at === 0 || batch > 0) await mergeAll(world, dt)
      }
    }
    await write(world, 'late', names('late-', 0, 4))
    const before = slicesListed(world, '2026-05-31')
    expect(new Set(before.map(({ count }) => count)).size).toBeGreaterThan(1)
    for (let merges = 0; ; merges++) {
      const live = [...world.listed(day), ...world.listed('2026-05-31')]
      world.opened.length = 0
      const copied: string[] = []
      const outcome = await world.merge(day, { onCopy: (key) => copied.push(key) })
      if (outcome.files === 0) break
      const [first = ''] = copied
      const slice = sliceOf(dataFile(first))
      if (slice.count === 1) continue
      expect(merges).toBeGreaterThan(0)
      for (const key of new Set(world.opened)) {
        expect(live).toContain(key)
        expect(overlap(sliceOf(dataFile(key)), slice)).toBe(true)
      }
    }
    expect(await ids(world)).toHaveLength(4 * 40 + 4)
  })
})

describe('a row without a time on large days', () => {
  test('makes a small day be cut, when the days before are too large to be compared in one piece', async () => {
    const world = mergeWorld({ bounds: { ...eager, compared: 20_000 } })
    world.bounds.compared = 1_000
    for (let n = 0; n < 3; n++) {
      await world.write(
        `m${n}`,
        names(`${n}-`, 0, 80).map((id) => world.rowOf({ id }, noon)),
      )
      await mergeAll(world)
    }
    world.bounds.compared = 3_000
    world.clock.ms = noon + dayMs
    await write(world, 'timed', ['timed'], noon + dayMs)
    expect(await world.merge(next)).toMatchObject({ files: 1 })
    expect(slicesListed(world, next)).toEqual([{ index: 0, count: 1 }])
    await world.write(
      'again',
      ['1-7', '2-9', 'new'].map((id) => world.rowOf({ id }, noon + dayMs)),
    )
    await world.merge(next)
    expect(slicesListed(world, next).every(({ count }) => count > 1)).toBe(true)
    await mergeAll(world, next)
    expect(await ids(world, next)).toEqual(['new', 'timed'])
    expect(await ids(world)).toHaveLength(240)
  })

  test.each([
    ['merged', eager],
    ['cut', bounds],
    ['not even cut', bounds],
  ])('whose first copy comes late leaves the next day slice by slice, where it is %s', async (how, chosen) => {
    const world = mergeWorld({ bounds: { ...chosen } })
    const untimed = (id: string, at: number) => world.rowOf({ id }, at)
    world.clock.ms = noon + dayMs
    const repeated = names('r-', 0, 12)
    await world.write(
      'b0',
      names('b-', 0, 60).map((id) => untimed(id, noon + dayMs)),
    )
    await mergeAll(world, next)
    await world.write(
      'b1',
      [...repeated, ...names('c-', 0, 30)].map((id) => untimed(id, noon + dayMs)),
    )
    if (how !== 'not even cut') await mergeAll(world, next)
    await world.write(
      'a0',
      names('d-', 0, 60).map((id) => untimed(id, noon)),
    )
    await world.merge(day)
    await world.write(
      'a1',
      repeated.map((id) => untimed(id, noon)),
    )
    world.bounds.mergedFrom = 1
    await mergeAll(world)
    world.bounds.mergedFrom = chosen.mergedFrom
    expect(world.recheckRequests.length).toBeGreaterThan(0)
    for (const { dt, slice } of world.recheckRequests) {
      for (let times = 0; (await world.merge(dt, { recheck: true, slice })).files > 0; times++) {
        expect(times).toBeLessThan(50)
      }
    }
    expect(await ids(world, next)).toEqual([...names('b-', 0, 60), ...names('c-', 0, 30)].sort())
    expect(await ids(world)).toEqual([...names('d-', 0, 60), ...repeated].sort())
  })

  test('is looked for slice by slice, when a day is too large to be looked at again as a whole', async () => {
    const world = mergeWorld({ bounds })
    await largeDay(world)
    await mergeAll(world)
    expect(await world.merge(day, { recheck: true })).toMatchObject({ files: 0 })
    const count = world.recheckRequests.length
    expect(count).toBeGreaterThan(1)
    expect(world.recheckRequests).toEqual(
      names('', 0, count).map((index) => ({ dt: day, slice: { index: Number(index), count } })),
    )
  })
})

test('a corrupt cut file is set aside, and its slice goes on', async () => {
  const world = mergeWorld({ bounds: { ...bounds } })
  await largeDay(world)
  await world.merge(day)
  world.bounds.mergedFrom = 1
  const [broken = ''] = world.listed(day)
  const lost = (await world.rowIdsIn(broken)).size
  world.lakeObjects.set(broken, Buffer.from('PAR1'))
  const found: string[] = []
  for (let times = 0; times < 100; times++) {
    const outcome = await world.merge(day)
    found.push(...outcome.corrupt.map(({ key }) => key))
    if (outcome.files === 0 && outcome.corrupt.length === 0) break
  }
  expect(found).toEqual([broken])
  expect(await ids(world)).toHaveLength(100 - lost)
})

test('rows that are too large to be cut together are cut in smaller portions', async () => {
  const world = mergeWorld({ bounds: { ...bounds } })
  await write(world, 'old', names('old-', 0, 60))
  await world.merge(day)
  world.shownSizes.set(world.listed(day)[0] ?? '', 200 * 1024 * 1024)
  world.bounds.compared = 110 * 1024 * 1024
  const random = (n: number) =>
    Array.from({ length: 60_000 }, (_, at) => Math.imul(n + 1, at * 2_654_435) >>> 0).join(' ')
  for (let n = 0; n < 8; n++) {
    await world.write(
      `m${n}`,
      [0, 1, 2].map((at) => world.rowOf({ id: `${n} ${at}`, '@timestamp': noon, text: random(n * 3 + at) })),
    )
  }
  const portions: number[] = []
  for (;;) {
    const outcome = await world.merge(day, { memoryMegabytes: 60 })
    if (outcome.files === 0) break
    portions.push(outcome.files)
  }
  expect(portions.length).toBeGreaterThan(1)
  expect(portions.reduce((sum, files) => sum + files)).toBe(8)
  expect(world.listed(day).some((key) => key.includes('/cut-'))).toBe(true)
  expect(await ids(world)).toHaveLength(84)
})

test('whatever is written over three days and merged in slices, every row is there once in the end', async () => {
  const days = ['2026-06-01', '2026-06-02', '2026-06-03']
  const event = fc.record({ id: fc.nat(40), timed: fc.boolean() })
  const action = fc.oneof(
    fc.record({
      do: fc.constant('write' as const),
      events: fc.array(event, { minLength: 1, maxLength: 12 }),
      late: fc.nat(2),
    }),
    fc.record({ do: fc.constant('merge' as const), day: fc.nat(2) }),
  )
  const sizes = fc.record({
    compared: fc.integer({ min: 1_000, max: 20_000 }),
    cutFrom: fc.constantFrom(1, 20_000),
    mergedFrom: fc.constantFrom(1, 6_000, 1_000_000),
  })
  await fc.assert(
    fc.asyncProperty(sizes, fc.array(action, { minLength: 4, maxLength: 16 }), async (some, actions) => {
      const world = mergeWorld({ now: Date.UTC(2026, 5, 3, 12), bounds: some })
      const written = new Set<string>()
      for (const [index, one] of actions.entries()) {
        if (one.do === 'merge') {
          await world.merge(days[one.day] ?? '')
          continue
        }
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
      }
      // All days are over in the end.
      world.clock.ms = Date.UTC(2026, 5, 5)
      for (const dt of days) await mergeAll(world, dt)
      for (let request = world.recheckRequests.shift(); request; request = world.recheckRequests.shift()) {
        for (let times = 0; (await world.merge(request.dt, { ...request, recheck: true })).files > 0; times++) {
          expect(times).toBeLessThan(100)
        }
      }
      for (const dt of days) await mergeAll(world, dt)
      const rows = (await Promise.all(days.map((dt) => world.rows(dt)))).flat().map((row) => String(row.p_row_id))
      expect(rows.toSorted()).toEqual([...written].sort())
      const listed = days.flatMap((dt) => world.listed(dt))
      expect(listed.every((key) => dataFile(key).isMerged)).toBe(true)
      await world.tidy()
      expect(world.dataFiles()).toEqual(listed.toSorted())
    }),
    { numRuns: 8 },
  )
})
