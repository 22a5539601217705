import { describe, expect, test } from 'vitest'
import { checkLines } from '../../cli/connect/check-text.ts'
import { createDisplay as connectDisplay } from '../../cli/connect/display.ts'
import { reasonOf } from '../../cli/installation.ts'
import { createDisplay as jobsDisplay } from '../../cli/jobs/display.ts'
import { openJobText, resultText } from '../../cli/jobs/text.ts'
import { type Opening, openingJson, openingText } from '../../cli/open-bucket/report.ts'
import type { SourceFacts, Status } from '../../cli/status/collect.ts'
import { statusText } from '../../cli/status/render.ts'
import { statusJson } from '../../cli/status/render-json.ts'
import type { AthenaFinding } from '../../cli/verify/athena-finding.ts'
import { athenaJson, athenaText } from '../../cli/verify/athena-render.ts'
import { verifyJson, verifyText } from '../../cli/verify/render.ts'
import type { Verified } from '../../cli/verify/verified.ts'
import type { Job } from '../../lambdas/core/poll/past/job.ts'
import { standingOf } from '../../lambdas/core/standing/standing.ts'
import type { QueryResult } from '../../local/query/lake-query.ts'
import { jsonLines, resultLines } from '../../local/query/query-text.ts'
import { printJson, printLine } from '../../local/screen/print.ts'
import { showStart } from '../../local/screen/start-progress.ts'
import { startTerminal } from '../../local/screen/terminal.ts'
import { hiddenCharacters, hostile } from '../support/hostile-text.ts'
import { rememberingScreen } from '../support/screen.ts'

/** Nothing that a provider, a sender or a stored object says can move the cursor, hide text or imitate a line. */

const now = Date.UTC(2026, 5, 1, 12)
const counts = { fetched: 1, new: 1, duplicate: 0, failed: 0, requests: 1 }
const job: Job = {
  id: hostile,
  kind: 'backfill',
  stream: hostile,
  from: 0,
  to: now,
  until: 0,
  createdAt: now,
  dryRun: false,
  counts,
  problem: hostile,
}
const view = { source: hostile, job, waiting: hostile }
const read = { objects: 1, excluded: 0, ignored: 0, events: 1, failed: 0, leftOut: 0 }
const status: SourceFacts = {
  source: hostile,
  type: hostile,
  feed: 'bucket',
  rejected: { count: 1, lastAt: now, lastReason: hostile },
  label: hostile,
  stream: hostile,
  state: 'ok',
  lastRun: { at: now, outcome: hostile, detail: hostile },
  backlogs: [{ from: 0, to: now, waitsUntil: now, failure: { outcome: hostile, detail: hostile } }],
  credential: 'unknown',
  openFailures: 1,
  deadLetters: 1,
  objects: {
    today: read,
    sum: read,
    days: [{ day: hostile, ...read }],
    unfinished: [{ name: hostile, version: hostile, position: { bytes: 1, lines: 1 } }],
    listing: { startedAt: now, isOpen: false, endedAt: now, found: 0, waitsUntil: now, detail: hostile },
    provider: {
      at: now,
      outcome: 'transient',
      detail: hostile,
      streams: [{ id: hostile, destination: hostile, enabled: false }],
    },
  },
}
const totals = {
  sources: 1,
  needPerson: 1,
  openFailures: 1,
  deadLetters: 1,
  deadLettersOfUnknownSource: 1,
  deadLetterReasonsOfUnknownSource: { [hostile]: 1 },
}
/** The same facts of feeds of every kind. */
const facts = [status, ...(['webhook', 'polled', 'recovery'] as const).map((feed) => ({ ...status, feed }))]
const sources = facts.map((one) => ({ ...one, standing: standingOf(one, { now }) }))
const all: Status = { now, sources, jobs: [view], totals }
const verified: Verified = {
  source: hostile,
  type: hostile,
  label: hostile,
  stream: hostile,
  ok: false,
  fault: hostile,
  says: hostile,
  remarks: [hostile],
}
const result: QueryResult = {
  columns: [hostile, 'n'],
  rows: [
    [hostile, 1],
    [{ [hostile]: [hostile] }, 2],
  ],
}
const opening: Opening = {
  bucket: hostile,
  region: hostile,
  queueArn: hostile,
  role: hostile,
  dryRun: true,
  notification: 'added',
  policy: 'added',
  encryption: { kind: 'kms', key: hostile },
}

const finding: AthenaFinding = {
  check: 'table',
  subject: hostile,
  ok: false,
  asked: hostile,
  says: hostile,
  remedy: hostile,
}

