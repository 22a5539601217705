import { stripVTControlCharacters } from 'node:util'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { RunFigures, type SourceState } from '../../../local/screen/run-figures.ts'
import { renderTable, startTerminal } from '../../../local/screen/terminal.ts'
import { hiddenCharacters, hostile } from '../../support/hostile-text.ts'
import { rememberingScreen } from '../../support/screen.ts'

const now = Date.parse('2026-11-20T12:00:00Z')

/** A line as Powertools prints it. */
const metrics = (values: object, Namespace = 'AuditLake') => ({
  _aws: { Timestamp: now, CloudWatchMetrics: [{ Namespace, Dimensions: [['service', 'source']], Metrics: [] }] },
  service: 'github-webhook',
  ...values,
})

const source = 'github-webhooks'

beforeEach(() => {
  vi.useFakeTimers({ now })
})
afterEach(() => {
  vi.useRealTimers()
})

function startOn({
  isTTY,
  columns = 80,
  env = {},
}: {
  isTTY: boolean
  columns?: number
  env?: Record<string, string>
}) {
  const { stream, written } = rememberingScreen({ isTTY, columns })
  return { terminal: startTerminal({ sources: [source], stream, env }), written }
}

function figuresOf(...lines: unknown[]): RunFigures {
  const figures = new RunFigures([source])
  for (const line of lines) figures.record(line)
  return figures
}

const shown = (figures: RunFigures) => renderTable(figures, { now, width: 80 }).map(({ text }) => text)

test('figures of a source add up over several functions', () => {
  const figures = figuresOf(
    metrics({ source, EventsReceived: 3, EventsRejected: 1, reason: 'signature' }),
    metrics({ source, EventsReceived: [1, 1] }),
    metrics({ source, service: 'writer', RowsWritten: 4, newestReceivedAt: new Date(now - 7000).toISOString() }),
    metrics({ source, service: 'writer', RowsWritten: 1, newestReceivedAt: new Date(now - 9000).toISOString() }),
  )
  expect(shown(figures)).toEqual([
    '  source           state  last event  in  rejected  written  total',
    '  github-webhooks  -         7 s ago   5         1        5      -',
    'in, rejected and written: since the start; total: all rows in the lake',
  ])
})

test.each([
  'plain text',
  null,
  [],
  {},
  { level: 'INFO', message: 'hello', source, EventsReceived: 1 },
  { _aws: {}, source, EventsReceived: 1 },
  metrics({ source, EventsReceived: 1 }, 'OtherNamespace'),
  metrics({ source, EventsReceived: 'many' }),
])('a line without metrics of the pipeline changes nothing: %j', (line) => {
  expect(shown(figuresOf(line))[1]).toMatch(/^ {2}github-webhooks +- +- +0 +0 +0 +-$/)
})

test('an unannounced source gets its own line', () => {
  const figures = figuresOf(metrics({ source: 'another', EventsReceived: 2 }))
  expect(shown(figures).map((line) => line.trim().split(' ')[0])).toEqual(['source', source, 'another', 'in,'])
})

test('failures have one line per function, without control sequences', () => {
  const figures = figuresOf(metrics({ service: 'writer', BatchItemFailures: 0 }))
  expect(figures.failures).toEqual([])
  figures.record(metrics({ service: 'writer', BatchItemFailures: 2 }))
  figures.functionFailed('github-webhook', 'Error: one')
  figures.functionFailed('github-webhook', 'Error: two\u001b[2J\n  at line 1')
  expect(shown(figures).slice(3)).toEqual([
    'writer: failed 2 times, last: messages could not be processed and come again',
    'github-webhook: failed 2 times, last: Error: two [2J at line 1',
  ])
})

test('unsent messages and dead letters have a line each while there are any', () => {
  const figures = figuresOf(
    metrics({ service: 'janitor', UnsentMessages: 12, OldestUnsentSeconds: 40, Resent: 1 }),
    metrics({ service: 'dead-letters', source, DeadLetters: 2 }),
    metrics({ service: 'dead-letters', DeadLetters: 1 }),
  )
  expect(shown(figures).slice(3)).toEqual([
    'unsent messages: 12, the oldest for 40 s',
    'dead letters: 3, kept under dead/ in the ops bucket',
  ])
  figures.record(metrics({ service: 'janitor', Resent: 12 }))
  expect(shown(figures).slice(3)).toHaveLength(1)
})

