import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { connect } from '../../../../lambdas/connectors/slack/access-logs.ts'
import { failureOf } from '../../../support/provider.ts'
import { connected, namesOf, noon, numbered, type Row, readAll, type SlackAnswer } from '../../../support/slack.ts'

type Sorted = 'date_first' | 'date_last'

/** A workspace's rows, sorted and limited by one of their times. */
class Workspace {
  readonly #sorted: Sorted
  readonly #paging: boolean
  rows: Row[]

  constructor(rows: Row[], sorted: Sorted, paging = true) {
    this.rows = rows
    this.#sorted = sorted
    this.#paging = paging
  }

  answer = (parameters: URLSearchParams): SlackAnswer => {
    const by = this.#sorted
    const rows = (before: number) => this.rows.filter((row) => row[by] <= before).sort((a, b) => b[by] - a[by])
    return numbered(rows, { member: 'logins', paging: this.#paging })(parameters)
  }

  use(index: number, time: number): void {
    this.rows = this.rows.map((row, at) => (at === index ? { ...row, date_last: time } : row))
  }
}

/** A row first seen `age` seconds ago and used for so long. */
const row = (name: string, age: number, used = 0): Row => ({
  name,
  user_id: 'U1',
  date_first: noon - age,
  date_last: noon - age + Math.min(used, age),
})

const sorts = ['date_first', 'date_last'] as const satisfies readonly Sorted[]
const pageSize = 3

/** Rows of which fewer than a page have a time in common, enough for pages beyond the hundredth. */
const manyRows = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 0, max: 60 })), {
    minLength: 340,
    maxLength: 480,
  })
  .map((ages) => {
    const rows = ages.map(([step, used], index) => row(`r${index}`, 100 + 5 * index + step, used))
    const ofOneTime = Map.groupBy(rows, ({ date_last: last }) => last)
    return rows.filter((one) => (ofOneTime.get(one.date_last) ?? []).indexOf(one) < pageSize - 1)
  })

describe('a walk', () => {
  test.each(sorts)('sorted by %s, brings every row however many pages there are', async (sorted) => {
    await fc.assert(
      fc.asyncProperty(manyRows, fc.boolean(), async (rows, paging) => {
        const { stream } = connected(connect, new Workspace(rows, sorted, paging).answer, { pageSize })
        expect(new Set(namesOf(await readAll(stream)))).toEqual(new Set(rows.map(({ name }) => name)))
      }),
      { numRuns: 20 },
    )
  })

  test.each(sorts)(
    'sorted by %s, brings every row that stays as it is while others are used or made',
    async (sorted) => {
      const changes = fc.array(fc.tuple(fc.integer({ min: 250, max: 420 }), fc.boolean()), {
        minLength: 150,
        maxLength: 150,
      })
      await fc.assert(
        fc.asyncProperty(manyRows, changes, async (rows, used) => {
          const workspace = new Workspace(rows, sorted)
          const { stream } = connected(connect, workspace.answer, { pageSize })
          const touched = new Set<unknown>()
          let clock = noon
          const pages = await readAll(stream, () => {
            const [index, isNew] = used[clock - noon] ?? [0, true]
            clock++
            if (isNew) workspace.rows = [...workspace.rows, row(`new${clock}`, noon - clock)]
            else if (index < rows.length) {
              workspace.use(index, clock)
              touched.add(rows[index]?.name)
            }
          })
          const brought = new Set<unknown>(namesOf(pages))
          expect(rows.filter(({ name }) => !touched.has(name) && !brought.has(name))).toEqual([])
        }),
        { numRuns: 20 },
      )
    },
  )

  test('asks for a time only behind the hundredth page, and then for a new one with each page', async () => {
    const rows = Array.from({ length: 310 }, (_, index) => row(`r${index}`, index))
    const cursors: string[] = []
    const { stream, requests } = connected(connect, new Workspace(rows, 'date_last').answer, { pageSize })
    await readAll(stream, (cursor) => cursors.push(cursor))
    expect(cursors.slice(0, 99)).toEqual(Array.from({ length: 99 }, (_, index) => `page:${index + 2}`))
    expect(cursors.slice(99)).toEqual([299, 301, 303, 305, 307].map((age) => `before:${noon - age}`))
    for (const { url } of requests.slice(0, 100)) expect(url).not.toContain('before')
    expect(requests.at(100)?.url).toBe(`https://slack.com/api/team.accessLogs?count=3&page=1&before=${noon - 299}`)
  })

  test('ends at the hundredth page if that is the last', async () => {
    const rows = Array.from({ length: 300 }, (_, index) => row(`r${index}`, index))
    const { stream, requests } = connected(connect, new Workspace(rows, 'date_last').answer, { pageSize })
    await readAll(stream)
    expect(requests).toHaveLength(100)
  })

  test('goes on by number within a second that fills pages', async () => {
    const many = Array.from({ length: 20 }, (_, index) => row(`same${index}`, 400))
    const rows = [...Array.from({ length: 305 }, (_, index) => row(`r${index}`, index)), ...many, row('last', 500)]
    const cursors: string[] = []
    const { stream } = connected(connect, new Workspace(rows, 'date_last').answer, { pageSize })
    const pages = await readAll(stream, (cursor) => cursors.push(cursor))
    expect(new Set(namesOf(pages))).toEqual(new Set(rows.map(({ name }) => name)))
    expect(cursors).toContain(`before:${noon - 400}:page:2`)
  })

  test('a second that fills more pages than Slack shows is an error', async () => {
    const rows = Array.from({ length: 700 }, (_, index) => row(`r${index}`, 5))
    const { stream } = connected(connect, new Workspace(rows, 'date_last').answer, { pageSize })
    const error = await failureOf(readAll(stream))
    expect(error).toMatchObject({ name: 'TransientError', message: expect.stringContaining('2026-01-15T11:59:55') })
  })

  test('rows without an order, or without times, are an error behind the hundredth page alone', async () => {
    const mixed = [1, 9, 5].map((age) => row('x', age))
    for (const rows of [mixed, mixed.map(({ name }) => ({ name: String(name), date_first: null }))]) {
      const body = (page: number) => ({ ok: true, logins: rows, paging: { count: 3, page, pages: 200, total: 600 } })
      const { stream } = connected(connect, (asked) => ({ body: body(Number(asked.get('page'))) }), { pageSize })
      const fetch = (cursor: string) => stream.fetchPage({ from: 0, to: 1, cursor })
      expect((await fetch('page:99')).next).toBe('page:100')
      expect(await failureOf(fetch('page:100'))).toMatchObject({
        name: 'TransientError',
        message: expect.stringContaining('date_last'),
      })
    }
  })

  test('a page that ignores the time is an error', async () => {
    const body = { ok: true, logins: [row('x', 0)], paging: { count: 3, page: 1, pages: 9, total: 27 } }
    const { stream } = connected(connect, () => ({ body }), { pageSize })
    expect(await failureOf(stream.fetchPage({ from: 0, to: 1, cursor: `before:${noon - 50}` }))).toMatchObject({
      name: 'TransientError',
      message: expect.stringContaining('begins with a later one'),
    })
  })

  test.each([['page:0'], ['page:-1'], ['page'], ['before:'], ['before:1:down:2'], ['up:7'], ['page:7/3'], ['']])(
    'no request is made with the cursor "%s"',
    async (cursor) => {
      const { stream, requests } = connected(connect, () => ({ body: {} }))
      expect(await failureOf(stream.fetchPage({ from: 0, to: 1, cursor }))).toMatchObject({ name: 'CursorError' })
      expect(requests).toEqual([])
    },
  )
})

