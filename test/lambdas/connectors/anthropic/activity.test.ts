import { describe, expect, test } from 'vitest'
import { createHttpClient } from '../../../../lambdas/core/poll/provider/http.ts'
import { exampleOrganizations } from '../../../../simulators/anthropic/activities.ts'
import {
  type AnthropicServerOptions,
  exampleAnthropicKey,
  startAnthropicServer,
} from '../../../../simulators/anthropic/activity.ts'
import type { ProviderSimulator } from '../../../../simulators/shared/provider-simulator.ts'
import { control, failureOf, idOf, oracle, started, walk } from '../../../support/provider.ts'
import { registeredStream } from '../../../support/registered-stream.ts'

const anthropicActivity = await registeredStream('anthropic-activity')

const now = Date.UTC(2026, 0, 15, 10, 30)
const hour = 3_600_000
const window = { from: now - 6 * hour, to: now + 1000 }

async function serve(options: AnthropicServerOptions = {}): Promise<ProviderSimulator> {
  const standing = { now: () => now, startAt: window.from, lateShare: 0, recordsRequests: false }
  return started(startAnthropicServer({ ...standing, ...options }))
}

interface Setting {
  readonly organizationIds?: readonly string[]
  readonly pageSize?: number
}

function connect(server: ProviderSimulator, { pageSize = 100, ...options }: Setting = {}) {
  return anthropicActivity({
    options: { ...options },
    apiUrl: server.url,
    secret: async () => exampleAnthropicKey,
    http: createHttpClient({ now: () => now }),
    pageSize,
  })
}

describe('a walk', () => {
  test.each([1, 100, 5000])('brings every activity in ascending order, %i per page', async (pageSize) => {
    const server = await serve({ requestsPerMinute: 10_000 })
    const half = pageSize === 1 ? { from: now - hour / 2, to: window.to } : window
    const stream = connect(server, { pageSize })
    const { ids, events } = await walk(stream, half)
    expect(ids).toEqual((await oracle(server, half)).sort())
    const times = events.map((event) => stream.timeOf(event) ?? 0)
    expect(times).toEqual(times.toSorted((a, b) => a - b))
    expect(times.length).toBeGreaterThan(50)
  })

  test('sends the window and the order with every page, and continues by the cursor', async () => {
    const server = await serve()
    await walk(connect(server, { organizationIds: ['org_01Example', 'x'] }), window)
    expect(server.requests.length).toBeGreaterThan(5)
    for (const [index, request] of server.requests.entries()) {
      const query = new URL(request.split(' ')[1] ?? '', 'http://any').searchParams
      expect([...query].filter(([name]) => name !== 'after_id')).toEqual([
        ['created_at.gte', '2026-01-15T04:30:00Z'],
        ['created_at.lt', '2026-01-15T10:30:01Z'],
        ['order', 'asc'],
        ['limit', '100'],
        ['organization_ids[]', 'org_01Example'],
        ['organization_ids[]', 'x'],
      ])
      expect(query.has('after_id')).toBe(index > 0)
    }
  })

  test.each([0, 1, 99, 100, 101, 200, 350])(
    'is complete at the borders of pages: %i activities of one second',
    async (count) => {
      const server = await serve({ eventsPerMinute: 0 })
      if (count > 0) await control(server, { insert: [{ count, agoMs: hour }] })
      const { ids, pages } = await walk(connect(server), window)
      expect(ids).toEqual((await oracle(server)).sort())
      expect(pages).toHaveLength(Math.max(1, Math.ceil(count / 100)))
    },
  )

  test('a page of 5,000', async () => {
    const server = await serve({ eventsPerMinute: 0 })
    await control(server, { insert: [{ count: 5001, agoMs: hour, spreadMs: 60_000 }] })
    const { pages } = await walk(connect(server, { pageSize: 5000 }), window)
    expect(pages.map(({ events }) => events.length)).toEqual([5000, 1])
  })

  test('includes both ends of the window, to the second', async () => {
    const server = await serve({ eventsPerMinute: 0 })
    const { from, to } = { from: now - 60_000, to: now - 50_000 }
    const { inserted } = await control(server, { insert: [{ time: from }, { time: to - 1000 }] })
    await control(server, { insert: [{ time: from - 1000 }, { time: to }] })
    expect((await walk(connect(server), { from, to })).ids).toEqual([...inserted].sort())
  })

  test('continues after an empty page with has_more', async () => {
    const server = await serve()
    await control(server, { faults: [{ kind: 'empty-page', skip: 2 }] })
    const { ids, pages } = await walk(connect(server), window)
    expect(pages[2]?.events).toEqual([])
    expect(ids).toEqual((await oracle(server)).sort())
  })

  test('brings chosen organizations, by id or UUID, and activities without one', async () => {
    const server = await serve()
    const [one, another] = exampleOrganizations
    for (const id of [one?.id ?? '', one?.uuid ?? '']) {
      const { events } = await walk(connect(server, { organizationIds: [id] }), window)
      const seen = new Set(events.map((event) => event.organization_id))
      expect(seen).toEqual(new Set([one?.id, null]))
      expect(seen).not.toContain(another?.id)
    }
  })

  test('a second reading brings a row shown 90 s late', async () => {
    const server = await serve()
    const before = await walk(connect(server), window)
    const { inserted } = await control(server, { insert: [{ agoMs: 0, shownInMs: 90_000 }] })
    expect((await walk(connect(server), window)).ids).toEqual(before.ids)
    await control(server, { advanceMs: 90_000 })
    expect((await walk(connect(server), window)).ids).toEqual([...before.ids, ...inserted].sort())
  })
})

