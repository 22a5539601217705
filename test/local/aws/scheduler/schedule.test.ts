import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { TokenBucket } from '../../../../local/aws/http-api/token-bucket.ts'
import type { FunctionPool } from '../../../../local/aws/lambda/pool.ts'
import { Schedule } from '../../../../local/aws/scheduler/schedule.ts'
import { startPool } from '../../../support/function-host.ts'

test('a tick invokes the function with the schedule’s input, if the role allows it', async () => {
  let allowed = true
  const target = await startPool()
  const schedule = new Schedule({ target, periodMs: 60_000, input: { do: 'size' }, mayInvoke: () => allowed })
  expect(await schedule.tick()).toEqual({ ok: true, payload: '13' })
  allowed = false
  expect(await schedule.tick()).toMatchObject({ ok: false, error: { errorType: 'AccessDeniedException' } })
})

describe('as time goes by', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  async function ticksOf(periodMs: number): Promise<{ schedule: Schedule; ticks: number[] }> {
    const began = Date.now()
    const ticks: number[] = []
    vi.useRealTimers()
    const target: FunctionPool = await startPool()
    vi.useFakeTimers({ now: began })
    vi.spyOn(target, 'invokeAsync').mockImplementation(async () => {
      ticks.push(Date.now() - began)
      return { ok: true, payload: 'null' }
    })
    const schedule = new Schedule({ target, periodMs, input: {}, mayInvoke: () => true })
    onTestFinished(() => schedule.stop())
    return { schedule, ticks }
  }

  test('a schedule ticks soon after its start, then once per period until it stops', async () => {
    const { schedule, ticks } = await ticksOf(60_000)
    schedule.start()
    vi.advanceTimersByTime(130_000)
    expect(ticks).toEqual([2_000, 62_000, 122_000])
    schedule.stop()
    vi.advanceTimersByTime(600_000)
    expect(ticks).toHaveLength(3)
  })

  test('a token bucket allows its burst, then its rate', () => {
    const bucket = new TokenBucket(10, 3)
    const taken = () => [bucket.take(), bucket.take(), bucket.take(), bucket.take()].filter(Boolean).length
    expect(taken()).toBe(3)
    vi.advanceTimersByTime(99)
    expect(taken()).toBe(0)
    vi.advanceTimersByTime(101)
    expect(taken()).toBe(2)
    vi.advanceTimersByTime(60_000)
    expect(taken()).toBe(3)
  })
})
