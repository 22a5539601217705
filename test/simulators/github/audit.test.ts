import { describe, expect, test } from 'vitest'
import { compileNormalizer } from '../../../lambdas/core/normalize/normalizer.ts'
import { githubAudit } from '../../../schemas/generated/github_audit.ts'
import {
  exampleGithubToken,
  type GithubAuditServer,
  type GithubAuditServerOptions,
  startGithubAuditServer,
} from '../../../simulators/github/audit.ts'
import { control, oracle, started } from '../../support/provider.ts'

const now = Date.UTC(2026, 0, 15, 10, 30)
const hour = 3_600_000
const day = 24 * hour

async function serve(options: GithubAuditServerOptions = {}): Promise<GithubAuditServer> {
  return started(startGithubAuditServer({ now: () => now, startAt: now - 3 * hour, lateShare: 0, ...options }))
}

interface Entry {
  readonly _document_id: string
  readonly '@timestamp': number
  readonly action: string
}

const authorized = { authorization: `Bearer ${exampleGithubToken}`, 'user-agent': 'test' }

async function get(server: GithubAuditServer, target: string, headers: Record<string, string> = authorized) {
  const answer = await fetch(
    target.startsWith('http') ? target : `${server.apiUrl}/orgs/example-org/audit-log${target}`,
    { headers },
  )
  const text = await answer.text()
  const link = answer.headers.get('link') ?? ''
  const entries: Entry[] = answer.status === 200 ? JSON.parse(text) : []
  const linkTo = (rel: string) => new RegExp(`<([^>]+)>; rel="${rel}"`).exec(link)?.[1]
  return {
    status: answer.status,
    headers: answer.headers,
    text,
    entries,
    ids: entries.map((entry) => entry._document_id),
    linkTo,
  }
}

describe('pages', () => {
  test('have 30 entries, at most 100, newest first or ascending', async () => {
    const server = await serve()
    expect((await get(server, '')).entries).toHaveLength(30)
    const { entries } = await get(server, '?per_page=250')
    expect(entries).toHaveLength(100)
    const times = entries.map((entry) => entry['@timestamp'])
    expect(times).toEqual(times.toSorted((a, b) => b - a))
    const ascending = (await get(server, '?per_page=100&order=asc')).entries.map((entry) => entry['@timestamp'])
    expect(ascending).toEqual(ascending.toSorted((a, b) => a - b))
  })

  test('link to the next, previous and first one, but not to the last', async () => {
    const server = await serve()
    const first = await get(server, '?include=all')
    expect(first.linkTo('prev')).toBeUndefined()
    const second = await get(server, first.linkTo('next') ?? '')
    expect(new Set([...first.ids, ...second.ids]).size).toBe(60)
    expect((await get(server, second.linkTo('prev') ?? '')).ids).toEqual(first.ids)
    expect((await get(server, second.linkTo('first') ?? '')).ids).toEqual(first.ids)
    expect(second.linkTo('last')).toBeUndefined()
  })

  test('repeat entries when new ones appear before them', async () => {
    const server = await serve()
    const first = await get(server, '?include=all')
    await control(server, { insert: [{ count: 2 }] })
    const second = await get(server, first.linkTo('next') ?? '')
    expect(second.ids.slice(0, 2)).toEqual(first.ids.slice(-2))
  })

  test('a cursor belongs to its search', async () => {
    const server = await serve()
    const next = (await get(server, '?include=all')).linkTo('next') ?? ''
    expect((await get(server, next.replace('include=all', 'include=git'))).status).toBe(422)
  })
})

describe('searches', () => {
  test('without a time cover three months, with one half a year, and a week of Git events', async () => {
    const server = await serve({ eventsPerMinute: 0 })
    const members = { action: 'repo.create' }
    const git = { action: 'git.push' }
    const { inserted } = await control(server, {
      insert: [
        { agoMs: 89 * day, members },
        { agoMs: 91 * day, members },
        { agoMs: 181 * day, members },
        { agoMs: 6 * day, members: git },
        { agoMs: 8 * day, members: git },
      ],
    })
    const [d89, d91, , g6] = inserted
    expect((await get(server, '?include=all')).ids).toEqual([g6, d89])
    expect((await get(server, '?include=all&phrase=created:2025-01-01T00:00:00Z..2027-01-01T00:00:00Z')).ids).toEqual([
      g6,
      d89,
      d91,
    ])
  })

  test('find Git events only on request', async () => {
    const server = await serve()
    const actions = async (include: string) =>
      new Set((await get(server, `?per_page=100${include}`)).entries.map(({ action }) => action.startsWith('git.')))
    expect(await actions('')).toEqual(new Set([false]))
    expect(await actions('&include=git')).toEqual(new Set([true]))
    expect(await actions('&include=all')).toEqual(new Set([true, false]))
  })

  test('compare times in whole seconds', async () => {
    const server = await serve({ eventsPerMinute: 0 })
    const time = now - hour
    const { inserted } = await control(server, {
      insert: [{ time: time - 1 }, { time: time + 999 }, { time: time + 1000 }],
    })
    const at = new Date(time).toISOString()
    expect((await get(server, `?include=all&phrase=created:${at}..${at}`)).ids).toEqual([inserted[1]])
  })

  test.each([
    '?phrase=created:yesterday',
    '?phrase=created:2026-01-01T00:00:00Z..',
    '?phrase=action:repo.create',
    '?include=everything',
    '?order=up',
    '?after=made-up',
  ])('%s is malformed', async (query) => expect((await get(await serve(), query)).status).toBe(422))
})

