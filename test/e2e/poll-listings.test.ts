import { existsSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isObject } from '../../local/json.ts'
import { eventually } from '../support/pipeline.ts'
import { PolledPipeline, type PolledSource } from '../support/polled.ts'
import { workspaceSource } from '../support/shared-sources.ts'
import { workspaceFacts } from '../support/slack-workspace.ts'

/** Slack's access and integration logs: numbered pages that can be asked for no time, over the local run. */

const minute = 60_000
const day = 24 * 60 * minute

const streams = ['slack.access-logs', 'slack.integration-logs']

interface Access {
  readonly user_id: string
  readonly date_first: number
  readonly date_last: number
  readonly count: number
}

/** Requests and answers of the simulator beside its feeds. */
async function ask(source: PolledSource, path: string, body?: object): Promise<unknown> {
  const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
  return JSON.parse(await (await fetch(`${source.provider.url}${path}`, init)).text())
}

const use = (source: PolledSource, ...clients: readonly number[]) => ask(source, '/_access', { use: clients })

async function shownBy(source: PolledSource): Promise<Access[]> {
  const rows = await ask(source, '/_access')
  const isAccess = (row: unknown): row is Access => isObject(row) && typeof row.date_last === 'number'
  return Array.isArray(rows) ? rows.filter(isAccess) : []
}

const key = ({ user_id: user, ip, user_agent: agent, date_first: first }: Record<string, unknown>): string =>
  JSON.stringify([user, ip ?? null, agent, Number(first)])

/** The access rows that the table has by now, as often as they are there, with the UTC days of their versions. */
async function accessRows(world: PolledPipeline): Promise<Map<string, string[]>> {
  const rows = await world.pipeline.query(
    'select user_id, ip, user_agent, epoch(date_first)::bigint as date_first, p_row_id, ' +
      "strftime(date_last, '%Y-%m-%d') as day from slack_accesslogs order by day",
  )
  const byKey = Map.groupBy(rows, key)
  return new Map([...byKey].map(([one, versions]) => [one, versions.map((row) => String(row.day))]))
}

/** The ids of services and apps that the table has by now, and how often. */
async function integrationIds(world: PolledPipeline): Promise<Map<unknown, number>> {
  const rows = await world.pipeline.query(
    'select coalesce(service_id, app_id) as id, count(*) as times from slack_integrationlogs group by 1',
  )
  return new Map(rows.map(({ id, times }) => [id, Number(times)]))
}

const nextMidnight = (world: PolledPipeline) => world.advance(day - (world.clock.now() % day) + minute)

/** Whether a stream of the source has read all pages and nothing waits. */
function isThrough(world: PolledPipeline, source: PolledSource, stream: string): boolean {
  const file = world.operator.pathOf(`state/${source.id}/${stream}/state.json`)
  const { lastResult, backlogs, window, unreadSince } = JSON.parse(readFileSync(file, 'utf8'))
  return lastResult?.outcome === 'done' && backlogs.length === 0 && window === undefined && unreadSince === undefined
}

/** Ticks, a minute apart, until both lists have been read. */
async function readAll(world: PolledPipeline, source: PolledSource): Promise<void> {
  for (let ticks = 0; ticks < 40; ticks++) {
    await source.run()
    if (streams.every((stream) => isThrough(world, source, stream))) return
    world.advance(minute)
  }
  throw new Error(`the pages do not come to their end: ${JSON.stringify(source.lastResult())}`)
}

