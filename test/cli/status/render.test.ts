import { describe, expect, test } from 'vitest'
import { needsPerson, type SourceFacts, type SourceStatus, type Status } from '../../../cli/status/collect.ts'
import { type StatusView, statusText } from '../../../cli/status/render.ts'
import { statusJson } from '../../../cli/status/render-json.ts'
import { standingOf } from '../../../lambdas/core/standing/standing.ts'
import { ageText, spanText } from '../../../lambdas/core/time-text.ts'

const now = Date.UTC(2026, 5, 1, 12)
const ago = (seconds: number) => now - seconds * 1_000

const standing = (facts: SourceFacts): SourceStatus => ({ ...facts, standing: standingOf(facts, { now }) })

const webhook: SourceFacts = {
  source: 'hooks',
  type: 'github-webhook',
  feed: 'webhook',
  label: 'Hooks',
  lastEventAt: ago(90),
  credential: 'accepted',
  openFailures: 2,
  deadLetters: 0,
}
const polled: SourceFacts = {
  source: 'org',
  type: 'github-audit',
  feed: 'polled',
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
  failures: 3,
  hasRead: true,
  startAt: ago(10_000_000),
  credential: 'unknown',
  openFailures: 0,
  deadLetters: 12,
}
function statusOf(...facts: SourceFacts[]): Status {
  const sources = facts.map(standing)
  return {
    now,
    sources,
    jobs: [],
    totals: {
      sources: sources.length,
      needPerson: sources.filter(needsPerson).length,
      openFailures: 2,
      deadLetters: 12,
      deadLettersOfUnknownSource: 1,
      deadLetterReasonsOfUnknownSource: {},
    },
  }
}
const textOf = (sources: readonly SourceFacts[], view?: StatusView) => [...statusText(statusOf(...sources), view)]
const jsonOf = (...sources: SourceFacts[]): unknown[] =>
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
  test('the totals, a line per source and stream, and why one does not work', () => {
    expect(textOf([webhook, polled])).toEqual([
      '2 sources, 1 needs a person; 2 open failures, 12 dead letters (1 of unknown source)',
      '',
      '  source  state    last event  lag  rejected  failures  dead',
      '  hooks   working      1m ago    -         0         2     0',
      '! org     failing      2h ago   1d         -         0    12',
      '',
      'org, failing: the provider [31mis down; next attempt in 2m. It does not pass by itself; check: npm run verify -- org',
    ])
  })

  test('the stream of a source that has several', () => {
    const lines = textOf([polled, { ...polled, stream: 'github.other' }])
    expect(lines[3]).toMatch(/^! org \(github\.audit\) +failing /)
    expect(lines[4]).toMatch(/^! org \(github\.other\) +failing /)
  })

  test('every fact on demand', () => {
    expect(textOf([webhook, polled], { all: true }).slice(-8)).toEqual([
      'hooks, github-webhook',
      '  credential    accepted',
      '',
      'org, github-audit',
      '  last run      30s ago, transient: the provider [31mis down',
      '  open window   2026-05-31 08:13..2026-06-01 12:05, read to 2026-06-01 11:00',
      '  next attempt  12:02:05, in 2m 5s',
      '  credential    unknown',
    ])
    const rejected = { count: 12, lastAt: ago(61), lastReason: 'too_large' }
    expect(textOf([{ ...webhook, rejected }], { all: true })).toContain(
      '  rejected      at least 12, the last 1m 1s ago: too_large',
    )
  })

  test.each([
    ['never ran', { state: 'never ran' }, 'not set up', 'never ran'],
    ['a state that cannot be read', { state: 'unreadable' }, 'failing', 'state is unreadable'],
    ['a first run at work', { state: 'ok' }, 'working', 'first run has not ended'],
  ] as const)('%s', (_, facts, word, detail) => {
    const { source, type = '', feed = 'polled', stream = '', credential, openFailures, deadLetters } = polled
    const lines = textOf([{ source, type, feed, stream, credential, openFailures, deadLetters, ...facts }], {
      all: true,
    })
    expect(lines[3]).toContain(`  ${word}  `)
    expect(lines).toContain(`  last run      ${detail}`)
  })

  test('a source removed from the settings, and no sources at all', () => {
    const { source, credential, openFailures, deadLetters } = webhook
    const lines = textOf([{ source, credential, openFailures, deadLetters }], { all: true })
    expect(lines).toContain('hooks, not set up: the settings no longer name this source')
    expect(lines).toContain('hooks, no longer in the settings')
    expect(textOf([])).toEqual([
      '0 sources, none needs a person; 2 open failures, 12 dead letters (1 of unknown source)',
    ])
  })

  test('a run that has ended is said first', () => {
    expect(textOf([webhook], { width: 60, leftAt: now })).toEqual([
      'npm start is not running: this is the state as it was left',
      'at 2026-06-01T12:00:00.000Z. Ages count up to then.',
      '1 source, none needs a person; 2 open failures, 12 dead',
      'letters (1 of unknown source)',
      ...textOf([webhook]).slice(1),
    ])
  })
})

