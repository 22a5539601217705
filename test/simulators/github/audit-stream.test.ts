import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { auditStream, burst, checks, outOfOrder, steadyFlow } from '../../../simulators/github/audit-stream.ts'
import { joined, type Outcome, type StreamObject } from '../../../simulators/github/audit-stream-objects.ts'
import { streamScenarios } from '../../../simulators/github/audit-stream-scenarios.ts'
import { linesOf, readStreamObjects } from '../../support/stream-reader.ts'

const now = Date.UTC(2026, 0, 15, 10, 30)
const day = 86_400_000
const stream = auditStream({ seed: 1 })

const nameOfFile =
  /^2026\/01\/\d\d\/\d\d\/\d\d\/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\.json\.log\.gz$/
const idsOf = ({ events, usage }: Outcome) => [...events.keys(), ...usage.keys()]
const namesOf = (objects: readonly StreamObject[]) => objects.map(({ name }) => name)

function recordsOf(objects: readonly StreamObject[]): Record<string, unknown>[] {
  return objects.flatMap(({ body }) => linesOf(body).lines.map((line) => JSON.parse(line)))
}

test.each(Object.entries(streamScenarios))('%s: a reader finds what is promised', (_name, scenario) => {
  const { objects, expected } = scenario(stream, { now })
  expect(objects.length).toBeGreaterThan(0)
  expect(readStreamObjects(objects)).toEqual(expected)
})

test.each(Object.entries(streamScenarios))(
  '%s: the same seed gives the same bytes, another one others',
  (_name, scenario) => {
    const { objects, expected } = scenario(auditStream({ seed: 7 }), { now })
    expect(scenario(auditStream({ seed: 7 }), { now })).toEqual({ objects, expected })
    const ids = new Set(idsOf(expected))
    expect(idsOf(scenario(auditStream({ seed: 8 }), { now }).expected).filter((id) => ids.has(id))).toEqual([])
  },
)

test('no two scenarios have an entry or a name in common', () => {
  const all = Object.values(streamScenarios).map((scenario) => scenario(stream, { now }))
  const ids = all.flatMap(({ expected }) => idsOf(expected))
  const names = all.flatMap(({ objects }) => namesOf(objects))
  expect(new Set(ids).size).toBe(ids.length)
  expect(new Set(names).size).toBe(names.length)
  const together = joined(all).expected
  expect(idsOf(together)).toHaveLength(ids.length)
  expect(together.failures).toBe(all.reduce((sum, { expected }) => sum + expected.failures, 0))
})

test('a scenario with bad files promises what lies before the damage, and one failure', () => {
  for (const name of ['truncated file', 'corrupt file']) {
    const { expected } = streamScenarios[name]?.(stream, { now }) ?? { expected: undefined }
    expect(expected?.events.size, name).toBeGreaterThan(10)
    expect(expected?.failures, name).toBe(1)
  }
})

test('the steady flow has a file a minute, named by the minute of writing, with the events of the minute before', () => {
  const { objects, expected } = steadyFlow(stream, { now, minutes: 60 })
  expect(namesOf(objects).every((name) => nameOfFile.test(name))).toBe(true)
  expect(namesOf(objects).map((name) => name.slice(0, 16))).toEqual(
    Array.from({ length: 60 }, (_none, index) =>
      new Date(now - (59 - index) * 60_000).toISOString().slice(0, 16).replaceAll(/[-T:]/g, '/'),
    ),
  )
  const times = [...expected.events.values()]
  expect(Math.min(...times)).toBeGreaterThanOrEqual(now - 3_600_000)
  expect(Math.max(...times)).toBeLessThan(now)
  const later = steadyFlow(stream, { now: now + 60_000, minutes: 60 })
  expect(later.objects.slice(0, -1)).toEqual(objects.slice(1))
})

test('files end with a newline or without one', () => {
  const { objects } = steadyFlow(stream, { now, minutes: 60 })
  const ends = objects.map(({ body }) => gunzipSync(body).at(-1) === 10)
  expect(new Set(ends)).toEqual(new Set([true, false]))
})