describe('a page', () => {
  const fetched = (body: unknown, cursor?: string) =>
    connected(connect, () => ({ body }), { pageSize: 2 }).stream.fetchPage({
      from: 0,
      to: 1,
      ...(cursor !== undefined && { cursor }),
    })
  const two = [row('a', 1), row('b', 2)]

  test.each([
    ['without paging', {}, 'page:2'],
    ['without paging, not full', { logins: [row('a', 1)] }, 'page:2'],
    ['with paging in texts', { paging: { page: '1', pages: '2' } }, 'page:2'],
    ['with odd paging', { paging: { page: {}, pages: [], total: null } }, 'page:2'],
    ['with paging that is none', { paging: 17 }, 'page:2'],
    ['that is the last', { paging: { page: 1, pages: 1 } }, undefined],
    ['that is empty', { logins: [], paging: { page: 1, pages: 0 } }, undefined],
    ['that is empty, without paging', { logins: [] }, undefined],
    ['that is empty, with others behind it', { logins: [], paging: { page: 1, pages: 2 } }, 'page:2'],
    ['with a warning', { paging: { page: 1, pages: 1, warnings: ['x'] }, response_metadata: null }, undefined],
  ])('%s', async (_what, members, next) => {
    expect((await fetched({ ok: true, logins: two, ...members })).next).toBe(next)
  })

  test('with odd rows gives them all', async () => {
    const rows = [{}, { date_first: 'x', date_last: {} }, { user_id: null, ip: [], date_last: 1e300 }]
    expect((await fetched({ ok: true, logins: rows })).events).toEqual(rows)
  })

  test('in place of another is an error, and behind the end the end', async () => {
    const shown = (pages: number) => fetched({ ok: true, logins: two, paging: { page: 3, pages } }, 'page:4')
    expect(await failureOf(shown(5))).toMatchObject({ message: expect.stringContaining('page 3 in place of page 4') })
    expect((await shown(3)).next).toBeUndefined()
  })
})

test('first versions alone are known by when they appeared', () => {
  const appearedAt = (updates: string) => connected(connect, () => ({ body: {} }), { updates }).stream.appearedAt
  expect(appearedAt('daily')).toBeUndefined()
  expect(appearedAt('none')?.({ date_first: noon, date_last: noon + 5 })).toBe(noon * 1000)
  expect(appearedAt('none')?.({ date_first: null, date_last: noon + 5 })).toBeUndefined()
})