describe('on a narrow terminal', () => {
  const arn = `arn:aws:secretsmanager:us-east-1:000000000000:secret:${'Long'.repeat(20)}-AbCdEf`
  const empty = {
    ...polled,
    source: 'a-source-whose-name-is-too-long-for-its-column',
    credential: 'missing' as const,
    lastRun: {
      at: ago(30),
      outcome: 'credentials',
      detail: `the secret is empty: put the credential into ${arn} with npm run connect`,
    },
  }

  test('an ARN, a name and a command are never cut, and nothing else is longer than the terminal', () => {
    for (const width of [70, 80, 120]) {
      const lines = textOf([empty], { width, all: true })
      expect(new Set(lines.filter((line) => line.length > width).map((line) => line.trim()))).toEqual(new Set([arn]))
      expect(lines.join('')).not.toContain('…')
    }
    const lines = textOf([empty], { width: 80 })
    expect(lines).toContain(`! ${empty.source}`)
    expect(lines).toContain(`  npm run connect -- ${empty.source}`)
  })

  test('the words of a long reason stay in order, and all of them are there', () => {
    const detail = Array.from({ length: 200 }, (_, index) => `word${index}`).join(' ')
    const lines = textOf([{ ...polled, lastRun: { at: now, outcome: 'transient', detail } }], { width: 50 })
    const text = lines.map((line) => line.trim()).join(' ')
    expect(text).toContain(detail)
  })
})

test('the reasons of dead letters, once for each source', () => {
  const forged = { ...polled, deadLetterReasons: { wrong_source: 11, not_written: 1 } }
  const status = statusOf(forged, { ...forged, stream: 'github.other' }, webhook)
  const totals = { ...status.totals, deadLetterReasonsOfUnknownSource: { not_a_message: 1 } }
  expect([...statusText({ ...status, totals })].slice(-2)).toEqual([
    'org, dead letters: 11 wrong_source, 1 not_written',
    'of unknown source, dead letters: 1 not_a_message',
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
  const stuck = {
    from: ago(7_200),
    to: ago(3_600),
    readTo: ago(5_400),
    waitsUntil: ago(-600),
    failure: fails,
    failures: 4,
  }
  const next = { from: ago(3_600), to: ago(1_800), readTo: undefined }
  const withBacklogs = {
    ...polled,
    readUntil: now,
    failures: 0,
    waitsUntil: undefined,
    window: stuck,
    backlogs: [stuck, next],
  }

  test('that fail are why a source fails, and are shown with their own next attempts', () => {
    const lines = textOf([{ ...withBacklogs, lastRun: { at: now, ...fails } }], { all: true })
    expect(lines[5]).toBe(
      'org, failing: events from 2h to 1h ago cannot be read: this moment cannot be read. New events are read; this part is tried again',
    )
    expect(lines).toContain('  open window   10:00..11:00, read to 10:30, and 1 more')
    expect(lines).toContain(
      '  backlog       10:00..11:00, read to 10:30, transient, next attempt 12:10:00, in 10m: this moment cannot be read',
    )
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
        standing: 'working',
        why: null,
        remedy: null,
        needsPerson: false,
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
        rejected: null,
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
        standing: 'failing',
        why: 'the provider [31mis down',
        remedy: 'It does not pass by itself; check: npm run verify -- org',
        needsPerson: true,
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
        rejected: null,
        openFailures: 0,
        deadLetters: 12,
        deadLetterReasons: {},
        objects: null,
      },
      {
        kind: 'totals',
        sources: 2,
        needPerson: 1,
        openFailures: 2,
        deadLetters: 12,
        deadLettersOfUnknownSource: 1,
        deadLetterReasonsOfUnknownSource: {},
      },
    ])
  })

  test('rejected requests', () => {
    const rejected = { count: 3, lastAt: ago(60), lastReason: 'bad_credential' }
    expect(jsonOf({ ...webhook, rejected })[0]).toMatchObject({
      rejected: { count: 3, last: '2026-06-01T11:59:00.000Z', lastReason: 'bad_credential' },
    })
  })

  test('long details come whole', () => {
    const detail = '\u{1F600}'.repeat(400)
    const [json] = jsonOf({ ...polled, lastRun: { at: now, outcome: 'internal', detail } })
    expect(json).toMatchObject({ why: detail, lastRun: { detail } })
  })
})
