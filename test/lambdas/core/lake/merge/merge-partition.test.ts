import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { parquetOf } from '../../../../../lambdas/core/lake/parquet.ts'
import { everyType } from '../../../../support/every-type.ts'
import { type MergeWorld, mergeWorld } from '../../../../support/merge-world.ts'

const day = '2026-06-01'
const noon = Date.UTC(2026, 5, 1, 12)
const event = (id: string, more: object = {}) => ({ id, '@timestamp': noon, ...more })

describe('a day with small files', () => {
  test('becomes one file with every row once, sorted by the time of the event', async () => {
    const world = mergeWorld()
    for (let file = 0; file < 5; file++) {
      const rows = [3, 2, 1].map((n) => world.rowOf(event(`${file}-${n}`, { '@timestamp': noon - n * 1_000 })))
      await world.write(`m${file}`, [...rows, world.rowOf(event('repeated'))])
    }
    expect(await world.merge(day)).toMatchObject({ files: 5, rows: 20, repeated: 4, lostRace: false })
    expect(world.listed(day)).toEqual([expect.stringMatching(/\/merged-\d+-[0-9a-f-]{36}\.parquet$/)])
    const rows = await world.rows(day, ['id', 'p_event_time'])
    expect(rows.map(({ id }) => id).sort()).toEqual(
      [0, 1, 2, 3, 4].flatMap((file) => [1, 2, 3].map((n) => `${file}-${n}`)).concat('repeated'),
    )
    const times = rows.map((row) => Number(row.p_event_time))
    expect(times).toEqual(times.toSorted((a, b) => a - b))
  })

  test('keeps of equal rows the one with more values, then the one received first', async () => {
    const world = mergeWorld()
    await world.write('a', [world.rowOf(event('x', { text: 'first' }), noon)])
    await world.write('b', [world.rowOf(event('x', { text: 'fuller', flag: true }), noon + 5_000)])
    await world.write('c', [world.rowOf(event('x', { text: 'late', flag: true }), noon + 9_000)])
    await world.write('d', [world.rowOf(event('y', { text: 'late' }), noon + 9_000)])
    await world.write('e', [world.rowOf(event('y', { text: 'early' }), noon + 1_000)])
    await world.merge(day)
    const rows = await world.rows(day, ['id', 'text'])
    expect(rows.toSorted((a, b) => String(a.id).localeCompare(String(b.id)))).toEqual([
      { id: 'x', text: 'fuller' },
      { id: 'y', text: 'early' },
    ])
  })

  test('loses a row that a merged file holds already, and keeps the fuller copy', async () => {
    const world = mergeWorld()
    const many = Array.from({ length: 500 }, (_, n) => world.rowOf(event(`many-${n}`, { text: `text of ${n}` })))
    await world.write('a', many)
    await world.merge(day)
    await world.write('b', [world.rowOf(event('many-7', { text: 'x', flag: true, number: 1 }), noon + 1_000)])
    expect(await world.merge(day)).toMatchObject({ files: 2, repeated: 1 })
    expect(await world.rows(day)).toHaveLength(500)
    expect((await world.rows(day, ['id', 'number'])).find(({ id }) => id === 'many-7')).toMatchObject({ number: 1 })
  })

  test('loses a row that a large file holds, which is neither copied nor rewritten', async () => {
    const world = mergeWorld()
    await world.write('a', [world.rowOf(event('x', { text: 'in the large file' })), world.rowOf(event('y'))])
    await world.merge(day)
    const [large = ''] = world.listed(day)
    world.shownSizes.set(large, 200 * 1024 * 1024)
    await world.write('b', [world.rowOf(event('x', { text: 'fuller', flag: true })), world.rowOf(event('z'))])
    const copied: string[] = []
    const onCall = (call: string) => void copied.push(call)
    expect(await world.merge(day, { onCall })).toMatchObject({ files: 1, rows: 2, repeated: 1 })
    expect(copied.filter((call) => call === 'copies.copy')).toHaveLength(1)
    expect(world.listed(day)).toEqual([large, expect.stringContaining('/merged-')])
    const rows = await world.rows(day, ['id', 'text'])
    expect(rows.toSorted((a, b) => String(a.id).localeCompare(String(b.id)))).toEqual([
      { id: 'x', text: 'in the large file' },
      { id: 'y', text: null },
      { id: 'z', text: null },
    ])
  })

  test('of versions of a schema has the columns of both, with the members of all objects', async () => {
    const world = mergeWorld()
    await world.write('old', [world.rowOf(event('old', { inner: { text: 'a' }, things: [{ number: 1 }] }))])
    await world.write('new', [
      world.rowOf(event('new', { inner: { deep: { flag: true } }, things: [{ text: 'b' }], numbers: [1] })),
    ])
    await world.merge(day)
    const rows = await world.rows(day, ['id', 'inner', 'things', 'numbers', 'real'])
    expect(rows.toSorted((a, b) => String(a.id).localeCompare(String(b.id)))).toMatchObject([
      { id: 'new', inner: { text: null, deep: { flag: true } }, things: [{ text: 'b', number: null }], numbers: [1n] },
      { id: 'old', inner: { text: 'a' }, things: [{ text: null, number: 1 }], numbers: null, real: null },
    ])
  })

  test('with nothing new is left alone', async () => {
    const world = mergeWorld()
    await world.write('a', [world.rowOf(event('x'))])
    await world.merge(day)
    const before = world.listed(day)
    expect(await world.merge(day)).toMatchObject({ files: 0 })
    expect(world.listed(day)).toEqual(before)
  })
})

