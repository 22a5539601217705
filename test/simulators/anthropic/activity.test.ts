import { describe, expect, test } from 'vitest'
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
  query = '',
  headers: Record<string, string> = { 'x-api-key': exampleAnthropicKey },
) {
  const answer = await fetch(`${server.url}/v1/compliance/activities${query}`, { headers })
  const page: Page = JSON.parse(await answer.text())
  return { status: answer.status, headers: answer.headers, page, ids: page.data?.map(({ id }) => id) ?? [] }
}

describe.each(['asc', 'desc'])('in %s order', (order) => {
  test('after_id leads to the end, before_id back to the beginning', async () => {
    const server = await serve()
    const all = await oracle(server)
    const wanted = order === 'asc' ? all : all.toReversed()
    const read = async (cursor: 'after_id' | 'before_id', from: string) => {
      const pages: string[][] = []
      for (let place = from, more = true; more; ) {
        const { page, ids } = await get(server, `?order=${order}&limit=70&${cursor}=${place}`)
        pages.push(ids)
        place = (cursor === 'after_id' ? page.last_id : page.first_id) ?? place
        more = page.has_more
      }
      return pages
    }
    const first = await get(server, `?order=${order}&limit=70`)
    expect(first.ids).toEqual(wanted.slice(0, 70))
    const onward = await read('after_id', first.page.last_id ?? '')
    expect([...first.ids, ...onward.flat()]).toEqual(wanted)
    const last = await get(server, `?order=${order}&limit=5000`)
    expect(last.ids).toEqual(wanted)
    const back = await read('before_id', last.page.last_id ?? '')
    expect(back.toReversed().flat()).toEqual(wanted.slice(0, -1))
  })

  test('a page without activities has no ids', async () => {
    const server = await serve({ eventsPerMinute: 0 })
    const { page } = await get(server, `?order=${order}`)
    expect(page).toEqual({ data: [], has_more: false, first_id: null, last_id: null })
  })
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
  expect((await get(server, '?exclude_activity_types[]=compliance_api_accessed')).ids).toEqual([])
})

test('has every kind of actor, unknown types, and activities without an organization', async () => {
  const { page } = await get(await serve(), '?limit=5000')
  const actors = new Set(page.data.map(({ actor }) => actor.type))
  expect(actors.size).toBe(12)
  expect(actors).toContain('actor_of_tomorrow')
  expect(page.data.map(({ type }) => type)).toContain('activity_of_tomorrow')
  expect(page.data.some(({ organization_id: id }) => id === null)).toBe(true)
  expect(page.data.every(({ created_at: at }) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(at))).toBe(true)
})

test.each([
  'created_at[gte]=2026-01-01T00:00:00Z',
  'created_at.gte=yesterday',
  'limit=0',
  'limit=5001',
  'limit=x',
  'order=up',
  'after_id=a&before_id=b',
  'after_id=activity_01x',
  'activity_types[]=a&exclude_activity_types[]=b',
  'organization_ids=org_1',
  'page=2',
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
  expect((await get(await serve(options), '', headers)).status).toBe(status)
})

test('refuses requests beyond the limit per minute; those without a key do not count', async () => {
  const server = await serve({ requestsPerMinute: 1 })
  await get(server, '', {})
  expect((await get(server)).status).toBe(200)
  const { status, headers } = await get(server)
  expect({ status, wait: headers.get('retry-after') }).toEqual({ status: 429, wait: '60' })
  expect(headers.get('anthropic-ratelimit-requests-reset')).toBe('2026-01-15T10:31:00.000Z')
})
