import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../local/json.ts'
import { eventually } from '../support/pipeline.ts'
import {
  expectAllArrived,
  PolledPipeline,
  type PolledSource,
  polledStreams,
  type StreamFacts,
  sourceId,
  sourceOfEachFeed,
} from '../support/polled.ts'
import { readRecorded } from '../support/recorded.ts'
import { filled } from '../support/replay.ts'

const minute = 60_000

let world: PolledPipeline
beforeAll(async () => {
  world = await PolledPipeline.start([
    ...sourceOfEachFeed,
    ...polledStreams.map((facts) => ({ id: sourceId(facts, 'new'), facts, filled: false })),
  ])
})
afterAll(() => world.stop())
afterEach(async () => {
  for (const { id } of sourceOfEachFeed) await world.source(id).control({ clearFaults: true })
})

/** An answer, how the run ends on it, and what whoever reads that must find in it. */
interface BadAnswer {
  readonly what: string
  readonly fault: JsonObject
  readonly outcome: 'transient' | 'credentials' | 'configuration'
  readonly says: readonly (RegExp | string)[]
}

const common: readonly BadAnswer[] = [
  { what: 'an HTML page', fault: { kind: 'html' }, outcome: 'transient', says: [/HTML|proxy/, /check apiUrl/] },
  { what: 'an HTML page with 502', fault: { kind: 'html', status: 502 }, outcome: 'transient', says: [/status 502/] },
  { what: 'a body that is cut', fault: { kind: 'truncate' }, outcome: 'transient', says: [/cut/] },
  {
    what: 'a connection that breaks in the middle',
    fault: { kind: 'truncate', midway: true },
    outcome: 'transient',
    says: [/connection failed/],
  },
  {
    what: 'connections that break at once',
    fault: { kind: 'reset', times: 2 },
    outcome: 'transient',
    says: [/connection failed \([A-Z_]+\)/],
  },
  { what: 'plain text', fault: { kind: 'text', body: 'try later' }, outcome: 'transient', says: [/check apiUrl/] },
  { what: 'nothing at all', fault: { kind: 'text', body: '' }, outcome: 'transient', says: [/check apiUrl/] },
  {
    what: 'JSON of another form',
    fault: { kind: 'text', body: '{"message":"hello"}' },
    outcome: 'transient',
    says: [/not a list|no list/, /check apiUrl/],
  },
  {
    what: 'a redirect to another host',
    fault: { kind: 'redirect', location: 'https://elsewhere.example/login?next=1' },
    outcome: 'configuration',
    says: [/redirects to https:\/\/elsewhere\.example\./, /set apiUrl/],
  },
  {
    what: 'a redirect to another path',
    fault: { kind: 'redirect', location: '/login' },
    outcome: 'configuration',
    says: [/redirects to another path/, /set apiUrl/],
  },
  {
    what: 'more than 16 MiB',
    // However few events are asked for.
    fault: { kind: 'too-large', times: 20 },
    outcome: 'transient',
    says: [/more than 16 MiB/],
  },
]

/** An error in the form of each provider, with a text that quotes the credential. */
/** What the provider was recorded to answer, each repeating the credential where it can. */
const answersOf = ({ stream, credential }: StreamFacts): readonly BadAnswer[] => {
  const recorded = readRecorded(stream).refusals.flatMap(({ name, expect: outcome, says = [], ...answer }) => {
    if (outcome !== 'credentials' && outcome !== 'configuration') return []
    const { status, headers, body } = filled(answer, { secret: credential })
    // Twice, because with a cursor it can also mean the cursor.
    const fault: JsonObject = JSON.parse(JSON.stringify({ kind: 'status', status, headers, body, times: 2 }))
    return [{ what: name, fault, outcome, says }]
  })
  return [...common, ...recorded]
}

/** The end of a run, to be compared with its row, which arrives later. */
type End = Pick<BadAnswer, 'outcome' | 'says'> & { readonly source: PolledSource; readonly begun: number }

const ends: End[] = []

function expectEnd(end: End): void {
  const { outcome, detail } = end.source.lastResult()
  expect(outcome).toBe(end.outcome)
  for (const form of end.says) expect(detail).toMatch(form)
  ends.push(end)
}

