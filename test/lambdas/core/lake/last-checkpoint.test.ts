import { expect, test } from 'vitest'
import { lastCheckpoint, type RunOf } from '../../../../lambdas/core/lake/last-checkpoint.ts'
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

const rowOf = ({ kind = 'run', source = 'a', stream = 'x.audit', started, after }: Run): Row => ({
  p_source_id: source,
  p_event_time: time(started),
  kind,
  stream,
  started_at: time(started),
  ...(after !== undefined && { checkpoint_after: time(after) }),
})

const partition = (daysAgo = 0) => {
  return { table: collectionRuns.table, dt: new Date(day - daysAgo * 86_400_000).toISOString().slice(0, 10) }
}

/** Each run in a file of its own. */
function lakeOf(runs: readonly Run[]) {
  const lake = lakeInMemory([])
  for (const run of runs) lake.addRows(partition(run.daysAgo), collectionRuns, [rowOf(run)])
  return lake
}

function lakeInOneFile(runs: readonly Run[]) {
  const lake = lakeInMemory([])
  lake.addRows(partition(), collectionRuns, runs.map(rowOf))
  return lake
}

const asked = { sourceId: 'a', stream: 'x.audit' }
/** Twenty hours into the day. */
const now = () => day + 1200 * 60_000
const last = ({ ports }: Pick<ReturnType<typeof lakeOf>, 'ports'>, run: RunOf = asked) =>
  lastCheckpoint(ports, run, now)
const minutes = (checkpoint: number | undefined) => checkpoint && (checkpoint - day) / 60_000

test('comes from the newest run of the stream, not of other kinds, streams or sources', async () => {
  const lake = lakeOf([
    { started: 10, after: 9 },
    { started: 20, after: 19, kind: 'idle' },
    { started: 30, after: 29 },
    { started: 40, kind: 'sweep', after: 39 },
    { started: 50, stream: 'x.access', after: 49 },
    { started: 60, source: 'b', after: 59 },
    { started: 70 },
    { started: 80, daysAgo: 1, after: 79 },
  ])
  expect(minutes(await last(lake))).toBe(29)
  expect(minutes(await last(lake, { ...asked, sourceId: 'b' }))).toBe(59)
})

test('comes from the last written file with one, however many files there are', async () => {
  const lake = lakeOf(Array.from({ length: 200 }, (_, n) => ({ started: n, after: n, source: n % 2 ? 'a' : 'b' })))
  expect(minutes(await last(lake))).toBe(199)
  expect(lake.opened.length).toBeLessThan(20)
})

test('comes from older days if newer ones have none', async () => {
  const lake = lakeOf([
    { daysAgo: 3, started: 5, after: 4 },
    { daysAgo: 2, started: 3, after: 2 },
    { daysAgo: 1, started: 1, after: 0, source: 'b' },
  ])
  expect(minutes(await last(lake))).toBe(2)
  expect(lake.opened).toHaveLength(2)
})

test('is undefined when forty days have none', async () => {
  const others = Array.from({ length: 39 }, (_, i) => ({ daysAgo: i, started: 1, after: 0, source: 'b' }))
  const lake = lakeOf([...others, { daysAgo: 39, started: 1, after: 7 }])
  expect(minutes(await last(lake))).toBe(7)
  const late = lakeOf([...others, { daysAgo: 39, started: 1, source: 'b' }, { daysAgo: 40, started: 1, after: 7 }])
  expect(await last(late)).toBeUndefined()
  expect(await last(lakeOf([]))).toBeUndefined()
})

/** So many minutes after the beginning of 2099, in minutes since that of the day. */
const in2099 = (Date.UTC(2099, 0, 1) - day) / 60_000

test.each([
  ['a checkpoint of 2099', { started: 30, after: in2099 }],
  ['a beginning in 2099', { started: in2099, after: 29 }],
  ['both', { started: in2099, after: in2099 }],
  ['a checkpoint more than five minutes ahead', { started: 30, after: 1206 }],
  ['a beginning more than five minutes ahead', { started: 1206, after: 30 }],
])('a row with %s is not believed: the best of the others counts', async (_what, wrong) => {
  const older = { started: 10, after: 9 }
  const good = { started: 20, after: 19 }
  const lakes = {
    'another file': lakeOf([older, good, wrong]),
    'another day': lakeOf([{ ...good, daysAgo: 1 }, wrong]),
    'the same file': lakeInOneFile([good, wrong, older]),
  }
  for (const [where, lake] of Object.entries(lakes)) expect(minutes(await last(lake)), where).toBe(19)
  expect(await last(lakeOf([wrong]))).toBeUndefined()
})

test('clocks may differ by five minutes', async () => {
  expect(minutes(await last(lakeOf([{ started: 1205, after: 1205 }])))).toBe(1205)
})

test('days to come are not read, however many there are', async () => {
  const ahead = Array.from({ length: 50 }, (_, n) => ({ daysAgo: -1 - n, started: 30, after: 29 }))
  const lake = lakeOf([{ started: 20, after: 19 }, ...ahead])
  expect(minutes(await last(lake))).toBe(19)
  expect(lake.opened).toHaveLength(1)
})

test('without a clock, it is the clock of the machine', async () => {
  const { ports } = lakeOf([{ started: in2099, after: in2099 }])
  expect(await lastCheckpoint(ports, asked)).toBeUndefined()
})
