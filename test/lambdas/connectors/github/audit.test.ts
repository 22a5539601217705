import { describe, expect, test } from 'vitest'
import { connect, hour, now, serve, window } from '../../../support/github-organization.ts'
import { control, failureOf, idOf, oracle, walk } from '../../../support/provider.ts'

describe('a walk', () => {
  test.each([
    ['an organization', {}],
    ['an enterprise', { scope: 'enterprise', name: 'example' }],
  ] as const)('brings every event of %s', async (_what, setting) => {
    const server = await serve()
    const { ids, pages } = await walk(connect(server, setting), window)
    expect(pages.length).toBeGreaterThan(10)
    expect(ids).toEqual((await oracle(server)).sort())
  })

  test('brings Git events too, and every event has an id and a time', async () => {
    const server = await serve()
    const stream = connect(server)
    const { events } = await walk(stream, window)
    expect(events.filter(({ action }) => String(action).startsWith('git.')).length).toBeGreaterThan(100)
    expect(events.every((event) => idOf(event) !== undefined && stream.timeOf(event) !== undefined)).toBe(true)
  })

  test('follows links unchanged, with numeric paths', async () => {
    const server = await serve()
    const { pages } = await walk(connect(server), window)
    const followed = server.requests.slice(1).map((request) => `${server.url}${request.split(' ')[1]}`)
    expect(followed).toEqual(pages.slice(0, -1).map(({ next }) => next))
    expect(followed[0]).toContain('/organizations/90210/audit-log?')
  })

  test('works below a path, as at GitHub Enterprise Server', async () => {
    const server = await serve({ basePath: '/api/v3' })
    const { ids } = await walk(connect(server, { apiUrl: `${server.apiUrl}/` }), window)
    expect(ids).toEqual((await oracle(server)).sort())
  })

  test.each([0, 1, 99, 100, 101, 200, 350])(
    'is complete at the borders of pages: %i events of one second',
    async (count) => {
      const server = await serve({ eventsPerMinute: 0 })
      if (count > 0) await control(server, { insert: [{ count, agoMs: hour, spreadMs: 1000 }] })
      const { ids, pages } = await walk(connect(server), window)
      expect(ids).toEqual((await oracle(server)).sort())
      expect(pages).toHaveLength(Math.max(1, Math.ceil(count / 100)))
    },
  )

  test('loses nothing when rows appear before its position: the rows pushed back come twice', async () => {
    const server = await serve()
    const before = await oracle(server)
    const { ids, events } = await walk(connect(server), window, () => control(server, { insert: [{ count: 3 }] }))
    expect(ids).toEqual(expect.arrayContaining(before))
    expect(events.length).toBeGreaterThan(ids.length)
  })

  test('includes events at both ends of the window, to the millisecond', async () => {
    const server = await serve({ eventsPerMinute: 0 })
    const { from, to } = { from: now - 60_000, to: now - 50_000 }
    const { inserted: inside } = await control(server, { insert: [{ time: from }, { time: to - 1 }] })
    const { inserted: outside } = await control(server, { insert: [{ time: from - 1 }] })
    const { ids } = await walk(connect(server), { from, to })
    expect(ids).toEqual(expect.arrayContaining([...inside]))
    expect(ids).not.toEqual(expect.arrayContaining([...outside]))
  })

  test('continues after an empty page with a link', async () => {
    const server = await serve()
    await control(server, { faults: [{ kind: 'empty-page', skip: 1 }] })
    const { ids, pages } = await walk(connect(server), window)
    expect(pages[1]?.events).toEqual([])
    expect(ids).toEqual((await oracle(server)).sort())
  })

  test('tells what the provider said of its limits', async () => {
    const server = await serve()
    const page = await connect(server).fetchPage(window)
    expect(page.limits).toEqual({ remaining: 1749, resetAt: now + hour })
  })

  test('a reset that has passed is left out of the limits', async () => {
    const server = await serve()
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1600000000' }
    await control(server, { faults: [{ kind: 'status', status: 200, body: [], headers }] })
    expect((await connect(server).fetchPage(window)).limits).toEqual({ remaining: 0 })
  })
})

describe('limits', () => {
  test.each([
    ['Retry-After', { headers: { 'retry-after': '37' }, status: 403 }, now + 37_000],
    ['a date', { headers: { 'retry-after': new Date(now + 90_000).toUTCString() }, status: 429 }, now + 90_000],
    [
      'the reset by a clock five minutes ahead',
      {
        headers: {
          date: new Date(now + 300_000).toUTCString(),
          'x-ratelimit-remaining': '0',
          'x-ratelimit-reset': String(now / 1000 + 900),
        },
        status: 403,
      },
      now + 600_000,
    ],
    [
      'a nonsensical reset',
      { headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(now) }, status: 403 },
      now + 2 * hour,
    ],
    ['no header at all', { status: 429 }, undefined],
    ['a negative Retry-After', { headers: { 'retry-after': '-5' }, status: 429 }, undefined],
    [
      'a date that has passed',
      { headers: { 'retry-after': new Date(now - 1000).toUTCString() }, status: 403 },
      undefined,
    ],
    [
      'a reset that has passed',
      { headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1600000000' }, status: 403 },
      undefined,
    ],
    [
      'a reset that has passed by a clock five minutes ahead',
      {
        headers: {
          date: new Date(now + 300_000).toUTCString(),
          'x-ratelimit-remaining': '0',
          'x-ratelimit-reset': String(now / 1000 + 240),
        },
        status: 403,
      },
      undefined,
    ],
    [
      'a reset while some remain',
      { headers: { 'x-ratelimit-remaining': '9', 'x-ratelimit-reset': '1' }, status: 429 },
      undefined,
    ],
  ])('waits for %s', async (_what, fault, retryAt) => {
    const server = await serve()
    await control(server, { faults: [{ kind: 'status', body: { message: 'not now' }, ...fault }] })
    const error = await failureOf(connect(server).fetchPage(window))
    expect(error).toMatchObject({ name: 'TransientError' })
    expect('retryAt' in error ? error.retryAt : undefined).toBe(retryAt)
  })

  test('waits for the limit of 1,750 an hour', async () => {
    const server = await serve({ requestsPerHour: 2 })
    const stream = connect(server)
    await stream.fetchPage(window)
    await stream.fetchPage(window)
    const error = await failureOf(stream.fetchPage(window))
    expect(error).toMatchObject({ name: 'TransientError', retryAt: now + hour })
    await control(server, { advanceMs: hour })
    await stream.fetchPage(window)
  })
})