describe('access', () => {
  test.each<[string, GithubAuditServerOptions, Record<string, string>, number]>([
    ['no token', {}, { 'user-agent': 'x' }, 401],
    ['another token', {}, { ...authorized, authorization: 'Bearer ghp_x' }, 401],
    ['no scope', { scopes: ['repo'] }, authorized, 404],
    ['no SSO', { ssoRequired: true }, authorized, 403],
    ['no user agent', {}, { ...authorized, 'user-agent': '' }, 403],
    ['a version that does not exist', {}, { ...authorized, 'x-github-api-version': '2020-01-01' }, 400],
    ['the pinned version', {}, { ...authorized, 'x-github-api-version': '2022-11-28' }, 200],
  ])('%s', async (_how, options, headers, status) => {
    expect((await get(await serve(options), '', headers)).status).toBe(status)
  })

  test('ends after the requests of an hour, and comes back', async () => {
    const server = await serve({ requestsPerHour: 1, limitStatus: 429 })
    expect((await get(server, '')).headers.get('x-ratelimit-remaining')).toBe('0')
    expect((await get(server, '')).status).toBe(429)
    await control(server, { advanceMs: hour })
    expect((await get(server, '')).status).toBe(200)
  })
})

describe('the oracle', () => {
  test('is the same for the same seed, for any reader at any time', async () => {
    const [one, two, other] = [await serve({ seed: 7 }), await serve({ seed: 7 }), await serve({ seed: 8 })]
    await get(one, '')
    await control(two, { advanceMs: hour })
    await control(two, { advanceMs: -hour })
    const all = await oracle(one)
    expect(all.length).toBeGreaterThan(500)
    expect((await oracle(two)).slice(0, all.length)).toEqual(all)
    expect(await oracle(other)).not.toEqual(all)
  })

  test('gets an entry when it is shown, however late, and keeps it', async () => {
    const server = await serve({ eventsPerMinute: 0 })
    const { inserted } = await control(server, { insert: [{ agoMs: hour, shownInMs: 60_000 }] })
    expect(await oracle(server)).toEqual([])
    await control(server, { advanceMs: 60_000 })
    expect(await oracle(server)).toEqual(inserted)
    await control(server, { advanceMs: -60_000 })
    expect((await get(server, '?include=all')).ids).toEqual([])
    expect(await oracle(server)).toEqual(inserted)
  })

  test('includes generated late entries', async () => {
    const server = await serve({ lateShare: 0.2 })
    const before = await oracle(server)
    await control(server, { advanceMs: 5 * 60_000 })
    const after = await oracle(server, { from: 0, to: now - 60_000 })
    expect(after.filter((id) => !before.includes(id)).length).toBeGreaterThan(0)
  })
})

test('entries are realistic: each becomes a row with its own id, action and time', async () => {
  const server = await serve()
  const answer = await fetch(`${server.apiUrl}/orgs/example-org/audit-log?per_page=100&include=all`, {
    headers: authorized,
  })
  const entries: Entry[] = JSON.parse(await answer.text())
  const { normalize } = compileNormalizer(githubAudit)
  for (const entry of entries) {
    const row = normalize({ ...entry }, { sourceId: 's', sourceLabel: 'S', receivedAt: now, attributes: {} })
    expect(row).toMatchObject({ p_time_source: 'event', _document_id: entry._document_id, action: entry.action })
  }
})

test('the control endpoint refuses an invalid body', async () => {
  const server = await serve()
  const misspelled = ['{"fault":[]}', '{"faults":[{"kind":"text","time":2}]}', '{"insert":[{"at":1}]}']
  for (const body of [...misspelled, '{"faults":[{"kind":"x"}]}', '{"time":"soon"}', '[]', 'x']) {
    expect((await fetch(`${server.url}/_control`, { method: 'POST', body })).status).toBe(400)
  }
  const state = await fetch(`${server.url}/_control`)
  expect(JSON.parse(await state.text())).toMatchObject({ now, requests: 0, faults: 0 })
})
