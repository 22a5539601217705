import { describe, expect, test } from 'vitest'
import { displayOf } from '../../../cli/jobs/display.ts'
import { parseRedriveArguments } from '../../../cli/redrive/arguments.ts'
import { isMeantRedrive, isSameRedrive, redriveJobOf } from '../../../cli/redrive/order.ts'
import { redrivesOf } from '../../../cli/redrive/stored.ts'
import { openRedriveText, redriveText, redriveWords } from '../../../cli/redrive/text.ts'
import { statusText } from '../../../cli/status/render.ts'
import { statusJson } from '../../../cli/status/render-json.ts'
import { counting } from '../../../lambdas/core/redrive/counting.ts'
import type { RedriveJob } from '../../../lambdas/core/redrive/job.ts'
import { hiddenCharacters, hostile } from '../../support/hostile-text.ts'
import { memoryStore } from '../../support/memory-stores.ts'
import { rememberingScreen } from '../../support/screen.ts'

const now = Date.UTC(2026, 5, 15, 12)

const order = (...args: string[]) => parseRedriveArguments(args).order

describe('the command line', () => {
  test('says what to send back', () => {
    expect(order('failures', '--since', '2026-06-01', '--log-type', 'Hex.Audit', '--reason', 'internal')).toEqual({
      kind: 'failures',
      dryRun: false,
      since: Date.UTC(2026, 5, 1),
      logType: 'Hex.Audit',
      reason: 'internal',
    })
    expect(order('dead-letters', '--queue', 'records', '--source', 's', '--per-second', '0.5', '--dry-run')).toEqual({
      kind: 'dead-letters',
      dryRun: true,
      queue: 'records',
      source: 's',
      perSecond: 0.5,
    })
  })

  test.each([
    [[], /redrive -- failures/],
    [['letters'], /redrive -- failures/],
    [['failures', 'dead-letters'], /redrive -- failures/],
    [['failures', '--queue', 'records'], /--queue does not go with failures/],
    [['dead-letters', '--log-type', 'Hex.Audit'], /--log-type does not go with dead-letters/],
    [['failures', '--since', 'monday'], /--since monday is not a time/],
    [['dead-letters', '--per-second', '0'], /not a number above 0/],
    [['dead-letters', '--per-second', '1e9'], /not a number above 0/],
  ])('%j is refused with a reason', (args, says) => {
    expect(() => parseRedriveArguments(args)).toThrow(says)
  })
})

describe('an order', () => {
  test('is that of an open job only if all of it is the same', () => {
    const job = redriveJobOf(order('failures', '--source', 's'), now)
    expect(isSameRedrive(order('failures', '--source', 's'), job)).toBe(true)
    for (const other of [['failures'], ['failures', '--source', 's', '--dry-run'], ['dead-letters', '--source', 's']]) {
      expect(isSameRedrive(order(...other), job)).toBe(false)
    }
  })

  test('to cancel needs no more than the kind', () => {
    const job = redriveJobOf(order('failures', '--source', 's', '--dry-run'), now)
    expect(isMeantRedrive(order('failures'), job)).toBe(true)
    expect(isMeantRedrive(order('failures', '--source', 't'), job)).toBe(false)
    expect(isMeantRedrive(order('dead-letters'), job)).toBe(false)
  })

  test('lies where no source can have its own, and can be cancelled there', async () => {
    const { store, objects } = memoryStore()
    const jobs = redrivesOf(store)
    const job = redriveJobOf(order('failures'), now)
    await jobs.place(job)
    expect([...objects.keys()]).toEqual([`redrive/jobs/open/${job.id}.json`, 'redrive/jobs/bell'])
    expect(await jobs.open()).toEqual([job])
    expect(await jobs.cancel(job.id, now)).toMatchObject({ end: 'cancelled' })
  })
})

const counts = (() => {
  const tally = counting({ tallies: [], left: [], events: 0 })
  for (let failure = 0; failure < 1_234; failure++) tally.redriven({ of: 'GitHub.Webhook', reason: 'internal' }, 1)
  tally.left({ of: 'Hex.Audit', reason: 'not_json' }, 'not_json', 'abc')
  tally.left({ of: 'Hex.Audit', reason: 'gone' }, 'holds_no_event', 'def')
  return tally.value()
})()
const job: RedriveJob = { ...redriveJobOf(order('failures'), now), startedAt: now, counts }