describe('an event without a time that is sent again the next day', () => {
  const untimed = (id: string) => ({ id })

  test('stays under the day of its first receipt alone', async () => {
    const world = mergeWorld()
    const next = noon + 86_400_000
    await world.write('a', [world.rowOf(untimed('x'), noon)])
    await world.merge(day)
    world.clock.ms = next
    await world.write('b', [world.rowOf(untimed('x'), next), world.rowOf(untimed('new'), next)])
    expect(await world.merge('2026-06-02')).toMatchObject({ repeated: 1 })
    expect(world.rechecks).toEqual(new Set())
    expect(await world.rows('2026-06-02', ['id'])).toEqual([{ id: 'new' }])
    expect(await world.rows(day, ['id'])).toEqual([{ id: 'x' }])
  })

  test('whose first copy comes late is removed from the next day then', async () => {
    const world = mergeWorld()
    const next = noon + 86_400_000
    world.clock.ms = next
    await world.write('b', [world.rowOf(untimed('x'), next), world.rowOf(untimed('new'), next)])
    await world.merge('2026-06-02')
    await world.write('a', [world.rowOf(untimed('x'), noon)])
    await world.merge(day)
    expect(world.rechecks).toEqual(new Set(['2026-06-02']))
    expect(await world.merge('2026-06-02', { recheck: true })).toMatchObject({ repeated: 1 })
    expect(await world.rows('2026-06-02', ['id'])).toEqual([{ id: 'new' }])
    expect(await world.rows(day, ['id'])).toEqual([{ id: 'x' }])
  })
})

describe('a file that cannot be read', () => {
  test.each([
    ['cut off', (bytes: Uint8Array) => bytes.slice(0, bytes.length / 2)],
    ['with other bytes', (bytes: Uint8Array) => bytes.map((byte, at) => (at > 20 && at < 200 ? byte ^ 0xff : byte))],
    ['empty', () => new Uint8Array()],
  ])('%s is named and set aside, and the rest is merged', async (_what, spoil) => {
    const world = mergeWorld()
    for (const id of ['a', 'b', 'c']) await world.write(id, [world.rowOf(event(id, { text: id.repeat(900) }))])
    const [, broken = ''] = world.listed(day)
    world.lakeObjects.set(broken, spoil(world.lakeObjects.get(broken) ?? new Uint8Array()))
    const outcome = await world.merge(day)
    expect(outcome.corrupt).toEqual([{ key: broken, fault: expect.stringContaining('not a whole Parquet file') }])
    expect(await world.merge(day)).toMatchObject({ files: 2, corrupt: [] })
    expect(await world.rows(day)).toHaveLength(2)
    await world.tidy()
    expect(world.dataFiles()).toContain(broken)
    expect([...world.opsObjects.keys()]).toContain(`corrupt/${broken.slice('data/'.length)}.json`)
  })
})

test('a day whose only file cannot be read is left with a file without rows', async () => {
  const world = mergeWorld()
  await world.write('a', [world.rowOf(event('a'))])
  const [broken = ''] = world.listed(day)
  world.lakeObjects.set(broken, Buffer.from('PAR1'))
  expect(await world.merge(day)).toMatchObject({ corrupt: [{ key: broken }] })
  expect(world.listed(day)).toHaveLength(1)
  expect(await world.rows(day)).toEqual([])
})