test('an activity caused by our own requests is read, but is not a sign of life', async () => {
  const server = await serve({ recordsRequests: true, eventsPerMinute: 0 })
  const stream = connect(server)
  expect((await stream.fetchPage(window)).events).toEqual([])
  const { events } = await stream.fetchPage(window)
  expect(events).toEqual([expect.objectContaining({ type: 'compliance_api_accessed', organization_id: null })])
  expect(events.map((event) => stream.isSignOfLife(event))).toEqual([false])
  expect(stream.isSignOfLife({ type: 'claude_chat_created' })).toBe(true)
})

test('unknown types, actors and members are kept unchanged', async () => {
  const server = await serve({ eventsPerMinute: 0 })
  const members = {
    type: 'brand_new',
    actor: { type: 'robot', of: ['x'] },
    huge: { n: [1, null] },
    organization_id: 'o',
  }
  await control(server, { insert: [{ members }, { raw: 17 }, { members: { id: null } }] })
  const { events, failures } = await connect(server).fetchPage(window)
  expect(events).toContainEqual(expect.objectContaining(members))
  expect(events.filter((event) => idOf(event) === undefined)).toHaveLength(1)
  expect(failures).toMatchObject([{ error: { code: 'not_object' }, bytes: Buffer.from('17') }])
})

describe('answers that are none', () => {
  const cases: [string, unknown, RegExp][] = [
    ['a bare list', [], /not a page of activities/],
    ['no word on whether there is more', { data: [] }, /has_more/],
    ['more, but no cursor', { data: [], has_more: true, last_id: null }, /last_id/],
  ]

  test.each(cases)('%s', async (_what, body, message) => {
    const server = await serve()
    await control(server, { faults: [{ kind: 'status', status: 200, body }] })
    const stream = connect(server)
    const error = await failureOf(stream.fetchPage(window))
    expect(error).toMatchObject({ name: 'TransientError', message: expect.stringMatching(message) })
    expect((await stream.fetchPage(window)).events).toHaveLength(100)
  })

  test('the limit of 600 a minute', async () => {
    const server = await serve({ requestsPerMinute: 1 })
    const { limits } = await connect(server).fetchPage(window)
    expect(limits).toEqual({ remaining: 0, resetAt: now + 60_000 })
    expect(await failureOf(connect(server).fetchPage(window))).toMatchObject({ retryAt: now + 60_000 })
  })

  test.each([
    ['retry-after', '-5'],
    ['retry-after', new Date(now - 1000).toUTCString()],
    ['anthropic-ratelimit-requests-reset', new Date(now - 1000).toISOString()],
    ['anthropic-ratelimit-requests-reset', '-5'],
  ])('a wait that has passed is none: %s: %s', async (name, value) => {
    const server = await serve()
    const headers = { 'anthropic-ratelimit-requests-remaining': '0', [name]: value }
    const body = { data: [], has_more: false, first_id: null, last_id: null }
    await control(server, {
      faults: [
        { kind: 'status', status: 429, headers, body: { error: { type: 'rate_limit_error', message: 'slow down' } } },
        { kind: 'status', status: 200, headers, body },
      ],
    })
    const error = await failureOf(connect(server).fetchPage(window))
    expect(error).toMatchObject({ name: 'TransientError', retryAt: undefined })
    expect((await connect(server).fetchPage(window)).limits).toEqual({ remaining: 0 })
  })
})
