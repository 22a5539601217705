import { expect, test } from 'vitest'
import { daysOf, stackOf } from '../../../../console/page/failures/stack.ts'

const hour = 3_600_000
const of = (reason: string, from: number, counts: readonly number[]) => ({
  reason,
  counts: { from, stepMs: hour, counts },
})

test('reasons are stacked, the most frequent one at the bottom', () => {
  const { reasons, times, tops } = stackOf([
    of('rare', 0, [0, 1, 0]),
    of('often', 0, [5, 6, 7]),
    of('never', 0, [0, 0, 0]),
  ])
  expect(times).toEqual([0, hour, 2 * hour])
  expect(reasons.map(({ reason, total }) => [reason, total])).toEqual([
    ['often', 18],
    ['rare', 1],
  ])
  expect(tops).toEqual([
    [5, 6, 7],
    [5, 7, 7],
  ])
})

test('reasons beyond five are one, and none of their failures is left out', () => {
  const { reasons, tops } = stackOf(Array.from({ length: 40 }, (_, index) => of(`r${index}`, 0, [index + 1])))
  expect(reasons).toHaveLength(6)
  expect(reasons.at(-1)?.reason).toBe('35 other reasons')
  expect(tops.at(-1)).toEqual([820])
})

test('without failures there is nothing to draw', () => {
  expect(stackOf([])).toEqual({ reasons: [], times: [], tops: [] })
})

test('in figures it has a row for each UTC day, the newest first, with all failures', () => {
  const from = Date.UTC(2026, 0, 15, 22)
  const stack = stackOf([of('a', from, [1, 2, 3, 4]), of('b', from, [0, 0, 5, 0])])
  expect(daysOf(stack)).toEqual([
    { day: '2026-01-16', counts: [7, 5] },
    { day: '2026-01-15', counts: [3, 0] },
  ])
})