test('a file that is not there is taken off the list', async () => {
  const world = mergeWorld()
  for (const id of ['a', 'b']) await world.write(id, [world.rowOf(event(id))])
  const [gone = ''] = world.listed(day)
  world.lakeObjects.delete(gone)
  await expect(world.rows(day)).rejects.toThrow(/not there/)
  expect(await world.merge(day)).toMatchObject({ corrupt: [{ key: gone, fault: 'it is not there' }] })
  expect(await world.rows(day)).toHaveLength(1)
})

test('replaced files stay for queries under way, and are deleted after that', async () => {
  const world = mergeWorld()
  for (const id of ['a', 'b']) await world.write(id, [world.rowOf(event(id))])
  const replaced = world.listed(day)
  await world.merge(day)
  expect(world.dataFiles()).toEqual(expect.arrayContaining(replaced))
  await world.tidy()
  expect(world.dataFiles()).toEqual(world.listed(day))
  expect([...world.opsObjects.keys()].filter((key) => key.startsWith('merges/test'))).toEqual([])
})

test('a merged file stays for queries as long as any other, however long before it was made', async () => {
  const world = mergeWorld()
  for (const id of ['a', 'b']) await world.write(id, [world.rowOf(event(id))])
  await world.merge(day)
  const merged = world.listed(day)
  await world.tidy((2 * 60 + 25) * 60_000)
  await world.write('c', [world.rowOf(event('c'))])
  await world.merge(day)
  expect(world.listed(day)).not.toEqual(merged)
  await world.tidy(2 * 3_600_000)
  expect(world.dataFiles()).toEqual(expect.arrayContaining(merged))
  await world.tidy(3_600_000)
  expect(world.dataFiles()).toEqual(world.listed(day))
})

test('files of a merge that failed stay for queries until the merge after it is long over', async () => {
  const world = mergeWorld()
  for (const id of ['a', 'b']) await world.write(id, [world.rowOf(event(id))])
  const replaced = world.listed(day)
  const dies = (call: string) => {
    if (call === 'lake.putIf') throw new Error('the function was killed')
  }
  await expect(world.merge(day, { onCall: dies })).rejects.toThrow('killed')
  world.clock.ms += (2 * 60 + 25) * 60_000
  await world.merge(day)
  await world.tidy(2 * 3_600_000)
  expect(world.dataFiles()).toEqual(expect.arrayContaining(replaced))
  await world.tidy(3_600_000)
  expect(world.dataFiles()).toEqual(world.listed(day))
})

test('a list of 5,000 files is merged in portions, and loses no row', async () => {
  const world = mergeWorld()
  const files = Array.from({ length: 50 }, (_, n) => parquetOf(everyType, [world.rowOf(event(`id ${n}`))]))
  const lines = Array.from({ length: 5_000 }, (_, n) => {
    const key = `data/${everyType.table}/dt=${day}/file-${n}.parquet`
    world.lakeObjects.set(key, files[n % 50] ?? new Uint8Array())
    return `s3://lake/${key}\n`
  })
  world.lakeObjects.set(`tables/${everyType.table}/dt=${day}/symlink.txt`, Buffer.from(lines.join('')))
  let merges = 0
  while ((await world.merge(day)).files > 0) merges++
  expect(merges).toBe(3)
  expect((await world.rows(day, ['id'])).map(({ id }) => id).sort()).toEqual(
    Array.from({ length: 50 }, (_, n) => `id ${n}`).sort(),
  )
})

describe('a merge that lacks', () => {
  test.each([
    ['memory', { memoryMegabytes: 3 }],
    [
      'disk',
      {
        onCall: (call: string) => {
          if (call === 'copies.copy answered')
            throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
        },
      },
    ],
  ])('%s fails, changes nothing and takes no file for a corrupt one', async (_what, choices) => {
    const world = mergeWorld()
    const text = (n: number) =>
      Array.from({ length: 400 }, (_, at) => (n * 7_919 + at * 104_729).toString(36)).join(' ')
    for (const name of ['a', 'b']) {
      await world.write(
        name,
        Array.from({ length: 500 }, (_, n) => world.rowOf(event(`${name} ${n}`, { text: text(n) }))),
      )
    }
    const before = world.listed(day)
    await expect(world.merge(day, choices)).rejects.toThrow(/memory|space/i)
    expect(world.listed(day)).toEqual(before)
    expect([...world.opsObjects.keys()].filter((key) => key.startsWith('corrupt/'))).toEqual([])
    expect(await world.merge(day)).toMatchObject({ files: 2, rows: 1_000, repeated: 0 })
  })
})

