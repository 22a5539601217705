import { expect, test } from 'vitest'
import type { Answer } from '../../../../lambdas/core/webhook/receive.ts'
import { createAnswerReport } from '../../../../lambdas/core/webhook/report.ts'
import { listen } from '../../../support/said.ts'

function reporting() {
  const { logger, metrics, ...said } = listen()
  let now = 0
  const report = createAnswerReport(logger, metrics, () => now)
  const advance = (ms: number) => {
    now += ms
  }
  return { ...said, report, advance }
}

const answer = (change: Partial<Answer>): Answer => ({
  status: 200,
  message: 'stored',
  sourceId: 'hooks',
  received: 1,
  failed: 0,
  ...change,
})
const refused = answer({ status: 401, reason: 'bad_credential', received: 0 })

test('a stored event is one line, without counts of zero', () => {
  const { report, measured, logged } = reporting()
  report(answer({}))
  expect(measured()).toEqual([{ source: 'hooks', EventsReceived: 1 }])
  expect(logged()).toEqual([])
})

test('a thousand requests without the secret are a line a minute, and all are counted', () => {
  const { report, lines, measured, advance } = reporting()
  for (let second = 0; second < 1_000; second++) {
    report(refused)
    advance(1_000)
  }
  report(refused)
  const counts = measured().map(({ EventsRejected }) => Number(EventsRejected))
  expect(counts).toHaveLength(17)
  expect(lines).toHaveLength(17)
  // The last 41 wait for the next minute.
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(960)
})

test('what a short attack has left is reported with the next request of any kind', () => {
  const { report, measured, advance } = reporting()
  for (let times = 0; times < 500; times++) report(refused)
  advance(60_000)
  report(answer({}))
  expect(measured()).toEqual([
    { source: 'hooks', EventsRejected: 1, reason: 'bad_credential' },
    { source: 'hooks', EventsRejected: 499, reason: 'bad_credential' },
    { source: 'hooks', EventsReceived: 1 },
  ])
})

test('each source has its own minute', () => {
  const { report, measured } = reporting()
  report(refused)
  report({ ...refused, sourceId: 'others' })
  report(refused)
  expect(measured()).toEqual([
    { source: 'hooks', EventsRejected: 1, reason: 'bad_credential' },
    { source: 'others', EventsRejected: 1, reason: 'bad_credential' },
  ])
})

test('a request for an unknown source leaves nothing', () => {
  const { report, lines } = reporting()
  const { sourceId: _unknown, ...unknown } = answer({ status: 404, reason: 'unknown_source', received: 0 })
  report(unknown)
  expect(lines).toEqual([])
})

test.each([
  [answer({ status: 413, reason: 'too_large', received: 0, failed: 1 }), 'WARN'],
  [answer({ reason: 'not_json', failed: 1 }), 'WARN'],
  [answer({ status: 503, reason: 'unavailable', received: 0, cause: new Error('secret text') }), 'ERROR'],
])('what a sender who knows the secret could not store is logged', (given, level) => {
  const { report, lines, logged } = reporting()
  report(given)
  expect(logged()).toMatchObject([[level, expect.any(String)]])
  expect(JSON.stringify(lines)).not.toContain('secret text')
})
