import { describe, expect, test } from 'vitest'
import { ageText, spanText } from '../../cli/status/ages.ts'
import type { SourceStatus, Status } from '../../cli/status/collect.ts'
import { statusJson, statusText } from '../../cli/status/render.ts'

const now = Date.UTC(2026, 5, 1, 12)
const ago = (seconds: number) => now - seconds * 1_000

const webhook: SourceStatus = {
  source: 'hooks',
  type: 'github-webhook',
  label: 'Hooks',
  lastEventAt: ago(90),
  credential: 'accepted',
  openFailures: 2,
  deadLetters: 0,
}
const polled: SourceStatus = {
  source: 'org',
  type: 'github-audit',
  label: 'Org',
  stream: 'github.audit',
  state: 'ok',
  lastRun: { at: ago(30), outcome: 'transient', detail: 'the provider\n\u001b[31mis down' },
  lastEventAt: ago(7_200),
  checkpoint: ago(93_700),
  readUntil: ago(93_600),
  window: { from: ago(100_000), to: ago(-300), readTo: ago(3_600) },
  backlogs: [],
  waitsUntil: ago(-125),
  credential: 'unknown',
  openFailures: 0,
  deadLetters: 12,
}
const statusOf = (...sources: SourceStatus[]): Status => ({
  now,
  sources,
  jobs: [],
  totals: {
    sources: sources.length,
    openFailures: 2,
    deadLetters: 12,
    deadLettersOfUnknownSource: 1,
    deadLetterReasonsOfUnknownSource: {},
  },
})
const textOf = (...sources: SourceStatus[]) => [...statusText(statusOf(...sources))]
const jsonOf = (...sources: SourceStatus[]): unknown[] =>
  [...statusJson(statusOf(...sources))].map((line) => JSON.parse(line))

test('spans and ages in two units', () => {
  expect([0, 999, 59_000, 60_000, 3_661_000, 86_400_000, 90_061_000, -5_000].map(spanText)).toEqual([
    '0s',
    '0s',
    '59s',
    '1m',
    '1h 1m',
    '1d',
    '1d 1h',
    '0s',
  ])
  expect([ageText(ago(61), now), ageText(ago(-61), now)]).toEqual(['1m 1s ago', 'in 1m 1s'])
})

describe('for people', () => {
  test('a line per source and stream, error details and totals', () => {
    expect(textOf(webhook, polled)).toEqual([
      'source  stream        type            last run            last event  lag    open window                                                   next attempt        credential  open failures  dead letters',
      '------  ------------  --------------  ------------------  ----------  -----  ------------------------------------------------------------  ------------------  ----------  -------------  ------------',
      'hooks   -             github-webhook  -                   1m 30s ago  -      -                                                             -                   accepted                2             0',
      'org     github.audit  github-audit    30s ago, transient  2h ago      1d 2h  2026-05-31 08:13..2026-06-01 12:05, read to 2026-06-01 11:00  12:02:05, in 2m 5s  unknown                 0            12',
      '',
      'org (github.audit), transient: the provider [31mis down',
      '',
      '2 sources, 2 open failures, 12 dead letters (1 of unknown source)',
    ])
  })

  test.each([
    ['never ran', { state: 'never ran' }, ['never ran', 'next minute']],
    ['a state that cannot be read', { state: 'unreadable' }, ['state is unreadable', 'next minute']],
    ['a first run at work', { state: 'ok' }, ['first run has not ended', 'next minute']],
  ] as const)('%s', (_, facts, texts) => {
    const { source, type, stream = '', credential, openFailures, deadLetters } = polled
    const line = textOf({ source, type: type ?? '', stream, credential, openFailures, deadLetters, ...facts })[2]
    for (const text of texts) expect(line).toContain(text)
  })

  test('a source removed from the settings, and no sources at all', () => {
    const { source, credential, openFailures, deadLetters } = webhook
    expect(textOf({ source, credential, openFailures, deadLetters })[2]).toContain('(no longer in the settings)')
    expect(textOf()).toEqual(['', '0 sources, 2 open failures, 12 dead letters (1 of unknown source)'])
  })
})

