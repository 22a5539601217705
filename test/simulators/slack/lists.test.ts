import { describe, expect, test } from 'vitest'
import type { SlackServer, SlackServerOptions } from '../../../simulators/slack/server.ts'
import { control } from '../../support/provider.ts'
import { askSlack, type ListBody, serveSlack, slackNow } from '../../support/slack-server.ts'

const second = slackNow / 1000

const serve = (options: Partial<SlackServerOptions> = {}) => serveSlack({ shows: 'integration-logs', ...options })

const accesses = (server: SlackServer, query: Record<string, string | number> = {}) =>
  askSlack<ListBody>(server, '/api/team.accessLogs', query)

const integrations = (server: SlackServer, query: Record<string, string | number> = {}) =>
  askSlack<ListBody>(server, '/api/team.integrationLogs', query)

const access = ({ url }: SlackServer, order: object) =>
  fetch(`${url}/_access`, { method: 'POST', body: JSON.stringify(order) })

describe('access logs', () => {
  test('have one row for each client, which changes with each access', async () => {
    const server = await serve()
    await access(server, { use: [1, 2], agoMs: 60_000 })
    await access(server, { use: [1] })
    const { logins } = (await accesses(server)).body
    expect(logins).toHaveLength(2)
    expect(logins.find((row) => row.user_id === 'U0EXAMPLE002')).toMatchObject({
      date_first: second - 60,
      date_last: second,
      count: 2,
    })
  })

  test('keep changed rows in their place, or move them to the top', async () => {
    const server = await serve()
    for (const number of [0, 1, 2]) await access(server, { use: [number], agoMs: (9 - number) * 1000 })
    await access(server, { use: [0] })
    const users = async () => (await accesses(server)).body.logins.map((row) => row.user_id)
    expect(await users()).toEqual(['U0EXAMPLE003', 'U0EXAMPLE002', 'U0EXAMPLE001'])
    await access(server, { sortBy: 'date_last' })
    expect(await users()).toEqual(['U0EXAMPLE001', 'U0EXAMPLE003', 'U0EXAMPLE002'])
  })

  test('move from page to page when new rows come', async () => {
    const server = await serve({ accessRows: 4 })
    const before = (await accesses(server, { count: 2 })).body.logins
    await access(server, { use: [90] })
    expect((await accesses(server, { count: 2, page: 2 })).body.logins[0]).toEqual(before[1])
  })

  test('begin at the time that is asked for', async () => {
    const server = await serve({ accessRows: 10 })
    const rows = (await accesses(server)).body.logins
    const before = rows[3]?.date_first ?? 0
    expect((await accesses(server, { before })).body.logins).toEqual(rows.slice(3))
  })

  test('are not shown beyond page 100', async () => {
    const server = await serve({ accessRows: 202 })
    const last = (await accesses(server, { count: 2, page: 100 })).body
    expect(last.logins).toHaveLength(2)
    expect(last.paging).toMatchObject({ count: 2, total: 202, page: 100, pages: 100 })
    expect((await accesses(server, { count: 2, page: 101 })).body.error).toBe('over_pagination_limit')
  })

  test('have pages of 100 rows unless another number is asked for', async () => {
    const server = await serve({ accessRows: 150 })
    expect((await accesses(server)).body.logins).toHaveLength(100)
    expect((await accesses(server, { count: 1_000 })).body.logins).toHaveLength(150)
    expect((await accesses(server, { count: 1_001 })).body.error).toBe('invalid_arguments')
  })
})

test.each(['newest-first', 'oldest-first'] as const)('integration logs are %s', async (integrationOrder) => {
  const server = await serve({ integrationOrder })
  await control(server, { insert: [{ count: 3, agoMs: 3_000, spreadMs: 3_000 }] })
  const dates = (await integrations(server)).body.logs.map(({ date }) => Number(date))
  const ascending = [second - 3, second - 2, second - 1]
  expect(dates).toEqual(integrationOrder === 'oldest-first' ? ascending : ascending.toReversed())
})

test('each list has a limit of its own', async () => {
  const server = await serve({ requestsPerMinute: 1 })
  expect((await accesses(server)).status).toBe(200)
  expect((await integrations(server)).status).toBe(200)
  expect((await accesses(server)).status).toBe(429)
})
