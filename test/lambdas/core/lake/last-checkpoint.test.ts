import { expect, test } from 'vitest'
import { lastCheckpoint } from '../../../../lambdas/core/lake/last-checkpoint.ts'
import type { Row } from '../../../../lambdas/core/normalize/event.ts'
import { collectionRuns } from '../../../../schemas/generated/collection_runs.ts'
import { lakeInMemory } from '../../../support/lake-in-memory.ts'

const day = Date.UTC(2026, 5, 1)
const time = (minutes: number): string => new Date(day + minutes * 60_000).toISOString()

interface Run {
  readonly daysAgo?: number
  readonly kind?: string
  readonly source?: string
  readonly stream?: string
  readonly started: number
  readonly after?: number
}

function lakeOf(runs: readonly Run[]) {
  const lake = lakeInMemory([])
  for (const { daysAgo = 0, kind = 'run', source = 'a', stream = 'x.audit', started, after } of runs) {
    const row: Row = {
      p_source_id: source,
      p_event_time: time(started),
      kind,
      stream,
      started_at: time(started),
      ...(after !== undefined && { checkpoint_after: time(after) }),
    }
    const dt = new Date(day - daysAgo * 86_400_000).toISOString().slice(0, 10)
    lake.addRows({ table: collectionRuns.table, dt }, collectionRuns, [row])
  }
  return lake
}

const asked = { sourceId: 'a', stream: 'x.audit' }
const minutes = (checkpoint: number | undefined) => checkpoint && (checkpoint - day) / 60_000

test('comes from the newest run of the stream, not of other kinds, streams or sources', async () => {
  const { ports } = lakeOf([
    { started: 10, after: 9 },
    { started: 20, after: 19, kind: 'idle' },
    { started: 30, after: 29 },
    { started: 40, kind: 'sweep', after: 39 },
    { started: 50, stream: 'x.access', after: 49 },
    { started: 60, source: 'b', after: 59 },
    { started: 70 },
    { started: 80, daysAgo: 1, after: 79 },
  ])
  expect(minutes(await lastCheckpoint(ports, asked))).toBe(29)
  expect(minutes(await lastCheckpoint(ports, { ...asked, sourceId: 'b' }))).toBe(59)
})

test('comes from the last written file with one, however many files there are', async () => {
  const { ports, opened } = lakeOf(
    Array.from({ length: 200 }, (_, n) => ({ started: n, after: n, source: n % 2 ? 'a' : 'b' })),
  )
  expect(minutes(await lastCheckpoint(ports, asked))).toBe(199)
  expect(opened.length).toBeLessThan(20)
})

test('comes from older days if newer ones have none', async () => {
  const { ports, opened } = lakeOf([
    { daysAgo: 3, started: 5, after: 4 },
    { daysAgo: 2, started: 3, after: 2 },
    { daysAgo: 1, started: 1, after: 0, source: 'b' },
  ])
  expect(minutes(await lastCheckpoint(ports, asked))).toBe(2)
  expect(opened).toHaveLength(2)
})

test('is undefined when forty days have none', async () => {
  const others = Array.from({ length: 39 }, (_, i) => ({ daysAgo: i, started: 1, after: 0, source: 'b' }))
  const { ports } = lakeOf([...others, { daysAgo: 39, started: 1, after: 7 }])
  expect(minutes(await lastCheckpoint(ports, asked))).toBe(7)
  const late = lakeOf([...others, { daysAgo: 39, started: 1, source: 'b' }, { daysAgo: 40, started: 1, after: 7 }])
  expect(await lastCheckpoint(late.ports, asked)).toBeUndefined()
  expect(await lastCheckpoint(lakeOf([]).ports, asked)).toBeUndefined()
})
