import { expect, test } from 'vitest'
import type { Count, Counted } from '../../../cli/chaos/count.ts'
import { isKept, type Report, reportJson, reportText } from '../../../cli/chaos/report.ts'

const log: Counted = {
  source: 'slack-audit',
  table: 'slack_auditlogs',
  events: 12,
  found: 12,
  lost: [],
  duplicate: 0,
  repeated: 0,
  unknown: 0,
}

const reportOf = (count: Partial<Count> = {}, more: Partial<Report> = {}): Report => ({
  seed: 7,
  minutes: 5,
  spanMs: 3_600_000,
  troubles: new Map([['functions killed', 3]]),
  drainMs: 14_400_000,
  repeatedBefore: 2,
  sentBack: 0,
  count: {
    logs: [log],
    lost: 0,
    duplicate: 0,
    repeated: 0,
    unknown: 0,
    quarantined: { planted: 1, others: 0, missing: 0 },
    deadLetters: [],
    ...count,
  },
  contents: { compared: 12, changed: [], untouched: [] },
  rangMeanwhile: [],
  rung: [{ what: 'the provider of slack-audit is down', alarm: 'failing slack-audit', afterMs: 1_800_000 }],
  ringing: [],
  ...more,
})

const lastLine = (report: Report) => [...reportText(report)].at(-1)

test('the last line says what counts', () => {
  expect(lastLine(reportOf())).toBe(
    'seed 7: lost 0, duplicate 0, unknown 0, changed 0, quarantined 1, alarms missing 0',
  )
  expect(isKept(reportOf())).toBe(true)
  expect(reportJson(reportOf())).toMatchObject({ kept: true, troubles: { 'functions killed': 3 } })
})

test.each<readonly [string, Report]>([
  ['an event is lost', reportOf({ lost: 1, logs: [{ ...log, lost: ['a'] }] })],
  ['a row is there twice', reportOf({ duplicate: 1 })],
  ['a row is of no event', reportOf({ unknown: 1 })],
  ['a spoiled text is kept nowhere', reportOf({ quarantined: { planted: 0, others: 0, missing: 1 } })],
  ['a dead letter is left', reportOf({ deadLetters: ['a.json'] })],
  ['a log has shown nothing', reportOf({ logs: [{ ...log, events: 0, found: 0 }] })],
  ['nothing was counted', reportOf({ logs: [] })],
  [
    'a row does not hold its event',
    reportOf({}, { contents: { compared: 12, changed: ['slack_auditlogs a'], untouched: [] } }),
  ],
  [
    'no row of a log was compared',
    reportOf({}, { contents: { compared: 9, changed: [], untouched: ['hex-audit (hex_audit)'] } }),
  ],
  ['an alarm did not ring', reportOf({}, { rung: [{ what: 'x', alarm: 'failing x' }] })],
])('the promise is not kept when %s', (_, report) => {
  expect(isKept(report)).toBe(false)
})

test('alarms that were not tried are not said to have rung', () => {
  const text = [...reportText(reportOf({}, { rung: undefined }))]
  expect(text.at(-1)).toBe('seed 7: lost 0, duplicate 0, unknown 0, changed 0, quarantined 1')
  expect(text.join('\n')).not.toContain('had to ring')
})

test('a log without events is named', () => {
  const text = [...reportText(reportOf({ logs: [{ ...log, events: 0, found: 0 }] }))].join('\n')
  expect(text).toContain('Without any event, so that nothing was proved: slack-audit (slack_auditlogs)')
})
