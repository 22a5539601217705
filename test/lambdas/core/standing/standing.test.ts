import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type FeedKind,
  type StandingFacts,
  type StandingWord,
  standingOf,
} from '../../../../lambdas/core/standing/standing.ts'

const now = Date.UTC(2026, 5, 1, 12)
const minute = 60_000
const hour = 60 * minute
const ago = (ms: number) => now - ms

const of = (facts: Partial<StandingFacts>, options = '') =>
  standingOf({ source: 's', type: 't', credential: 'unknown', ...facts }, { now, options })

/** A stream that has nothing to complain about. */
const well: Partial<StandingFacts> = {
  feed: 'polled',
  state: 'ok',
  lastRun: { at: ago(minute), outcome: 'done' },
  lastEventAt: ago(hour),
  readUntil: ago(minute),
  hasRead: true,
  startAt: ago(1_000 * hour),
  credential: 'accepted',
}
const failed = (outcome: string) => ({ at: ago(minute), outcome, detail: 'why' })

describe('a stream', () => {
  const cases: readonly (readonly [string, Partial<StandingFacts>, StandingWord, boolean])[] = [
    ['in order', {}, 'working', false],
    ['that never ran', { state: 'never ran' }, 'not set up', true],
    ['with an unreadable state', { state: 'unreadable' }, 'failing', true],
    ['without a credential', { lastRun: failed('credentials'), credential: 'missing' }, 'not set up', true],
    ['with a refused credential', { lastRun: failed('credentials'), credential: 'refused' }, 'refused', true],
    ['whose settings cannot work', { lastRun: failed('configuration') }, 'failing', true],
    ['with a fault of our own', { lastRun: failed('internal') }, 'failing', true],
    ['after a single failure', { lastRun: failed('transient'), failures: 1 }, 'working', false],
    ['after two failures', { lastRun: failed('transient'), failures: 2 }, 'failing', false],
    ['that fails for a day', { lastRun: failed('transient'), failures: 9, readUntil: ago(25 * hour) }, 'failing', true],
    [
      'whose first run failed',
      { lastRun: failed('transient'), failures: 1, hasRead: false, readUntil: ago(168 * hour) },
      'failing',
      false,
    ],
    [
      'that never gained anything',
      { lastRun: failed('transient'), failures: 4, hasRead: false, readUntil: ago(168 * hour) },
      'failing',
      true,
    ],
    ['an hour behind', { readUntil: ago(hour + 1) }, 'behind', false],
    ['a day behind', { readUntil: ago(25 * hour) }, 'behind', true],
    [
      'that reads its past for the first time',
      { readUntil: ago(168 * hour), hasRead: false, lastRun: { at: ago(minute), outcome: 'open' } },
      'behind',
      false,
    ],
    [
      'whose first reading has stopped',
      { readUntil: ago(168 * hour), hasRead: false, lastRun: { at: ago(3 * hour), outcome: 'open' } },
      'behind',
      true,
    ],
    ['without an event for a day', { lastEventAt: ago(24 * hour + 1) }, 'silent', true],
    ['that had no event since it began', { lastEventAt: undefined }, 'silent', true],
    ['that began today without an event', { lastEventAt: undefined, startAt: ago(hour) }, 'working', false],
  ]
  test.each(cases)('%s', (_, facts, word, needsPerson) => {
    expect(of({ ...well, ...facts })).toMatchObject({ word, needsPerson })
  })

  test('a failing part of the past needs a person a day later', () => {
    const failure = { outcome: 'transient', detail: 'this moment' }
    const backlog = { from: ago(3 * hour), to: ago(2 * hour), failure, failures: 3 }
    expect(of({ ...well, backlogs: [backlog] })).toMatchObject({ word: 'failing', needsPerson: false })
    const old = { ...backlog, from: ago(40 * hour), to: ago(30 * hour) }
    expect(of({ ...well, backlogs: [old] })).toMatchObject({ word: 'failing', needsPerson: true })
    expect(of({ ...well, backlogs: [{ ...backlog, failures: 1 }] })).toMatchObject({ word: 'working' })
  })

  test('the recovery of a webhook is never silent', () => {
    const { lastEventAt: _, startAt: __, ...quiet } = well
    expect(of({ ...quiet, feed: 'recovery' })).toMatchObject({ word: 'working' })
  })
})

