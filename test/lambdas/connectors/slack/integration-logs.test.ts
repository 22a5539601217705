import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { connect } from '../../../../lambdas/connectors/slack/integration-logs.ts'
import type { JsonObject } from '../../../../lambdas/core/json/json.ts'
import type { Page } from '../../../../lambdas/core/poll/stream.ts'
import { failureOf } from '../../../support/provider.ts'
import { connected, namesOf, noon, numbered, readAll } from '../../../support/slack.ts'

/** Rows from old to new, with times as numbers and as text. */
const rowsOf = (steps: readonly number[]): JsonObject[] => {
  let time = noon
  return steps.map((step, index) => {
    time += step
    return { name: `r${index}`, date: index % 2 ? time : String(time) }
  })
}

const steps = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 40 })

/** What a reader has who stops at the first page without a new row, as it happens every minute. */
async function untilKnown(known: ReadonlySet<string>, fetch: (cursor?: string) => Promise<Page>): Promise<string[]> {
  const read: string[] = []
  for (let cursor: string | undefined, more = true; more; ) {
    const page = await fetch(cursor)
    const fresh = namesOf([page]).filter((name) => !known.has(name))
    read.push(...fresh)
    cursor = page.next
    more = cursor !== undefined && (fresh.length > 0 || page.leadsToNewer === true)
  }
  return read
}

describe.each(['old to new', 'new to old'])('a list from %s', (order) => {
  const sorted = (rows: readonly JsonObject[]) => (order === 'old to new' ? rows : rows.toReversed())

  test('is read as a whole, whatever is added meanwhile', async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.boolean(), async (all, paging) => {
        let rows = rowsOf(all)
        const { stream } = connected(
          connect,
          numbered(() => sorted(rows), { member: 'logs', paging }),
        )
        const names = rows.map(({ name }) => name)
        const pages = await readAll(stream, () => {
          if (rows.length < 60)
            rows = rowsOf([...all, ...Array.from({ length: rows.length - all.length + 1 }, () => 1)])
        })
        const brought = new Set<unknown>(namesOf(pages))
        expect(names.filter((name) => !brought.has(name))).toEqual([])
      }),
    )
  })

  test('shows what is new in few pages', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 8 }), async (old, added) => {
        const rows = rowsOf(Array.from({ length: old + added }, () => 1))
        const known = new Set(rows.slice(0, old).map(({ name }) => String(name)))
        const { stream, requests } = connected(
          connect,
          numbered(() => sorted(rows), { member: 'logs' }),
        )
        const read = await untilKnown(known, (cursor) =>
          stream.fetchPage({ from: 0, to: 1, ...(cursor !== undefined && { cursor }) }),
        )
        expect(read.sort()).toEqual(
          rows
            .slice(old)
            .map(({ name }) => name)
            .sort(),
        )
        expect(requests.length).toBeLessThanOrEqual(Math.ceil(added / 3) + 3)
      }),
    )
  })
})

const fetched = (dates: readonly unknown[], paging: object | undefined, cursor?: string) => {
  const body = { ok: true, logs: dates.map((date) => ({ date })), ...(paging && { paging }) }
  const { stream } = connected(connect, () => ({ body }), { pageSize: 3 })
  return stream.fetchPage({ from: 0, to: 1, ...(cursor !== undefined && { cursor }) })
}

describe('the first page', () => {
  test.each([
    ['from new to old', [noon, noon - 1, noon - 2], { next: 'page:2' }],
    ['of one second', [noon, String(noon), noon], { next: 'page:2' }],
    ['without times', [null, {}, 'x'], { next: 'page:2' }],
    ['from old to new, with one out of order', [noon - 2, noon, noon - 1], { next: 'down:5', leadsToNewer: true }],
    ['from old to new', [String(noon), noon, noon + 1], { next: 'down:5', leadsToNewer: true }],
    ['from old to new, with one that has no time', [noon, null, noon + 1], { next: 'down:5', leadsToNewer: true }],
  ])('%s', async (_what, dates, expected) => {
    const { events: _events, failures: _failures, ...page } = await fetched(dates, { page: 1, pages: 5 })
    expect(page).toEqual(expected)
  })

  test('from old to new, alone', async () => {
    expect((await fetched([noon, noon + 1], { page: 1, pages: 1 })).next).toBeUndefined()
  })
})

