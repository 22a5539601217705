import { expect, test } from 'vitest'
import { type HexBatchOptions, hexBatches } from '../../../simulators/hex/events.ts'

/** The members of an envelope that the tests read. */
interface Envelope {
  readonly keySuffix: string
  readonly timestamp: string
  readonly source?: string
  readonly event: {
    readonly id?: string
    readonly action: string
    readonly occurred_at: string
    readonly version: number | string
    readonly actor: {
      readonly id: string
      readonly metadata: {
        readonly email: string
        readonly workspace: string
        readonly workspaceId: string
        readonly actorOrgRole?: string
      }
    }
    readonly context: { readonly location: string }
    readonly targets: readonly { readonly metadata?: { readonly representation?: string } }[]
    readonly metadata: { readonly result: string; readonly failureReason: string; readonly hexTraceId: string }
  }
}

const start = Date.UTC(2026, 0, 15, 10, 30)

/** A clock that advances a second with each reading. */
function ticking(): () => number {
  let time = start
  return () => (time += 1_000)
}

function batches(count: number, options: HexBatchOptions = {}): Envelope[][] {
  const taken = hexBatches({ now: ticking(), ...options })
    .take(count)
    .toArray()
  return JSON.parse(JSON.stringify(taken))
}

const many = batches(500)
const envelopes = many.flat()
const events = envelopes.map(({ event }) => event)

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

test('the seed and the clock determine the events, and another seed has other people', () => {
  expect(batches(20, { seed: 7 })).toEqual(batches(20, { seed: 7 }))
  const people = new Set(batches(20, { seed: 7 }).flatMap((batch) => batch.map(({ event }) => event.actor.id)))
  const others = batches(20, { seed: 8 }).flat()
  expect(others.filter(({ event }) => people.has(event.actor.id))).toEqual([])
})

test('a later start repeats no id, but has the same people', () => {
  const later = batches(300, { now: () => start + 86_400_000 }).flat()
  const keysOf = (all: readonly Envelope[]) => all.flatMap(({ event, keySuffix }) => [event.id ?? '', keySuffix])
  const before = new Set(keysOf(envelopes).filter((key) => key !== ''))
  expect(keysOf(later).filter((key) => before.has(key))).toEqual([])
  expect(new Set(later.map(({ event }) => event.actor.id))).toEqual(new Set(events.map(({ actor }) => actor.id)))
})

test('one person has one id, one address and one place, and all share one workspace', () => {
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

test('optional members are sometimes missing', () => {
  for (const [name, present] of Object.entries({
    source: envelopes.map((envelope) => 'source' in envelope),
    id: events.map((event) => 'id' in event),
    role: events.map(({ actor }) => 'actorOrgRole' in actor.metadata),
  })) {
    expect(new Set(present), name).toEqual(new Set([true, false]))
  }
})

test('the version is the number 1 or its text', () => {
  expect(new Set(events.map(({ version }) => version))).toEqual(new Set([1, '1']))
})

test('some events fail, and only those have a reason', () => {
  expect(new Set(events.map(({ metadata }) => metadata.result))).toEqual(new Set(['SUCCESS', 'FAILURE']))
  for (const { result, failureReason = '' } of events.map(({ metadata }) => metadata))
    expect(failureReason === '').toBe(result === 'SUCCESS')
})

test('representations are JSON in a text, and long ones are truncated', () => {
  const texts = events.flatMap(({ targets }) => targets.flatMap(({ metadata }) => metadata?.representation ?? []))
  expect(texts.some((text) => isJson(text))).toBe(true)
  expect(texts.filter((text) => !isJson(text)).map(({ length }) => length)).toContain(500)
})

test('an event happened shortly before its envelope was made, and has its own trace', () => {
  for (const { event, timestamp } of envelopes) {
    const age = Date.parse(timestamp) - Date.parse(event.occurred_at)
    expect(age).toBeGreaterThanOrEqual(0)
    expect(age).toBeLessThan(5_000)
    expect(event.occurred_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  }
  expect(new Set(events.map(({ metadata }) => metadata.hexTraceId)).size).toBe(events.length)
})

test('batches have all sizes, and a key suffix belongs to an event or a whole batch', () => {
  const sizes = new Set(many.map(({ length }) => length))
  expect(sizes).toEqual(new Set(Array.from({ length: 12 }, (_, index) => index + 1)))
  expect(new Set(batches(50, { maxBatchSize: 1 }).map(({ length }) => length))).toEqual(new Set([1]))
  const suffixes = many.filter(({ length }) => length > 1).map((batch) => new Set(batch.map((e) => e.keySuffix)).size)
  expect(suffixes.some((count) => count === 1)).toBe(true)
  expect(suffixes.some((count) => count > 1)).toBe(true)
  for (const { keySuffix } of envelopes) expect(keySuffix).toMatch(/^01[0-9A-HJKMNP-TV-Z]{24}$/)
})