describe('a webhook', () => {
  const rejected = { count: 3, lastAt: ago(2 * minute), lastReason: 'bad_credential' }
  const cases: readonly (readonly [string, Partial<StandingFacts>, StandingWord, boolean])[] = [
    ['that had an event', { lastEventAt: ago(hour) }, 'working', false],
    ['that never had a request', {}, 'not set up', true],
    ['of which every request was rejected', { rejected }, 'refused', true],
    ['with events beside rejected requests', { lastEventAt: ago(hour), rejected }, 'working', false],
    ['with rejected requests alone since two hours', { lastEventAt: ago(2 * hour), rejected }, 'refused', true],
    ['that was rejected before its last event', { lastEventAt: ago(minute), rejected }, 'working', false],
    ['without an event for a day', { lastEventAt: ago(25 * hour) }, 'silent', true],
  ]
  test.each(cases)('%s', (_, facts, word, needsPerson) => {
    expect(of({ feed: 'webhook', ...facts })).toMatchObject({ word, needsPerson })
  })
})

test('commands name the installation, and the recovery', () => {
  const missing = { ...well, lastRun: failed('credentials'), credential: 'missing' as const }
  const remedy = 'Put the credential in: npm run connect -- --ops-bucket b s'
  expect(of(missing, '--ops-bucket b ').remedy).toBe(remedy)
  expect(of({ ...missing, feed: 'recovery' }, '--ops-bucket b ').remedy).toBe(`${remedy} --recovery`)
})

const time = fc.integer({ min: 0, max: 1_000 }).map((hours) => ago(hours * hour))
const facts: fc.Arbitrary<Partial<StandingFacts>> = fc.record(
  {
    feed: fc.constantFrom<FeedKind[]>('webhook', 'polled', 'bucket', 'recovery'),
    state: fc.constantFrom('ok', 'never ran', 'unreadable'),
    lastRun: fc.record({
      at: time,
      outcome: fc.constantFrom('done', 'open', 'transient', 'credentials', 'configuration', 'internal'),
    }),
    credential: fc.constantFrom('accepted', 'refused', 'missing', 'unknown'),
    failures: fc.nat(40),
    hasRead: fc.boolean(),
    startAt: time,
    lastEventAt: time,
    readUntil: time,
    rejected: fc.record({ count: fc.nat(9), lastAt: time, lastReason: fc.constantFrom('bad_credential', 'too_large') }),
  },
  { requiredKeys: ['feed'] },
)

test('whatever does not work says why and what to do, and what is refused, silent or not set up needs a person', () => {
  fc.assert(
    fc.property(facts, (some) => {
      const { word, why, remedy, needsPerson } = of(some)
      if (word === 'working') return
      expect(remedy).toBeTruthy()
      expect(why).toBeTruthy()
      if (word === 'refused' || word === 'silent' || word === 'not set up') expect(needsPerson).toBe(true)
    }),
  )
})

test('a source with an event within the hour that is read to its end and whose last run succeeded works', () => {
  fc.assert(
    fc.property(facts, (some) => {
      const fresh = { ...some, ...well, rejected: some.rejected, lastEventAt: now, feed: some.feed ?? 'polled' }
      expect(of(fresh)).toMatchObject({ word: 'working', needsPerson: false })
    }),
  )
})

test('time alone never turns what needs a person into what does not', () => {
  fc.assert(
    fc.property(facts, fc.nat(1_000), (some, hours) => {
      const at = (time: number) => standingOf({ source: 's', type: 't', credential: 'unknown', ...some }, { now: time })
      if (at(now).needsPerson) expect(at(now + hours * hour).needsPerson).toBe(true)
    }),
  )
})