test('downward, every page leads to the one before it, down to the second', async () => {
  const dates = [noon, noon + 1]
  expect(await fetched(dates, { page: 5, pages: 6 }, 'down:5')).toMatchObject({ next: 'down:4' })
  expect((await fetched(dates, { page: 5, pages: 6 }, 'down:5')).leadsToNewer).toBeUndefined()
  expect((await fetched(dates, { page: 2, pages: 6 }, 'down:2')).next).toBeUndefined()
  expect((await fetched([], { page: 9, pages: 4 }, 'down:9')).next).toBe('down:4')
  expect((await fetched([], undefined, 'down:3')).next).toBe('down:2')
  expect(await failureOf(fetched(dates, { page: 1, pages: 6 }, 'down:5'))).toMatchObject({ name: 'TransientError' })
})

describe('behind the hundredth page, the last that Slack shows', () => {
  const hidden = { page: 100, count: 3, total: 301, pages: 100 }
  const at = async (dates: readonly unknown[], paging: object | undefined, from: number, cursor = 'page:100') => {
    const body = { ok: true, logs: dates.map((date) => ({ date })), ...(paging && { paging }) }
    const { stream } = connected(connect, () => ({ body }), { pageSize: 3 })
    const { next, failures } = await stream.fetchPage({ from, to: (noon + 10) * 1000, cursor })
    return { next, failures: failures.map(({ error }) => error) }
  }
  const older = [noon, noon - 1, noon - 2]
  const missing = (where: string) => ({
    name: 'RecordError',
    code: 'incomplete',
    message: `Slack shows 100 pages of integration logs, and no way to the entries before ${where}`,
  })

  test.each<[string, object | undefined]>([
    ['by their total', hidden],
    ['by the number of pages', { ...hidden, total: undefined, pages: 101 }],
    ['by a full page', { ...hidden, total: undefined }],
    ['by a page without numbers', undefined],
  ])('entries of the window are a failure, known %s', async (_how, paging) => {
    const { next, failures } = await at(older, paging, (noon - 2) * 1000)
    expect(next).toBeUndefined()
    expect(failures).toMatchObject([missing(new Date((noon - 2) * 1000).toISOString())])
  })

  test('entries without times leave the place open', async () => {
    expect((await at([null, null, null], hidden, 0)).failures).toMatchObject([missing('its last page')])
  })

  test.each<[string, readonly unknown[], object, number]>([
    ['older than the window', older, hidden, (noon - 1) * 1000],
    ['there are none', older, { ...hidden, total: 300 }, 0],
    ['the last page has room', older.slice(1), { ...hidden, total: undefined }, 0],
  ])('nothing is missing where %s', async (_what, dates, paging, from) => {
    expect(await at(dates, paging, from)).toEqual({ next: undefined, failures: [] })
  })

  test('a list from old to new cannot be read', async () => {
    const read = at([noon, noon + 1, noon + 2], { ...hidden, page: 1 }, 0, 'page:1')
    expect(await failureOf(read)).toMatchObject({
      name: 'TransientError',
      message: expect.stringContaining('the newest cannot be reached'),
    })
  })
})

test('asks with the workspace of the settings', async () => {
  const { stream, requests } = connected(connect, () => ({ body: { ok: true, logs: [] } }), {
    teamId: 'T1',
    pageSize: 200,
  })
  await stream.fetchPage({ from: 0, to: 1, cursor: 'page:4' })
  expect(requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
    'GET https://slack.com/api/team.integrationLogs?count=200&page=4&team_id=T1',
  ])
})
