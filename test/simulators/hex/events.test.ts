import { expect, test } from 'vitest'
import { hexActions } from '../../../simulators/hex/actions.ts'
import { type HexBatchOptions, type HexEnvelope, hexBatches } from '../../../simulators/hex/events.ts'

const start = Date.UTC(2026, 0, 15, 10, 30)

/** A clock that goes on by a second each time somebody looks. */
function ticking(): () => number {
  let time = start
  return () => (time += 1_000)
}

const batches = (count: number, options: HexBatchOptions = {}): (readonly HexEnvelope[])[] =>
  hexBatches({ now: ticking(), ...options })
    .take(count)
    .toArray()

const many = batches(1_500)
const envelopes = many.flat()
const events = envelopes.map(({ event }) => event)

const shareOf = <T>(items: readonly T[], matches: (item: T) => boolean): number =>
  items.filter(matches).length / items.length

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

test('the same seed and clock tell the same story, another seed another one', () => {
  expect(batches(20, { seed: 7 })).toEqual(batches(20, { seed: 7 }))
  const others = batches(20, { seed: 8 }).flat()
  const people = new Set(
    batches(20, { seed: 7 })
      .flat()
      .map(({ event }) => event.actor.id),
  )
  expect(others.filter(({ event }) => people.has(event.actor.id))).toEqual([])
})

test('at another time nothing has the id of before, though the people are the same', () => {
  const later = batches(300, { now: () => start + 86_400_000 }).flat()
  const keysOf = (all: readonly HexEnvelope[]) => all.flatMap(({ event, keySuffix }) => [event.id ?? '', keySuffix])
  const before = new Set(keysOf(envelopes).filter((key) => key !== ''))
  expect(keysOf(later).filter((key) => before.has(key))).toEqual([])
  expect(new Set(later.map(({ event }) => event.actor.id))).toEqual(new Set(events.map(({ actor }) => actor.id)))
})

test('every listed action happens, the daily ones most of the time', () => {
  const seen = new Set(events.map(({ action }) => action))
  expect(hexActions).toHaveLength(103)
  expect(hexActions.filter(({ action }) => !seen.has(action)).length).toBeLessThan(15)
  expect([...seen].filter((name) => !hexActions.some(({ action }) => action === name))).toEqual([])
  expect(shareOf(events, ({ action }) => action === 'RUN_CELL')).toBeGreaterThan(0.2)
})

test('an event has the targets of its action', () => {
  for (const { action, targets } of events) {
    const expected = hexActions.find((known) => known.action === action)?.targets
    expect(targets.map(({ type }) => type)).toEqual(expected)
  }
})

test('one person is one id, one address and one place, all in one workspace', () => {
  const people = new Map<string, string>()
  for (const { actor, context } of events) {
    const { email, workspace, workspaceId } = actor.metadata
    const facts = [email, workspace, workspaceId, context.location].join(' ')
    expect(people.get(actor.id) ?? facts).toBe(facts)
    people.set(actor.id, facts)
    expect(email).toMatch(/^[a-z]+@example\.com$/)
    expect(context.location).toMatch(/^192\.0\.2\.\d+$/)
  }
  expect(people.size).toBe(12)
  expect(new Set(events.map(({ actor }) => actor.metadata.workspaceId)).size).toBe(1)
})

test('what is not always there is sometimes missing', () => {
  for (const present of [
    shareOf(envelopes, ({ source }) => source !== undefined),
    shareOf(events, ({ id }) => id !== undefined),
    shareOf(events, ({ actor }) => actor.metadata.actorOrgRole !== undefined),
  ]) {
    expect(present).toBeGreaterThan(0.6)
    expect(present).toBeLessThan(0.9)
  }
  expect(envelopes.filter((envelope) => 'source' in envelope && envelope.source === undefined)).toEqual([])
  expect(events.filter((event) => 'id' in event && event.id === undefined)).toEqual([])
})

test('the version is the number one or its text', () => {
  expect(new Set(events.map(({ version }) => version))).toEqual(new Set([1, '1']))
})

test('some fail, and only those say why', () => {
  const failed = shareOf(events, ({ metadata }) => metadata.result === 'FAILURE')
  expect(failed).toBeGreaterThan(0)
  expect(failed).toBeLessThan(0.1)
  for (const { result, failureReason } of events.map(({ metadata }) => metadata))
    expect(failureReason === '').toBe(result === 'SUCCESS')
})

test('representations are JSON in a text, and those of great length are cut', () => {
  const texts = events.flatMap(({ targets }) => targets.map(({ metadata }) => metadata.representation))
  expect(texts.some((text) => isJson(text))).toBe(true)
  const cut = texts.filter((text) => !isJson(text))
  expect(new Set(cut.map(({ length }) => length))).toEqual(new Set([500]))
  expect(events.every(({ metadata }) => isJson(metadata.requestArgs))).toBe(true)
})

test('a creation creates its last target, and nothing else is new', () => {
  const targets = events.flatMap((event) => event.targets.map((target, index) => ({ event, target, index })))
  const created = targets.filter(({ target }) => target.metadata.created === true)
  expect(created).not.toEqual([])
  for (const { event, index } of created) {
    expect(event.action).toMatch(/^CREATE_/)
    expect(index).toBe(event.targets.length - 1)
  }
})

test('rare members are where they belong', () => {
  const having = (member: string) => new Set(events.filter((e) => member in e.metadata).map(({ action }) => action))
  expect(having('isRefreshingKey')).toEqual(new Set(['CREATE_MAGIC_API_KEY']))
  expect(having('projectCreationMethod')).toContain('CREATE_PROJECT')
  const principals = events.flatMap(({ targets }) => targets).filter(({ type }) => type === 'principal')
  expect(new Set(principals.map(({ metadata }) => metadata.principal_type))).toEqual(new Set(['USER', 'GROUP']))
})

test('an event happened shortly before its envelope was made, and has a trace of its own', () => {
  for (const { event, timestamp } of envelopes) {
    const age = Date.parse(timestamp) - Date.parse(event.occurred_at)
    expect(age).toBeGreaterThanOrEqual(0)
    expect(age).toBeLessThan(5_000)
    expect(event.occurred_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  }
  expect(new Set(events.map(({ metadata }) => metadata.hexTraceId)).size).toBe(events.length)
})

test('batches are of all sizes, and a key suffix belongs to an event or to a whole batch', () => {
  const sizes = new Set(many.map(({ length }) => length))
  expect(sizes).toEqual(new Set(Array.from({ length: 12 }, (_, index) => index + 1)))
  expect(new Set(batches(50, { maxBatchSize: 1 }).map(({ length }) => length))).toEqual(new Set([1]))
  const suffixes = many.filter(({ length }) => length > 1).map((batch) => new Set(batch.map((e) => e.keySuffix)).size)
  expect(suffixes.some((count) => count === 1)).toBe(true)
  expect(suffixes.some((count) => count > 1)).toBe(true)
  for (const { keySuffix } of envelopes) expect(keySuffix).toMatch(/^01[0-9A-HJKMNP-TV-Z]{24}$/)
})