describe('the texts', () => {
  test('of an open job say how far it is', () => {
    const open: RedriveJob = { ...job, position: { day: '2026-06-01', files: 0, rows: 1, digest: '' } }
    expect(redriveWords.progress({ job: open, waiting: 'its turn' })).toBe(
      'redrive of failures: redriven 1,234, left 2, at 2026-06-01, waiting: its turn',
    )
    expect(openRedriveText({ job: open })).toBe(
      `redrive of failures, job ${job.id}: redriven 1,234, left 2, at 2026-06-01`,
    )
  })

  test('of an ended job say what became of each kind, and what to do with the rest', () => {
    expect(redriveWords.milestones({ job: { ...job, end: 'done' } })).toEqual([
      'Done: 1,234 failures became 1,234 rows; 2 stay open.',
      'GitHub.Webhook, internal: 1,234 redriven',
      'Hex.Audit, not_json: 1 left',
      'Hex.Audit, gone: 1 left',
      'Left, 1 failure: still fails: not_json; for example p_row_id abc.',
      'Left, 1 failure: they tell of an event that never came, and hold none; for example p_row_id def.',
    ])
    const letters: RedriveJob = { ...job, kind: 'dead-letters', dryRun: true, end: 'done' }
    expect(redriveWords.milestones({ job: letters })[0]).toBe(
      'A dry run: nothing was published: 1,234 dead letters would be sent back; 2 stay open.',
    )
  })

  test('for scripts hold the counts, and end with "ended"', () => {
    const { stream, written } = rememberingScreen({ isTTY: false })
    const display = displayOf(redriveWords, { json: true, out: stream, aside: stream })
    display.show([{ job }])
    display.show([{ job }])
    display.show([{ job: { ...job, end: 'done', endedAt: now } }])
    const lines = written().trim().split('\n')
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { job: 'redrive', what: 'failures', redriven: 1_234, left: 2, rows: 1_234, ended: false, outcome: null },
      { ended: true, outcome: 'done', reasonsLeft: [{ why: 'not_json' }, { why: 'holds_no_event' }] },
    ])
  })

  test('of stored jobs show nothing that a terminal obeys', () => {
    const tally = counting(counts)
    tally.left({ of: hostile, reason: hostile }, hostile, hostile)
    const bad: RedriveJob = { ...job, source: hostile, reason: hostile, problem: hostile, counts: tally.value() }
    const { stream, written } = rememberingScreen({ isTTY: false })
    const display = displayOf(redriveWords, { json: false, out: stream, env: {} })
    display.note(redriveText(bad))
    display.note(openRedriveText({ job: bad }))
    display.show([{ job: bad }])
    display.show([{ job: { ...bad, end: 'done' } }])
    for (const line of written().split('\n')) expect(line).not.toMatch(hiddenCharacters)
    expect(written()).not.toMatch(/^Done\.$/m)
  })

  test('of the status name open jobs', () => {
    const totals = {
      sources: 0,
      needPerson: 0,
      openFailures: 0,
      deadLetters: 0,
      deadLettersOfUnknownSource: 0,
      deadLetterReasonsOfUnknownSource: {},
    }
    const status = { now, sources: [], jobs: [], redrives: [{ job }], totals }
    expect([...statusText(status)]).toContain(openRedriveText({ job }))
    const [line = ''] = [...statusJson(status)].filter((one) => one.includes('redrive'))
    expect(JSON.parse(line)).toMatchObject({ kind: 'job', job: 'redrive', id: job.id })
  })
})

test('a job stays small, however many kinds it meets', () => {
  const tally = counting({ tallies: [], left: [], events: 0 })
  for (let kind = 0; kind < 1_000; kind++) tally.left({ of: `type ${kind}`, reason: 'x' }, `why ${kind}`, 'id')
  const { tallies, left } = tally.value()
  expect(tallies.length).toBeLessThan(60)
  expect(left.length).toBeLessThan(60)
  expect(tallies.reduce((sum, one) => sum + one.left, 0)).toBe(1_000)
  expect(left.reduce((sum, one) => sum + one.count, 0)).toBe(1_000)
})
