import { describe, expect, test } from 'vitest'
import { countIn, laterOnOurClock, retryAfter } from '../../../../../lambdas/core/poll/provider/retry-time.ts'

const receivedAt = Date.UTC(2026, 0, 15, 10, 30)
const hour = 3_600_000
const answer = (headers: Record<string, string>) => ({ headers: new Headers(headers), receivedAt })
const dateAt = (time: number) => new Date(time).toUTCString()

describe('Retry-After', () => {
  test.each([
    ['37', 37_000],
    ['0.5', 500],
    [dateAt(receivedAt + 90_000), 90_000],
    [new Date(receivedAt + 90_000).toISOString(), 90_000],
    ['86400', 2 * hour],
    ['9'.repeat(400), 2 * hour],
    [dateAt(receivedAt + 48 * hour), 2 * hour],
  ])('%s names a wait', (text, wait) => {
    expect(retryAfter(answer({ 'retry-after': text }))).toBe(receivedAt + wait)
  })

  test.each([
    '-5',
    '-5.5',
    '0',
    '0.0',
    '+5',
    '5 apples',
    '2099-01-01',
    'soon',
    '',
    dateAt(receivedAt - 1000),
    dateAt(0),
  ])('"%s" says nothing', (text) => expect(retryAfter(answer({ 'retry-after': text }))).toBeUndefined())

  test('without the header: nothing', () => expect(retryAfter(answer({}))).toBeUndefined())
})

describe('a time that the provider named', () => {
  test('counts from its own clock', () => {
    const ahead = answer({ date: dateAt(receivedAt + 300_000) })
    expect(laterOnOurClock(ahead, receivedAt + 360_000)).toBe(receivedAt + 60_000)
    // Past there, although it lies ahead of us.
    expect(laterOnOurClock(ahead, receivedAt + 240_000)).toBeUndefined()
    const behind = answer({ date: dateAt(receivedAt - 300_000) })
    // Ahead there, although it is past here.
    expect(laterOnOurClock(behind, receivedAt - 240_000)).toBe(receivedAt + 60_000)
  })

  test.each(['now', dateAt(Number.NaN)])('counts from our clock if the Date header is "%s"', (date) => {
    expect(laterOnOurClock(answer({ date }), receivedAt + 1000)).toBe(receivedAt + 1000)
    expect(laterOnOurClock(answer({ date }), receivedAt - 1000)).toBeUndefined()
  })

  test('exactly now is no wait', () => {
    expect(laterOnOurClock(answer({}), receivedAt)).toBeUndefined()
    expect(laterOnOurClock(answer({ date: dateAt(receivedAt + 300_000) }), receivedAt + 300_000)).toBeUndefined()
  })

  test.each([Number.NaN, Number.NEGATIVE_INFINITY])('%d is none', (time) => {
    expect(laterOnOurClock(answer({}), time)).toBeUndefined()
  })
})

test.each(['-1', '1.5', '1e3', '', 'many', '9'.repeat(16)])('"%s" is no count', (text) => {
  expect(countIn(answer({ remaining: text }), 'remaining')).toBeUndefined()
})