/** What a file or pipe gets of some lines. */
function printed(lines: Iterable<string>): string[] {
  const { stream, written } = rememberingScreen({ isTTY: false })
  for (const line of lines) printLine(line, stream)
  expect(written().endsWith('\n')).toBe(true)
  return written().slice(0, -1).split('\n')
}

describe.each([
  ['status', [...statusText(all, { all: true })]],
  ['status, on a terminal', [...statusText(all, { all: true, width: 80 })]],
  ['verify', [...verifyText([verified], now)]],
  ['verify, of Athena', [...athenaText(finding)]],
  ['query', [...resultLines(result)]],
  ['open-bucket', openingText(opening)],
  ['jobs', [openJobText(view), resultText({ ...job, end: 'done' })]],
  ['connect', checkLines(verified)],
  ['an error', [reasonOf(new Error(hostile))]],
])('the text of %s', (_, lines) => {
  test('is harmless, and has no line more', () => {
    const shown = printed(lines)
    expect(shown.filter((line) => hiddenCharacters.test(line))).toEqual([])
    expect(shown).toHaveLength(lines.length)
  })
})

describe.each([
  ['status', [...statusJson(all)]],
  ['verify', [...verifyJson([verified])]],
  ['verify, of Athena', [athenaJson(finding)]],
  ['query', [...jsonLines(result)]],
  ['open-bucket', [openingJson(opening)]],
])('the JSON of %s', (_, lines) => {
  test('is harmless and has the same value', () => {
    const shown = printed(lines)
    expect(shown.filter((line) => hiddenCharacters.test(line))).toEqual([])
    expect(shown.map((line) => JSON.parse(line))).toEqual(lines.map((line) => JSON.parse(line)))
    expect(lines.join('')).toMatch(hiddenCharacters)
  })
})

test('a value printed as JSON is harmless and stays equal', () => {
  const { stream, written } = rememberingScreen({ isTTY: false })
  printJson({ [hostile]: hostile }, stream)
  expect(written().slice(0, -1)).not.toMatch(hiddenCharacters)
  expect(JSON.parse(written())).toEqual({ [hostile]: hostile })
})

/** Metrics as a function prints them. */
const metrics = (values: object) => ({
  _aws: { Timestamp: now, CloudWatchMetrics: [{ Namespace: 'AuditLake', Dimensions: [], Metrics: [] }] },
  service: hostile,
  source: hostile,
  EventsReceived: 1,
  EventsRejected: 1,
  BatchItemFailures: 1,
  ...values,
})

const screens: readonly (readonly [string, (screen: ReturnType<typeof rememberingScreen>['stream']) => void])[] = [
  [
    'the live view',
    (stream) => {
      const terminal = startTerminal({ sources: [hostile], stream, env: {}, now: () => now })
      terminal.record(metrics({}))
      terminal.record(metrics({ Polls: 1, TransientErrors: 1, detail: hostile }))
      terminal.showStates([{ source: hostile, word: 'refused', why: hostile, remedy: hostile, needsPerson: true }])
      terminal.functionFailed(hostile, hostile)
      terminal.note(hostile)
      terminal.stop()
    },
  ],
  [
    'the progress of a start',
    (stream) => {
      const progress = showStart(stream, {})
      progress.step(hostile)
      progress.stop()
    },
  ],
  [
    'the progress of jobs',
    (stream) => {
      const display = jobsDisplay({ json: false, out: stream, env: {} })
      display.note(hostile)
      display.show([view, { ...view, job: { ...job, id: 'ended', end: 'done' } }])
      display.stop()
    },
  ],
  [
    'jobs for scripts',
    (stream) => {
      const display = jobsDisplay({ json: true, out: stream, aside: stream })
      display.note(hostile)
      display.show([view])
      display.stop()
    },
  ],
  [
    'connect',
    (stream) => {
      const display = connectDisplay(stream, {})
      display.note(hostile)
      display.progress(hostile)
      display.stop()
    },
  ],
]

/** Sequences that the commands write themselves: colours, movements of the cursor, erasing. */
const begin = '\u001b'
const ownSequences = new RegExp(`${begin}\\[\\??[\\d;]*[A-Zhlm]`, 'g')

describe.each(screens)('%s', (_, draw) => {
  test.each([
    ['on a terminal', true],
    ['in a file', false],
  ])('%s shows hostile text as escapes', (_where, isTTY) => {
    const { stream, written } = rememberingScreen({ isTTY, columns: 2_000 })
    draw(stream)
    expect(written()).toContain('OWNED')
    expect(written()).not.toContain('\u001b[2J')
    const lines = written()
      .replaceAll(isTTY ? ownSequences : '', '')
      .split('\n')
    expect(lines.filter((line) => hiddenCharacters.test(line))).toEqual([])
    expect(lines.filter((line) => line.startsWith('Done.'))).toEqual([])
  })
})
