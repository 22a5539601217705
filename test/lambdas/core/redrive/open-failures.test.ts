import { expect, test } from 'vitest'
import { compileFailures } from '../../../../lambdas/core/intake/failure.ts'
import { parquetOf } from '../../../../lambdas/core/lake/parquet.ts'
import { failureWindows, settledFailures } from '../../../../lambdas/core/redrive/open-failures.ts'
import { classificationFailures as schema } from '../../../../schemas/generated/classification_failures.ts'
import { lakeInMemory } from '../../../support/lake-in-memory.ts'

const receivedAt = Date.UTC(2026, 5, 15, 12)
const day = { table: schema.table, dt: '2026-06-15' }
const failureRow = compileFailures(schema)

const rowOf = (number: number, bytes = 0) =>
  failureRow(
    { error: new TypeError('x'), bytes: Buffer.from(`{"n":${number}}${' '.repeat(bytes)}`), position: number },
    { logType: 'Hex.Audit', origin: 'webhook' },
    { sourceId: 's', sourceLabel: 'S', receivedAt: receivedAt + number },
  )

function lakeOf(...files: readonly (readonly ReturnType<typeof rowOf>[])[]) {
  const lake = lakeInMemory([schema])
  for (const rows of files) lake.addRows(day, schema, rows)
  return lake
}

type Start = Parameters<typeof failureWindows>[2]

async function windowsOf({ ports }: ReturnType<typeof lakeOf>, start?: Start, isMeant = (_n: number) => true) {
  const windows: { numbers: (number | undefined)[]; position: NonNullable<Start> }[] = []
  const meant = (facts: { readonly receivedAt: number }) => isMeant(facts.receivedAt - receivedAt)
  for await (const { failures, position } of failureWindows(ports, day, start, meant)) {
    windows.push({ numbers: failures.map((failure) => failure.position), position })
  }
  return windows
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index)

test('a day is read some failures at a time, and goes on at each of its positions', async () => {
  const lake = lakeOf(
    range(0, 2_300).map((number) => rowOf(number)),
    range(2_300, 2_310).map((number) => rowOf(number)),
  )
  const windows = await windowsOf(lake)
  expect(windows.map(({ numbers }) => numbers.length)).toEqual([1_000, 1_000, 300, 0, 10, 0])
  expect(windows.flatMap(({ numbers }) => numbers)).toEqual(range(0, 2_310))
  for (const [index, { position }] of windows.entries()) {
    expect(await windowsOf(lake, position)).toEqual(windows.slice(index + 1))
  }
})

test('long failures are read a few at a time, and those that are not meant are not', async () => {
  const lake = lakeOf(range(0, 12).map((number) => rowOf(number, 5_000_000)))
  expect((await windowsOf(lake)).map(({ numbers }) => numbers.length)).toEqual([3, 3, 3, 3, 0])
  expect((await windowsOf(lake, undefined, (number) => number % 10 === 1)).map(({ numbers }) => numbers)).toEqual([
    [1],
    [11],
    [],
  ])
})

test('a day whose files were merged since begins anew; a file that was only added does not matter', async () => {
  const rows = range(0, 4).map((number) => rowOf(number))
  const lake = lakeOf(rows.slice(0, 2), rows.slice(2))
  const [, second] = await windowsOf(lake)
  lake.addRows(day, schema, [rowOf(4)])
  expect((await windowsOf(lake, second?.position)).flatMap(({ numbers }) => numbers)).toEqual([2, 3, 4])
  const merged = lakeOf()
  merged.add(day, 'merged.parquet', parquetOf(schema, rows))
  expect((await windowsOf(merged, second?.position)).flatMap(({ numbers }) => numbers)).toEqual([0, 1, 2, 3])
})

test('what is resolved is read day by day over several runs', async () => {
  const lake = lakeOf([rowOf(1), { ...rowOf(2), resolves: 'a' }])
  lake.addRows({ ...day, dt: '2026-06-16' }, schema, [{ ...rowOf(3), resolves: 'b' }])
  const settled = settledFailures(lake.ports, schema.table)
  expect(await settled.load('2026-06-15', () => false)).toBe(false)
  let looks = 0
  expect(await settled.load('2026-06-15', () => looks++ === 0)).toBe(false)
  expect([settled.has('b'), settled.has('a')]).toEqual([true, false])
  expect(await settled.load('2026-06-15', () => true)).toBe(true)
  expect(settled.has('a')).toBe(true)
})
