import { expect, test } from 'vitest'
import type { Run } from '../../../../console/api.ts'
import { marksOf, readSpans, shapeOf, ticksOf } from '../../../../console/page/runs/lane-drawing.ts'

const minute = 60_000
const hour = 60 * minute
const scale = { from: 0, to: 1_000 * minute, width: 1_000 }

const run = (at: number, change: Partial<Run> = {}): Run => ({
  kind: 'run',
  startedAt: at * minute,
  endedAt: at * minute + 1_000,
  outcome: 'done',
  window: { from: (at - 1) * minute, to: at * minute },
  ...change,
})

const lane = (runs: readonly Run[]) => ({ source: 's', stream: 't', runs, gaps: [] })

test('windows that touch are one span, and a failed run reads none', () => {
  const runs = [1, 2, 3, 5, 6, 900].map((at) => run(at)).concat(run(4, { outcome: 'transient' }))
  expect(readSpans(runs, scale)).toEqual([
    { from: 0, to: 3 },
    { from: 4, to: 6 },
    { from: 899, to: 900 },
  ])
})

test('windows outside of the drawn time are not drawn', () => {
  expect(readSpans([run(-50), run(5_000)], scale)).toEqual([])
})

test.each([
  ['run', 'done', 'run'],
  ['idle', 'done', 'run'],
  ['run', 'open', 'run'],
  ['sweep', 'done', 'sweep'],
  ['listing', 'done', 'sweep'],
  ['backfill', 'cancelled', 'job'],
  ['merge', 'done', 'merge'],
  ['sweep', 'credentials', 'failed'],
  ['merge', 'a word of tomorrow', 'failed'],
])('a %s that is %s is drawn as %s', (kind, outcome, shape) => {
  expect(shapeOf(run(1, { kind, outcome }))).toBe(shape)
})

test('of ten thousand runs each place has at most one sign of a shape, with all of its runs, the newest first', () => {
  const runs = Array.from({ length: 10_000 }, (_, index) =>
    run(index / 10, index === 5_000 ? { outcome: 'internal' } : {}),
  )
  const marks = marksOf(lane(runs), scale)
  expect(marks.length).toBeLessThan(150)
  expect(marks.reduce((sum, mark) => sum + mark.runs.length, 0)).toBe(10_000)
  expect(marks.filter(({ shape }) => shape === 'failed').map(({ runs: [one] }) => one?.outcome)).toEqual(['internal'])
  for (const {
    runs: [first, second],
  } of marks) {
    if (first && second) expect(first.startedAt).toBeGreaterThan(second.startedAt)
  }
  expect(marks.map(({ x }) => x)).toEqual(marks.map(({ x }) => x).sort((a, b) => a - b))
})

test.each([
  ['a day', 24 * hour, 8, 3 * hour],
  ['a week', 168 * hour, 10, 24 * hour],
  ['six hours', 6 * hour, 3, 2 * hour],
  ['a year', 8_760 * hour, 3, 122 * 24 * hour],
])('ticks of %s are round times in UTC', (_, span, most, step) => {
  const from = Date.UTC(2026, 0, 15, 9, 17)
  const ticks = ticksOf(from, from + span, most)
  expect(ticks.length).toBeGreaterThan(0)
  expect(ticks.length).toBeLessThanOrEqual(most + 1)
  for (const tick of ticks) expect(tick % step).toBe(0)
})