test('the reasons of dead letters, once for each source', () => {
  const forged = { ...polled, deadLetterReasons: { wrong_source: 11, not_written: 1 } }
  const status = statusOf(forged, { ...forged, stream: 'github.other' }, webhook)
  const totals = { ...status.totals, deadLetterReasonsOfUnknownSource: { not_a_message: 1 } }
  expect([...statusText({ ...status, totals })].slice(-4)).toEqual([
    'org, dead letters: 11 wrong_source, 1 not_written',
    'of unknown source, dead letters: 1 not_a_message',
    '',
    '3 sources, 2 open failures, 12 dead letters (1 of unknown source)',
  ])
  expect([...statusJson({ ...status, totals })].map((line) => JSON.parse(line))).toMatchObject([
    { deadLetterReasons: { wrong_source: 11, not_written: 1 } },
    {},
    { deadLetterReasons: {} },
    { kind: 'totals', deadLetterReasonsOfUnknownSource: { not_a_message: 1 } },
  ])
})

describe('backlogs', () => {
  const fails = { outcome: 'transient', detail: 'this moment\ncannot be read' }
  const stuck = { from: ago(7_200), to: ago(3_600), readTo: ago(5_400), waitsUntil: ago(-600), failure: fails }
  const next = { from: ago(3_600), to: ago(1_800), readTo: undefined }
  const withBacklogs = { ...polled, waitsUntil: undefined, window: stuck, backlogs: [stuck, next] }

  test('are counted, and one that fails is shown with its own next attempt', () => {
    const lines = textOf({ ...withBacklogs, lastRun: { at: now, ...fails } })
    expect(lines[2]).toContain('  10:00..11:00, read to 10:30, and 1 more  next minute  ')
    expect(lines.slice(3, -2)).toEqual([
      '',
      'org (github.audit), transient in the backlog 10:00..11:00, read to 10:30, next attempt 12:10:00, in 10m: this moment cannot be read',
    ])
  })

  test('and a run that failed elsewhere shows both', () => {
    expect(textOf(withBacklogs).slice(3, -2)).toEqual([
      '',
      'org (github.audit), transient: the provider [31mis down',
      expect.stringMatching(/^org \(github\.audit\), transient in the backlog .*: this moment cannot be read$/),
    ])
  })

  test('are objects of their own for programs', () => {
    expect(jsonOf(withBacklogs)[0]).toMatchObject({
      window: { from: '2026-06-01T10:00:00.000Z' },
      backlogs: [
        {
          from: '2026-06-01T10:00:00.000Z',
          to: '2026-06-01T11:00:00.000Z',
          readTo: '2026-06-01T10:30:00.000Z',
          waitsUntil: '2026-06-01T12:10:00.000Z',
          outcome: 'transient',
          detail: 'this moment cannot be read',
        },
        { to: '2026-06-01T11:30:00.000Z', readTo: null, waitsUntil: null, outcome: null, detail: null },
      ],
    })
  })
})

describe('for programs', () => {
  test('an object per source and stream, and the totals', () => {
    expect(jsonOf(webhook, polled)).toEqual([
      {
        kind: 'source',
        source: 'hooks',
        type: 'github-webhook',
        label: 'Hooks',
        stream: null,
        state: null,
        lastRun: null,
        lastEvent: '2026-06-01T11:58:30.000Z',
        checkpoint: null,
        readUntil: null,
        lagSeconds: null,
        window: null,
        backlogs: [],
        waitsUntil: null,
        credential: 'accepted',
        openFailures: 2,
        deadLetters: 0,
        deadLetterReasons: {},
        objects: null,
      },
      {
        kind: 'source',
        source: 'org',
        type: 'github-audit',
        label: 'Org',
        stream: 'github.audit',
        state: 'ok',
        lastRun: { at: '2026-06-01T11:59:30.000Z', outcome: 'transient', detail: 'the provider [31mis down' },
        lastEvent: '2026-06-01T10:00:00.000Z',
        checkpoint: '2026-05-31T09:58:20.000Z',
        readUntil: '2026-05-31T10:00:00.000Z',
        lagSeconds: 93_600,
        window: {
          from: '2026-05-31T08:13:20.000Z',
          to: '2026-06-01T12:05:00.000Z',
          readTo: '2026-06-01T11:00:00.000Z',
        },
        backlogs: [],
        waitsUntil: '2026-06-01T12:02:05.000Z',
        credential: 'unknown',
        openFailures: 0,
        deadLetters: 12,
        deadLetterReasons: {},
        objects: null,
      },
      {
        kind: 'totals',
        sources: 2,
        openFailures: 2,
        deadLetters: 12,
        deadLettersOfUnknownSource: 1,
        deadLetterReasonsOfUnknownSource: {},
      },
    ])
  })

  test('long details are cut', () => {
    const detail = '\u{1F600}'.repeat(400)
    const [json] = jsonOf({ ...polled, lastRun: { at: now, outcome: 'internal', detail } })
    expect(json).toMatchObject({ lastRun: { detail: `${'\u{1F600}'.repeat(299)}…` } })
  })
})
