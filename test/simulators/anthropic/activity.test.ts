import { expect, test } from 'vitest'
import {
  type AnthropicServerOptions,
  exampleAnthropicKey,
  startAnthropicServer,
} from '../../../simulators/anthropic/activity.ts'
import type { ProviderSimulator } from '../../../simulators/shared/provider-simulator.ts'
import { control, oracle, started } from '../../support/provider.ts'

const now = Date.UTC(2026, 0, 15, 10, 30)
const hour = 3_600_000

async function serve(options: AnthropicServerOptions = {}): Promise<ProviderSimulator> {
  const standing = { now: () => now, startAt: now - 3 * hour, lateShare: 0, recordsRequests: false }
  return started(startAnthropicServer({ ...standing, ...options }))
}

interface Activity {
  readonly id: string
  readonly created_at: string
  readonly type: string
  readonly organization_id: string | null
  readonly actor: { readonly type: string }
}

interface Page {
  readonly data: readonly Activity[]
  readonly has_more: boolean
  readonly first_id: string | null
  readonly last_id: string | null
  readonly error?: { readonly type: string }
}

async function get(
  server: ProviderSimulator,
  query = '?order=asc',
  headers: Record<string, string> = { 'x-api-key': exampleAnthropicKey },
) {
  const answer = await fetch(`${server.url}/v1/compliance/activities${query}`, { headers })
  const page: Page = JSON.parse(await answer.text())
  return { status: answer.status, headers: answer.headers, page, ids: page.data?.map(({ id }) => id) ?? [] }
}

test('after_id leads to the end', async () => {
  const server = await serve()
  const all = await oracle(server)
  const read: string[] = []
  for (let query = '', more = true; more; ) {
    const { page, ids } = await get(server, `?order=asc&limit=70${query}`)
    expect(ids).toEqual(all.slice(read.length, read.length + 70))
    read.push(...ids)
    query = `&after_id=${page.last_id}`
    more = page.has_more
  }
  expect(read).toEqual(all)
  expect((await get(server, '?order=asc&limit=5000')).ids).toEqual(all)
})

test('a page without activities has no ids', async () => {
  const server = await serve({ eventsPerMinute: 0 })
  const { page } = await get(server)
  expect(page).toEqual({ data: [], has_more: false, first_id: null, last_id: null })
})

test('a cursor outlives the process that made it', async () => {
  const { page } = await get(await serve(), '?order=asc&limit=70')
  const { ids } = await get(await serve(), `?order=asc&limit=70&after_id=${page.last_id}`)
  expect(ids).toEqual((await oracle(await serve())).slice(70, 140))
})

test('a cursor never returns activities indexed later before its position', async () => {
  const server = await serve({ eventsPerMinute: 0 })
  await control(server, { insert: [{ count: 3, agoMs: hour }] })
  const { page } = await get(server, '?order=asc')
  await control(server, { insert: [{ agoMs: 2 * hour, shownInMs: 90_000 }], advanceMs: 0 })
  await control(server, { advanceMs: 90_000 })
  expect((await get(server, `?order=asc&after_id=${page.last_id}`)).ids).toEqual([])
  expect((await get(server, '?order=asc')).ids).toHaveLength(4)
})

test('each request causes a row that the next one sees', async () => {
  const server = await serve({ recordsRequests: true, eventsPerMinute: 0 })
  expect((await get(server)).ids).toHaveLength(0)
  const { page } = await get(server)
  expect(page.data).toMatchObject([
    {
      type: 'compliance_api_accessed',
      organization_id: null,
      actor: { type: 'api_actor' },
      created_at: '2026-01-15T10:30:00Z',
    },
  ])
})

test('has every kind of actor, unknown types, and activities without an organization', async () => {
  const { page } = await get(await serve(), '?order=asc&limit=5000')
  const actors = new Set(page.data.map(({ actor }) => actor.type))
  expect(actors.size).toBe(12)
  expect(actors).toContain('actor_of_tomorrow')
  expect(page.data.map(({ type }) => type)).toContain('activity_of_tomorrow')
  expect(page.data.some(({ organization_id: id }) => id === null)).toBe(true)
  expect(page.data.every(({ created_at: at }) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(at))).toBe(true)
})

test.each([
  'order=asc&created_at[gte]=2026-01-01T00:00:00Z',
  'order=asc&created_at.gte=yesterday',
  'order=asc&limit=0',
  'order=asc&limit=5001',
  'order=asc&limit=x',
  'order=up',
  'limit=10',
  'order=asc&after_id=activity_01x',
  'order=asc&organization_ids=org_1',
  'order=asc&before_id=a',
  'order=asc&page=2',
])('%s is a bad request', async (query) => {
  const { status, page, headers } = await get(await serve(), `?${query}`)
  expect({ status, type: page.error?.type }).toEqual({ status: 400, type: 'invalid_request_error' })
  expect(headers.get('request-id')).toMatch(/^req_/)
})

test.each<[string, AnthropicServerOptions, Record<string, string>, number]>([
  ['no key', {}, {}, 404],
  ['no key, as other editions say', { missingKeyStatus: 401 }, {}, 401],
  ['an ordinary key', {}, { 'x-api-key': 'sk-ant-api03-x' }, 404],
  ['another key', {}, { 'x-api-key': 'sk-ant-api01-x' }, 401],
  ['no scope', { scopes: [] }, { 'x-api-key': exampleAnthropicKey }, 403],
])('%s', async (_how, options, headers, status) => {
  expect((await get(await serve(options), '?order=asc', headers)).status).toBe(status)
})

test('refuses requests beyond the limit per minute; those without a key do not count', async () => {
  const server = await serve({ requestsPerMinute: 1 })
  await get(server, '?order=asc', {})
  expect((await get(server)).status).toBe(200)
  const { status, headers } = await get(server)
  expect({ status, wait: headers.get('retry-after') }).toEqual({ status: 429, wait: '60' })
  expect(headers.get('anthropic-ratelimit-requests-reset')).toBe('2026-01-15T10:31:00.000Z')
})