describe.each(polledStreams)('$stream', (facts) => {
  test.each(answersOf(facts))('$what: the run says what to do, and the next one continues', async (bad) => {
    const source = world.sourceOf(facts)
    await source.catchUp()
    await source.insert({ count: 1.5 * facts.pageSize, agoMs: 4_000, spreadMs: 3_000 })
    const { low } = source.state()
    // Once at the first page and once in the middle of the walk.
    for (const skip of [0, 1]) {
      await source.fault({ ...bad.fault, skip })
      const begun = world.clock.now()
      await source.tick()
      expectEnd({ ...bad, source, begun })
      await source.control({ clearFaults: true })
      world.advance(source.notBefore() - world.clock.now() + 1)
    }
    expect(Number(source.state().low)).toBeGreaterThanOrEqual(Number(low))
    expect(await source.run()).toMatchObject({ outcome: 'done' })
  })

  test('nothing shown meanwhile is lost', async () => {
    await expectAllArrived(world.sourceOf(facts))
  })

  test('elements that are not events become failures with their bytes; their neighbours become rows', async () => {
    const source = world.sourceOf(facts)
    const raws = ['42', '"text"', 'null', '[{"a":1}]', 'true']
    const agoMs = 5_000
    const before = await source.insert({ count: 3, agoMs })
    for (const raw of raws)
      for (const id of await source.insert({ raw: JSON.parse(raw), agoMs })) source.noEvents.add(id)
    const after = await source.insert({ count: 3, agoMs })
    const begun = world.clock.now()
    await source.catchUp()
    expect(await source.missing([...before, ...after])).toEqual([])
    const failures = await eventually(
      () =>
        world.pipeline.query(
          `select * from classification_failures where p_source_id = '${source.id}' and epoch_ms(p_parse_time) >= ${begun}`,
        ),
      (rows) => rows.length >= raws.length,
    )
    expect(failures.map(({ raw }) => raw).sort()).toEqual(raws.toSorted())
    for (const failure of failures) {
      expect(failure).toMatchObject({ reason: 'not_object', origin: 'poll', raw_encoding: 'utf8' })
    }
    expect((await source.runsSince(begun))[0]).toMatchObject({ outcome: 'done', failed: raws.length })
  })

  test('events of unknown form become rows: without id, without time, with unknown members', async () => {
    const source = world.sourceOf(facts)
    const mark = `strange ${facts.stream}`
    const { fields, eventTime } = facts.schema
    const text = fields.find(({ name, type }) => type === 'string' && name !== facts.id)?.name ?? ''
    const times = (value: JsonObject[string]) => Object.fromEntries(eventTime.map(([name = '']) => [name, value]))
    const cases: readonly JsonObject[] = [
      // Numbered, because without ids two equal events would be one row.
      ...[1, 2, 3].map((n) => ({
        members: { [facts.id]: null, [text]: mark, never_seen: { deep: [n, { two: 'three' }] } },
      })),
      { members: { ...times(null), [text]: mark } },
      { members: { [facts.id]: 12345, [text]: mark } },
      { members: { [facts.id]: '', [text]: mark, ...times('yesterday') } },
      { raw: { [text]: mark, nothing: 'else' } },
    ]
    for (const one of cases) {
      for (const id of await source.insert({ agoMs: 5_000, ...one })) source.noEvents.add(id)
    }
    // The ids given to two of them.
    source.noEvents.add('12345').add('')
    const begun = world.clock.now()
    await source.catchUp()
    // A second reading must not duplicate them, whatever identifies them.
    await source.catchUp()
    const rows = await eventually(
      () => source.rows(`"${text}" = '${mark}'`, 'distinct *'),
      (found) => found.length >= 7,
    )
    expect(rows).toHaveLength(7)
    expect(new Set(rows.map((row) => row.p_row_id)).size).toBe(7)
    expect(rows.filter((row) => row.p_time_source === 'received')).toHaveLength(3)
    expect(rows.filter((row) => String(row.p_unmapped).includes('"never_seen"'))).toHaveLength(3)
    const [run] = await source.runsSince(begun)
    expect(run).toMatchObject({ outcome: 'done', failed: 0 })
  })

  test.each([
    ['nothing but blanks', ' \n', /the secret is empty; store a/],
    ['a line break inside', (token: string) => `${token.slice(0, 12)}\n${token.slice(12)}`, /has a line break/],
    ['a letter that no header takes', (token: string) => `${token}…`, /a special character inside/],
    ['JSON that is cut', (token: string) => `{"token": "${token}", "apiKey": "${token}`, /cannot be read as JSON/],
    ['JSON with another member', (token: string) => `{"password": "${token}"}`, /holds no (?:token|key)/],
  ])('a secret with %s: the run says what to do, without asking the provider', async (_what, bad, says) => {
    const source = world.sourceOf(facts)
    const secret = typeof bad === 'string' ? bad : bad(facts.credential)
    // Longer than a secret is cached.
    world.advance(6 * minute)
    await source.insert({ count: 5 })
    const begun = world.clock.now()
    const asked = source.provider.requests.length
    await source.putSecret(secret)
    await source.tick()
    expectEnd({ source, begun, outcome: 'credentials', says: [says] })
    expect(source.provider.requests.length).toBe(asked)
    await source.putSecret(`  ${facts.credential}\n`)
    // The very next run tries the credential.
    expect(await source.run()).toMatchObject({ outcome: 'done' })
  })

  test('an empty secret: each run looks for it, and the first one that finds it begins at the start', async () => {
    const source = world.source(sourceId(facts, 'new'))
    const ids = await source.insert({ count: 20, agoMs: 3 * 60 * minute, spreadMs: 3 * 60 * minute })
    for (let n = 0; n < 2; n++) {
      const begun = world.clock.now()
      await source.tick()
      const says = [/^the secret is empty: put the credential into /]
      expectEnd({ source, begun, outcome: 'credentials', says })
      world.advance(minute)
    }
    expect(source.provider.requests).toEqual([])
    await source.putSecret(facts.credential)
    expect(await source.run()).toMatchObject({ outcome: 'done' })
    expect(await source.missing(ids)).toEqual([])
  })

  test('a refused credential waits for its next attempt; a new one is tried at once', async () => {
    const source = world.sourceOf(facts)
    await source.catchUp()
    const ids = await source.insert({ count: 5 })
    const wrong = `${facts.credential.slice(0, -4)}0000`
    world.advance(6 * minute)
    await source.putSecret(wrong)
    await source.tick()
    expect(source.lastResult()).toMatchObject({ outcome: 'credentials' })
    const asked = source.provider.requests.length
    await source.tick()
    expect(source.provider.requests.length).toBe(asked)
    expect(await world.everythingWritten()).not.toContain(wrong.slice(0, -8))
    await source.putSecret(facts.credential)
    world.advance(15 * minute)
    expect(await source.run()).toMatchObject({ outcome: 'done' })
    expect(await source.missing(ids)).toEqual([])
  })

  test('nothing is lost in the end', async () => {
    await expectAllArrived(world.sourceOf(facts))
  })

  test('the table of runs agrees with the state', async () => {
    const own = ends.filter(({ source }) => source.facts === facts)
    expect(own.length).toBeGreaterThan(30)
    for (const [source, ofSource] of Map.groupBy(own, (end) => end.source)) {
      const runs = await source.runsSince(ofSource[0]?.begun ?? 0, 'true', ofSource.length)
      for (const { begun, outcome, says } of ofSource) {
        const run = runs.find((row) => Date.parse(String(row.started_at)) >= Math.floor(begun))
        expect(run).toMatchObject({ kind: 'run', outcome })
        for (const form of says) expect(run?.detail).toMatch(form)
      }
    }
  })

  test('the credential is in no log, state or table of runs, not even in part', async () => {
    const written = await world.everythingWritten()
    expect(written).toContain('[left out]')
    for (let at = 8; at + 12 <= facts.credential.length; at++) {
      expect(written).not.toContain(facts.credential.slice(at, at + 12))
    }
  })
})