test('events of two organizations, of Git and of the API have the members that only the stream gives', () => {
  const records = recordsOf(steadyFlow(stream, { now, minutes: 120 }).objects)
  const events = records.filter((record) => 'action' in record)
  for (const event of events) {
    expect(event).toMatchObject({
      _document_id: expect.stringMatching(/^[\w-]{22}$/),
      '@timestamp': expect.any(Number),
      actor_is_bot: expect.any(Boolean),
      public_repo: expect.any(Boolean),
      request_category: event.action === 'api.request' ? 'api' : 'other',
      request_access_security_header: null,
    })
  }
  const requests = events.filter(({ action }) => action === 'api.request')
  expect(requests.length).toBeGreaterThan(10)
  for (const request of requests) {
    expect(request).toMatchObject({ request_method: expect.any(String), route: expect.any(String) })
    expect(request.created_at).toBe(request['@timestamp'])
  }
  expect(events.some(({ action }) => String(action).startsWith('git.'))).toBe(true)
  const organizations = new Set(events.flatMap(({ org }) => org))
  expect(organizations.isSupersetOf(new Set(['example-org', 'example-labs']))).toBe(true)
})

test('Copilot usage records come in pairs, without an action or a document id', () => {
  const records = recordsOf(steadyFlow(stream, { now, minutes: 120 }).objects)
  const usage = records.filter((record) => !('action' in record))
  expect(usage.length).toBeGreaterThan(10)
  expect(usage.some((record) => '_document_id' in record)).toBe(false)
  for (const [eventId, pair] of Map.groupBy(usage, ({ event_id }) => event_id)) {
    expect(pair.map(({ type }) => type).sort(), String(eventId)).toEqual(['request', 'response'])
    expect(new Set(pair.map(({ github_request_id }) => github_request_id)).size).toBe(1)
  }
  expect(new Set(usage.map(({ truncated }) => truncated))).toEqual(new Set([undefined, true]))
})

test('checks are empty or not, at the root and new each day below a minute', () => {
  const { objects, expected } = checks(stream, { now, days: 20 })
  expect(expected.excluded).toBe(objects.length)
  expect(new Set(namesOf(objects)).size).toBe(objects.length)
  expect(namesOf(objects)).toContain('_check')
  expect(namesOf(objects)).toContain('2026/01/15/10/30/_check.json.log.gz')
  const daily = objects.filter(({ name }) =>
    /^2026\/01\/15\/10\/30\/_check-[0-9a-f]{8}$|^20\d\d(\/\d\d){4}\/_check-/.test(name),
  )
  expect(daily).toHaveLength(20)
  expect(new Set(daily.map(({ body }) => body.length > 0))).toEqual(new Set([true, false]))
})

test('out of order, minutes and the lines in them are not sorted', () => {
  const { objects } = outOfOrder(stream, { now })
  expect(namesOf(objects)).not.toEqual(namesOf(objects).toSorted())
  const times = recordsOf(objects.slice(0, 1)).map((record) => Number(record['@timestamp']))
  expect(times).not.toEqual(times.toSorted((a, b) => a - b))
})

test('a burst holds the events of seven days, and a share of its files twice', () => {
  const { objects, expected } = burst(stream, { now, files: 100, entriesPerFile: 3, duplicateShare: 0.05 })
  expect(objects).toHaveLength(105)
  expect(new Set(namesOf(objects)).size).toBe(105)
  expect(new Set(objects.map(({ body }) => body.toString('base64'))).size).toBe(100)
  const times = [...expected.events.values()]
  expect(Math.min(...times)).toBeLessThan(now - 6.9 * day)
  expect(Math.min(...times)).toBeGreaterThanOrEqual(now - 7 * day)
  expect(Math.max(...times)).toBeLessThan(now)
})

test('the names of a burst have the minute of writing, or those of the events', () => {
  const days = (names: 'writing' | 'events') =>
    new Set(namesOf(burst(stream, { now, names, files: 50 }).objects).map((name) => name.slice(0, 10)))
  expect(days('writing')).toEqual(new Set(['2026/01/15']))
  expect(days('events').size).toBeGreaterThanOrEqual(7)
})
