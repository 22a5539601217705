import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { StormClock } from '../../../cli/chaos/clock.ts'
import { Ending } from '../../../cli/chaos/ending.ts'
import { startHex } from '../../../cli/chaos/senders.ts'

test('a sender whose receiver never answers gives up, and still says what it began to send', async () => {
  const sender = startHex({ target: () => ({ url: 'http://127.0.0.1:9', secret: 'x' }), now: Date.now, seed: 1 })
  await expect.poll(async () => (await sender.log.shown()).size).toBeGreaterThan(0)
  await sender.stop(0)
})

test('an ending is over after its time', async () => {
  const ending = new Ending()
  expect([ending.hasBegun, ending.isOver]).toEqual([false, false])
  ending.begin(60_000)
  expect([ending.hasBegun, ending.isOver]).toEqual([true, false])
  ending.begin(0)
  await pause(5)
  expect(ending.isOver).toBe(true)
})

test('the clock of a storm moves providers and functions, and can make functions wrong', () => {
  const shifts: number[] = []
  const clock = new StormClock(1_000)
  clock.rule({ shiftClock: (ms) => void shifts.push(ms) })
  clock.advance(500)
  clock.skew(50)
  clock.skew(0)
  expect(shifts).toEqual([-1_000, -500, -450, -500])
  const before = Date.now()
  const now = clock.now() + 500
  expect(now).toBeGreaterThanOrEqual(before)
  expect(now).toBeLessThanOrEqual(Date.now())
})
