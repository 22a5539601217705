import { describe, expect, test } from 'vitest'
import { TransientError } from '../../../../lambdas/core/errors.ts'
import { type Backoff, backOff, pauseAfter } from '../../../../lambdas/core/poll/waiting.ts'

const now = Date.UTC(2026, 0, 15, 10, 30)
const minute = 60_000

describe('after an error', () => {
  /** Waits in minutes of so many failed attempts, each at the end of the wait before. */
  function waits(count: number, retryIn: number | undefined): number[] {
    let before: Backoff | undefined
    let time = now
    return Array.from({ length: count }, () => {
      const options = retryIn === undefined ? {} : { retryAt: time + retryIn }
      before = backOff(new TransientError('too many requests', options), before, time)
      const wait = before.notBefore - time
      time = before.notBefore
      return wait / minute
    })
  }

  test('the wait is the one that the provider named, at most two hours', () => {
    expect(waits(3, 37 * minute)).toEqual([37, 37, 37])
    expect(waits(1, 300 * minute)).toEqual([120])
  })

  test.each([undefined, 0, -5000, -1e12])(
    'named %s ms ahead, the wait is a minute, doubling up to an hour',
    (retryIn) => {
      expect(waits(8, retryIn)).toEqual([1, 2, 4, 8, 16, 32, 60, 60])
    },
  )
})

describe('after an answer', () => {
  test('nothing waits while requests are left, or if the answer does not say', () => {
    for (const limits of [undefined, {}, { resetAt: now + minute }, { remaining: 1, resetAt: now + minute }]) {
      expect(pauseAfter(limits, now)).toBeUndefined()
    }
  })

  test.each([
    ['until the reset', now + 5 * minute, 5],
    ['two hours at most', now + 500 * minute, 120],
    ['a minute without a reset', undefined, 1],
    ['a minute for a reset that has passed', now - 5 * minute, 1],
    ['a minute for a reset right now', now, 1],
  ])('without requests left, the pause is: %s', (_what, resetAt, minutes) => {
    const limits = resetAt === undefined ? { remaining: 0 } : { remaining: 0, resetAt }
    expect(pauseAfter(limits, now)).toEqual({ notBefore: now + minutes * minute, step: 0 })
  })
})