describe.each([
  ['date_first', 'newest-first'],
  ['date_last', 'oldest-first'],
] as const)('access logs sorted by %s, integration logs %s', (sortBy, integrationOrder) => {
  const facts = workspaceFacts({ sortBy, integrationOrder, accessRows: 600, largestPage: 100 })
  let world: PolledPipeline
  let source: PolledSource
  beforeAll(async () => {
    // Tables show at most the next two days, and these tests last some.
    world = await PolledPipeline.start([{ id: workspaceSource.id, facts }], { agoMs: 3 * day })
    source = world.source(workspaceSource.id)
  })
  afterAll(() => world.stop())

  test('every row comes once, however rows move and are added while the pages are read', async () => {
    const added: string[] = []
    let asked = 0
    source.onRequest = async () => {
      // An old row moves and a new one appears between any two pages.
      await use(source, (asked * 7) % 600, 10_000 + asked)
      added.push(...(await source.insert({ count: asked++ < 12 ? 40 : 0, spreadMs: 0 })))
    }
    await readAll(world, source)
    source.onRequest = async () => {}
    world.advance(minute)
    await readAll(world, source)
    const wanted = (await shownBy(source)).map((row) => key({ ...row }))
    expect(wanted.length).toBeGreaterThan(600)
    const rows = await eventually(
      () => accessRows(world),
      (found) => wanted.every((one) => found.has(one)),
    )
    expect(wanted.filter((one) => !rows.has(one))).toEqual([])
    const found = await eventually(
      () => integrationIds(world),
      (ids) => added.every((id) => ids.has(id)),
    )
    expect(added.filter((id) => !found.has(id))).toEqual([])
    expect([...found].filter(([, times]) => times !== 1)).toEqual([])
  })

  test('a row that is used each minute gives one version a day', async () => {
    const client = 20_000
    await use(source, client)
    for (let minutes = 0; minutes < 5; minutes++) {
      await source.run()
      world.advance(minute)
      await use(source, client)
    }
    nextMidnight(world)
    await use(source, client)
    await readAll(world, source)
    await use(source, client)
    await readAll(world, source)
    const own = (await shownBy(source)).find(({ count }) => count >= 8)
    expect(own).toBeDefined()
    const rows = await eventually(
      () => accessRows(world),
      (found) => (found.get(key({ ...own }))?.length ?? 0) >= 2,
    )
    const versions = rows.get(key({ ...own })) ?? []
    expect(versions).toHaveLength(2)
    expect(new Set(versions).size).toBe(2)
  })

  test('a token that is revoked in the middle of the pages stops both logs, and nothing is lost', async () => {
    nextMidnight(world)
    await use(source, ...Array.from({ length: 300 }, (_, index) => 30_000 + index))
    let asked = 0
    source.onRequest = async () => {
      if (asked++ === 3) await ask(source, '/_tokens', { problem: 'token_revoked' })
    }
    await source.run()
    expect(source.lastResult()).toMatchObject({
      outcome: 'credentials',
      detail: expect.stringContaining('token_revoked'),
    })
    source.onRequest = async () => {}
    await ask(source, '/_tokens', { problem: null })
    world.advance(20 * minute)
    await readAll(world, source)
    const wanted = (await shownBy(source)).map((row) => key({ ...row }))
    const rows = await eventually(
      () => accessRows(world),
      (found) => wanted.every((one) => found.has(one)),
    )
    expect(wanted.filter((one) => !rows.has(one))).toEqual([])
  })

  // Whether a sweep is due in the tests above depends on the time of day at which they run.
  test('the daily sweep compares all pages of closed days with the lake, which lacks none of their rows', async () => {
    await use(source, 40_000)
    const added = await source.insert({ count: 5 })
    nextMidnight(world)
    await readAll(world, source)
    // Before time jumps: a sweep waits six hours at most for rows that are on their way.
    const wanted = (await shownBy(source)).map((row) => key({ ...row }))
    await eventually(
      async () => ({ access: await accessRows(world), ids: await integrationIds(world) }),
      ({ access, ids }) => wanted.every((one) => access.has(one)) && added.every((id) => ids.has(id)),
    )
    world.advance(2 * 60 * minute)
    const begun = world.clock.now()
    const isSwept = (stream: string) => {
      const file = world.operator.pathOf(`state/${source.id}/${stream}/sweep.json`)
      const until: unknown = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).days?.until : undefined
      return Number(until) === begun - (begun % day)
    }
    await source.tickUntil(() => streams.every(isSwept))
    const sweeps = await source.runsSince(begun, `kind = 'sweep'`, streams.length)
    expect(sweeps.map(({ stream }) => stream).toSorted()).toEqual(streams)
    for (const row of sweeps) expect(row).toMatchObject({ outcome: 'done', new: 0 })
    expect(sweeps.filter(({ fetched }) => Number(fetched) === 0)).toEqual([])
  })
})

describe('a workspace of 100,000 rows', () => {
  let world: PolledPipeline
  let source: PolledSource
  beforeAll(async () => {
    const facts = { ...workspaceFacts({ accessRows: 100_000 }), pageSize: 1_000 }
    world = await PolledPipeline.start([{ id: workspaceSource.id, facts }])
    source = world.source(workspaceSource.id)
  })
  afterAll(() => world.stop())

  test('is read at its place, run by run, within twenty requests a minute, and new rows do not wait', async () => {
    const pages = () => source.provider.requests.filter((request) => request.includes('team.accessLogs'))
    let isOpen = true
    for (let ticks = 0; isOpen; ticks++) {
      expect(ticks).toBeLessThan(20)
      const asked = pages().length
      await use(source, 200_000 + ticks)
      await source.tick()
      expect(pages().length - asked).toBeLessThanOrEqual(20)
      isOpen = source.backlogs().length > 0 || source.lastResult().outcome !== 'done'
      world.advance(minute)
    }
    // The hundred pages, and the first ones, with what is younger than ten minutes, again in each minute.
    const numbers = pages().map((request) => Number(/[?&]page=(\d+)/.exec(request)?.[1]))
    expect(numbers.filter((number) => number > 5).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 95 }, (_, index) => index + 6),
    )
    const count = async () => Number((await world.pipeline.query('select count(*) as n from slack_accesslogs'))[0]?.n)
    const wanted = (await shownBy(source)).length
    expect(await eventually(count, (found) => found >= wanted)).toBe(wanted)
  })
})