describe('files of a newer version', () => {
  const without = (schema: typeof everyType, column: string) => ({
    ...schema,
    fields: schema.fields.filter((field) => field.column !== column),
  })
  const withoutMember: typeof everyType = {
    ...everyType,
    fields: everyType.fields.map((field) =>
      field.column === 'inner' && field.type === 'object'
        ? { ...field, fields: field.fields.filter(({ column }) => column !== 'deep') }
        : field,
    ),
  }

  test.each([
    ['a column', without(everyType, 'flag'), 'flag'],
    ['a member of an object', withoutMember, 'inner'],
  ])('with %s that this one does not know are left as they are', async (_what, schema, column) => {
    const world = mergeWorld()
    await world.write('a', [world.rowOf(event('x', { flag: true, inner: { deep: { text: 'kept' } } }))])
    await world.write('b', [world.rowOf(event('y'))])
    const before = world.listed(day)
    await expect(world.merge(day, { schema })).rejects.toThrow(`the column ${column} than this version knows`)
    expect(world.listed(day)).toEqual(before)
    expect(await world.merge(day)).toMatchObject({ files: 2 })
  })
})

test('an event with an implausible time that is sent again the next day stays under the first as well', async () => {
  const world = mergeWorld()
  const next = noon + 86_400_000
  const ahead = { id: 'x', '@timestamp': Date.UTC(2030, 0, 1) }
  await world.write('a', [world.rowOf(ahead, noon)])
  world.clock.ms = next
  await world.write('b', [world.rowOf(ahead, next), world.rowOf({ id: 'new', '@timestamp': next }, next)])
  await world.merge(day)
  await world.merge('2026-06-02')
  expect(await world.rows(day, ['id'])).toEqual([{ id: 'x' }])
  expect(await world.rows('2026-06-02', ['id'])).toEqual([{ id: 'new' }])
})

describe('a list that an operator has edited', () => {
  const list = `tables/${everyType.table}/dt=${day}/symlink.txt`

  test.each([
    ['with a line twice', (text: string) => `${text}${text.split('\n')[0]}\n`],
    ['with other line ends', (text: string) => text.replaceAll('\n', '\r\n')],
  ])('%s is merged, and no file is deleted that it names', async (_what, edit) => {
    const world = mergeWorld()
    for (const id of ['a', 'b']) await world.write(id, [world.rowOf(event(id))])
    const text = Buffer.from(world.lakeObjects.get(list) ?? []).toString()
    world.lakeObjects.set(list, Buffer.from(edit(text)))
    await world.tidy()
    expect(world.dataFiles()).toHaveLength(2)
    expect(await world.merge(day)).toMatchObject({ files: 2, corrupt: [] })
    await world.tidy()
    expect(world.listed(day)).toHaveLength(1)
    expect(world.dataFiles()).toEqual(world.listed(day))
    expect(await world.rows(day)).toHaveLength(2)
  })

  test.each([
    ['lost', (world: MergeWorld) => world.lakeObjects.delete(list)],
    ['emptied', (world: MergeWorld) => world.lakeObjects.set(list, new Uint8Array())],
  ])('is %s after a merge, and no merged file goes with it', async (_what, spoil) => {
    const world = mergeWorld()
    for (let n = 0; n < 30; n++) {
      await world.write(`m${n}`, [world.rowOf(event(`${n}`))])
      world.shownSizes.set(world.listed(day)[n] ?? '', 200 * 1024 * 1024)
    }
    const before = world.dataFiles()
    spoil(world)
    await world.tidy()
    expect(world.dataFiles()).toEqual(before)
  })

  test('is lost after a merge, and the merged file stays to write it anew from', async () => {
    const world = mergeWorld()
    for (const id of ['a', 'b']) await world.write(id, [world.rowOf(event(id))])
    await world.merge(day)
    const [merged = ''] = world.listed(day)
    world.lakeObjects.delete(list)
    await world.tidy()
    expect(world.dataFiles()).toContain(merged)
  })
})

test('rows that are too large to be sorted together are merged in smaller portions', async () => {
  const world = mergeWorld()
  const random = (n: number) => randomBytes(300_000 + n).toString('base64')
  for (let n = 0; n < 8; n++)
    await world.write(
      `m${n}`,
      [0, 1, 2].map((at) => world.rowOf(event(`${n} ${at}`, { text: random(n) }))),
    )
  const ids = new Set((await world.rows(day, ['id'])).map(({ id }) => id))
  let merges = 0
  while ((await world.merge(day, { memoryMegabytes: 45 })).files > 0) merges++
  expect(merges).toBeGreaterThan(1)
  expect(new Set((await world.rows(day, ['id'])).map(({ id }) => id))).toEqual(ids)
  expect(await world.rows(day)).toHaveLength(24)
})
