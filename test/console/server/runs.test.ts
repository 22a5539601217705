import { expect, test } from 'vitest'
import { gapsOf } from '../../../console/server/runs.ts'

test('gaps are what no run has read, and what the state still holds open', () => {
  const read = (from: number, to: number, outcome = 'done', kind = 'run') => ({
    kind,
    startedAt: 0,
    endedAt: 0,
    outcome,
    window: { from, to },
  })
  const minute = 60_000
  const whole = [read(0, 10 * minute), read(9 * minute, 20 * minute), read(20 * minute + 500, 30 * minute)]
  expect(gapsOf(whole)).toEqual([])
  expect(gapsOf([])).toEqual([])
  expect(gapsOf([read(0, minute), read(minute, 2 * minute, 'open'), read(3 * minute, 4 * minute)])).toEqual([
    { from: minute, to: 3 * minute },
  ])
  // Read again later by a sweep.
  expect(gapsOf([read(0, minute), read(3 * minute, 4 * minute), read(0, 5 * minute)])).toEqual([])
  // Jobs read any time: they fill gaps and open none, before, after or among the runs.
  const job = (kind: string, from: number, to: number) => read(from * minute, to * minute, 'done', kind)
  const today = [read(100 * minute, 110 * minute), read(120 * minute, 130 * minute)]
  const between = [{ from: 110 * minute, to: 120 * minute }]
  for (const kind of ['backfill', 'reconcile', 'replay']) {
    expect(gapsOf([job(kind, 0, 10), job(kind, 20, 30)])).toEqual([])
    expect(gapsOf([job(kind, 0, 10), ...today, job(kind, 200, 210)])).toEqual(between)
    expect(gapsOf([job(kind, 90, 112), ...today])).toEqual([{ from: 112 * minute, to: 120 * minute }])
    expect(gapsOf([job(kind, 0, 200), ...today])).toEqual([])
    expect(gapsOf([job(kind, 112, 114), ...today])).toEqual([
      { from: 110 * minute, to: 112 * minute },
      { from: 114 * minute, to: 120 * minute },
    ])
  }
  const backlogs = [{ from: 2 * minute, to: 6 * minute }]
  expect(gapsOf([read(0, minute), read(3 * minute, 4 * minute)], { backlogs })).toEqual([
    { from: minute, to: 6 * minute },
  ])
  // Runs that found nothing have no row before their hour is over; until then the checkpoint says what is read.
  const quiet = [read(0, minute), read(10 * minute, 11 * minute)]
  expect(gapsOf(quiet, { checkpoint: 11 * minute }, 5 * minute)).toEqual([])
  const hole = [{ from: minute, to: 10 * minute }]
  expect(gapsOf(quiet, { checkpoint: 11 * minute }, 20 * minute)).toEqual(hole)
  expect(gapsOf(quiet, { checkpoint: 9 * minute }, 5 * minute)).toEqual(hole)
  expect(gapsOf(whole, { window: { from: 30 * minute, to: 31 * minute } })).toEqual([
    { from: 30 * minute, to: 31 * minute },
  ])
})