test('alarms that ring have a line each, with the first sentence of what they mean', () => {
  const figures = figuresOf()
  figures.alarms = [
    { name: 'Plain', description: 'Requests of example.com were lost. Look into the log of the API.' },
    { name: `Odd${hostile}`, description: `Sent\u001b[2J\nby strangers! ${'Long. '.repeat(100)}` },
    { name: 'Silent', description: '' },
  ]
  const lines = shown(figures).slice(3)
  expect(lines[0]).toBe('alarm Plain: Requests of example.com were lost.')
  expect(lines.at(-1)).toBe('alarm Silent')
  expect(lines.slice(1, -1).join(' ')).toMatch(/^alarm Odd.*: Sent \[2J by strangers!$/)
  for (const line of lines) expect(line).not.toMatch(hiddenCharacters)
  figures.alarms = []
  expect(shown(figures)).toHaveLength(3)
})

const empty: SourceState = {
  source,
  word: 'not set up',
  why: `the secret is empty: put the credential into arn:aws:secretsmanager:us-east-1:000000000000:secret:${'A'.repeat(60)}`,
  remedy: `Put the credential in: npm run connect -- ${source}`,
  needsPerson: true,
}

test('the state of a source stands in its line, and below why, and what to do, uncut', () => {
  const figures = figuresOf(metrics({ source, RowsWritten: 2, newestReceivedAt: new Date(now - 7000).toISOString() }))
  figures.states = new Map([[source, { ...empty, lastEventAt: now - 3_000 }]])
  figures.rowsBefore = new Map([[source, 40]])
  expect(shown(figures)).toEqual([
    '  source           state       last event  in  rejected  written  total',
    '! github-webhooks  not set up     3 s ago   0         0        2     42',
    'in, rejected and written: since the start; total: all rows in the lake',
    'github-webhooks, not set up: the secret is empty: put the credential into',
    `  arn:aws:secretsmanager:us-east-1:000000000000:secret:${'A'.repeat(60)}.`,
    '  Put the credential in: npm run connect -- github-webhooks',
  ])
  figures.states = new Map([[source, { source, word: 'working', needsPerson: false }]])
  expect(shown(figures)).toHaveLength(3)
})

test.each([80, 100, 200])('no line is wider than %i', (width) => {
  const figures = new RunFigures(['s'.repeat(70), source])
  figures.record(metrics({ service: 'dead-letters', DeadLetters: 1_000_000 }))
  figures.functionFailed('writer', '組織 '.repeat(60))
  for (const { text } of renderTable(figures, { now, width })) {
    const cells = [...text].reduce((sum, char) => sum + (/\p{Script=Han}/u.test(char) ? 2 : 1), 0)
    expect(cells).toBeLessThanOrEqual(width)
  }
})

test.each([
  [0, '0 s ago'],
  [119, '119 s ago'],
  [120, '2 min ago'],
  [7200, '2 h ago'],
  [-5, '0 s ago'],
])('a row received %i s ago is shown with the age %s', (seconds, text) => {
  const figures = figuresOf(
    metrics({ source, RowsWritten: 1, newestReceivedAt: new Date(now - seconds * 1000).toISOString() }),
  )
  expect(shown(figures)[1]).toContain(` ${text} `)
})

const alarm = { name: 'Lost', description: 'Events were lost. Ask for them again.' }

test('without a terminal each changed source has a plain line, at most every five seconds', () => {
  const { terminal, written } = startOn({ isTTY: false })
  terminal.note('github-webhooks: http://127.0.0.1:1/')
  for (let n = 0; n < 50; n++) {
    terminal.record(metrics({ source, EventsReceived: 1 }))
    vi.advanceTimersByTime(100)
  }
  vi.advanceTimersByTime(20_000)
  for (const word of ['not set up', 'not set up', 'working']) {
    terminal.showStates([word === 'working' ? { source, word, needsPerson: false } : empty])
    vi.advanceTimersByTime(5_000)
  }
  for (const alarms of [[alarm], [alarm], [], [alarm]]) {
    terminal.showAlarms(alarms)
    vi.advanceTimersByTime(5_000)
  }
  terminal.functionFailed('writer', 'Error: no')
  terminal.stop()
  expect(written()).toBe(
    [
      'github-webhooks: http://127.0.0.1:1/',
      'github-webhooks: 50 events in, 0 rejected, 0 rows written, newest row -',
      `${source}, not set up: ${empty.why}. ${empty.remedy}`,
      `${source}, working`,
      'alarm Lost: Events were lost.',
      'alarm Lost: Events were lost.',
      'writer: failed: Error: no',
      '',
    ].join('\n'),
  )
})

test('on a terminal the table is redrawn in place, below the notes', () => {
  const { terminal, written } = startOn({ isTTY: true })
  terminal.note('a note that stays')
  terminal.record(metrics({ source, EventsReceived: 41 }))
  vi.advanceTimersByTime(1000)
  expect(written()).toContain('41')
  expect(written()).toContain('\u001b[')
  expect(stripVTControlCharacters(written())).toContain('a note that stays')
  terminal.record(metrics({ source, EventsReceived: 1 }))
  terminal.stop()
  expect(written()).toContain('42')
  const end = written()
  vi.advanceTimersByTime(10_000)
  expect(written()).toBe(end)
})

test('NO_COLOR removes colours, and a terminal without cursor movement gets plain lines', () => {
  const colored = startOn({ isTTY: true })
  const bold = '\u001b[1m'
  expect(colored.written()).toContain(bold)
  colored.terminal.stop()
  const uncolored = startOn({ isTTY: true, env: { NO_COLOR: '1' } })
  expect(uncolored.written()).toContain('last event')
  expect(uncolored.written()).not.toContain(bold)
  uncolored.terminal.stop()
  const dumb = startOn({ isTTY: true, env: { TERM: 'dumb' } })
  dumb.terminal.record(metrics({ source, EventsReceived: 1 }))
  dumb.terminal.stop()
  const unsized = startOn({ isTTY: true, columns: 0 })
  unsized.terminal.record(metrics({ source, EventsReceived: 1 }))
  unsized.terminal.stop()
  for (const { written } of [dumb, unsized]) expect(written()).toMatch(/^github-webhooks: 1 events in.*\n$/)
})
