import { describe, expect, test } from 'vitest'
import { connect, hour, now, queryOf, serve, window } from '../../../support/github-organization.ts'
import { control, everythingIn, failureOf, idOf, oracle, walk } from '../../../support/provider.ts'

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

  test('asks for the window, all kinds and full pages on every page', async () => {
    const server = await serve()
    await walk(connect(server), window)
    for (const request of server.requests) {
      expect(Object.fromEntries(queryOf(request))).toMatchObject({
        phrase: 'created:2026-01-15T04:30:00Z..2026-01-15T10:30:01Z',
        include: 'all',
        order: 'desc',
        per_page: '100',
      })
    }
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

  test.each([0, 1, 99, 100, 101, 200, 350])('holds at the borders of pages: %i events of one second', async (count) => {
    const server = await serve({ eventsPerMinute: 0 })
    if (count > 0) await control(server, { insert: [{ count, agoMs: hour, spreadMs: 1000 }] })
    const { ids, pages } = await walk(connect(server), window)
    expect(ids).toEqual((await oracle(server)).sort())
    expect(pages).toHaveLength(Math.max(1, Math.ceil(count / 100)))
  })

  test('loses nothing when rows appear in front of it: the rows pushed back come twice', async () => {
    const server = await serve()
    const before = await oracle(server)
    const { ids, events } = await walk(connect(server), window, () => control(server, { insert: [{ count: 3 }] }))
    expect(ids).toEqual(expect.arrayContaining(before))
    expect(events.length).toBeGreaterThan(ids.length)
  })

  test('takes events at both ends of the window, to the millisecond', async () => {
    const server = await serve({ eventsPerMinute: 0 })
    const { from, to } = { from: now - 60_000, to: now - 50_000 }
    const { inserted: inside } = await control(server, { insert: [{ time: from }, { time: to - 1 }] })
    const { inserted: outside } = await control(server, { insert: [{ time: from - 1 }] })
    const { ids } = await walk(connect(server), { from, to })
    expect(ids).toEqual(expect.arrayContaining([...inside]))
    expect(ids).not.toEqual(expect.arrayContaining([...outside]))
  })

  test('an empty page with a link is not the end', async () => {
    const server = await serve()
    await control(server, { faults: [{ kind: 'empty-page', skip: 1 }] })
    const { ids, pages } = await walk(connect(server), window)
    expect(pages[1]?.events).toEqual([])
    expect(ids).toEqual((await oracle(server)).sort())
  })

  test('what is no event fails alone', async () => {
    const server = await serve({ eventsPerMinute: 0 })
    const deep = JSON.parse(`${'['.repeat(150)}${']'.repeat(150)}`)
    await control(server, {
      insert: [
        { count: 3, agoMs: 9000 },
        { raw: 'a text' },
        { members: { deep } },
        { members: { _document_id: null } },
      ],
    })
    const { pages, events } = await walk(connect(server), window)
    const failures = pages.flatMap((page) => page.failures)
    expect(events).toHaveLength(4)
    expect(failures.map(({ error }) => error)).toEqual([
      expect.objectContaining({ code: expect.stringMatching(/not_object|too_deep/) }),
      expect.objectContaining({ code: expect.stringMatching(/not_object|too_deep/) }),
    ])
    expect(failures.map(({ bytes }) => Buffer.from(bytes).toString())).toContain('"a text"')
  })

  test('tells what the provider said of its limits', async () => {
    const server = await serve()
    const page = await connect(server).fetchPage(window)
    expect(page.limits).toEqual({ remaining: 1749, resetAt: now + hour })
  })
})

describe('answers that are none', () => {
  const cases: [string, Record<string, unknown>, string, RegExp][] = [
    [
      '401',
      { status: 401, body: { message: 'Bad credentials' } },
      'AuthError',
      /new one with the scope read:audit_log/,
    ],
    [
      '403 without more',
      { status: 403, body: { message: 'Must have admin rights.' } },
      'AuthError',
      /owner.*Must have admin rights/s,
    ],
    [
      '403 for want of SSO',
      {
        status: 403,
        headers: { 'x-github-sso': 'required; url=https://github.com/x?authorization_request=SECRET' },
        body: { message: 'SAML' },
      },
      'AuthError',
      /Configure SSO/,
    ],
    [
      '404',
      { status: 404, headers: { 'x-oauth-scopes': 'repo' }, body: { message: 'Not Found' } },
      'AuthError',
      /Enterprise Cloud.*owner.*read:audit_log.*the token has: repo/s,
    ],
    ['404 as HTML', { kind: 'html', status: 404 }, 'AuthError', /apiUrl/],
    ['422', { status: 422, body: { message: 'Validation Failed' } }, 'ConfigError', /settings.*Validation Failed/s],
    [
      '403 secondary limit',
      { status: 403, body: { message: 'You have exceeded a secondary rate limit.' } },
      'TransientError',
      /too many requests/,
    ],
    ['403 of a proxy', { kind: 'html', status: 403 }, 'TransientError', /HTML page/],
    ['429', { status: 429, body: {} }, 'TransientError', /too many requests/],
    ['500', { status: 500, body: '' }, 'TransientError', /status 500; without a body/],
    ['502 as HTML', { kind: 'html', status: 502 }, 'TransientError', /HTML page/],
    ['200 as HTML', { kind: 'html' }, 'TransientError', /HTML page.*apiUrl/s],
    ['200 as text', { kind: 'text', body: 'hello' }, 'TransientError', /not a list of events/],
    ['200 without a body', { kind: 'text', body: '' }, 'TransientError', /not a list of events/],
    [
      'an object in place of the list',
      { status: 200, body: { message: 'hm' } },
      'TransientError',
      /not a list of events/,
    ],
    ['a cut answer', { kind: 'truncate' }, 'TransientError', /cut JSON/],
    ['an answer that breaks off', { kind: 'truncate', midway: true }, 'TransientError', /connection failed/],
    ['a broken connection', { kind: 'reset', times: 2 }, 'TransientError', /connection failed/],
    ['no answer in time', { kind: 'hang' }, 'TransientError', /within 0.3 s/],
    [
      'a redirect to another host',
      { kind: 'redirect' },
      'ConfigError',
      /redirects to https:\/\/elsewhere\.example\b.*apiUrl/s,
    ],
    ['a redirect to another path', { kind: 'redirect', location: '/x?token=1' }, 'ConfigError', /to another path/],
    ['more than 64 MiB', { kind: 'too-large' }, 'TransientError', /more than 64 MiB/],
  ]

  test.each(cases)('%s', async (_what, fault, name, message) => {
    const server = await serve()
    await control(server, { faults: [{ kind: 'status', times: 1, ...fault }] })
    const stream = connect(server, { http: { timeoutMs: _what === 'no answer in time' ? 300 : 20_000 } })
    const error = await failureOf(stream.fetchPage(window))
    expect(error.message).toMatch(message)
    expect(error.name).toBe(name)
    expect(everythingIn(error)).not.toMatch(/SECRET|Simulated|token=1/)
    expect(server.requests).toHaveLength(_what === 'a broken connection' ? 2 : 1)
    expect((await stream.fetchPage(window)).events).toHaveLength(100)
  })

  test.each([
    ['Retry-After', { headers: { 'retry-after': '37' }, status: 403 }, now + 37_000],
    ['Retry-After of a 503', { headers: { 'retry-after': '37' }, status: 503 }, now + 37_000],
    ['a date', { headers: { 'retry-after': new Date(now + 90_000).toUTCString() }, status: 429 }, now + 90_000],
    [
      'the reset when nothing remains',
      { headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(now / 1000 + 600) }, status: 403 },
      now + 600_000,
    ],
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

  test('the bucket of 1,750 an hour', async () => {
    const server = await serve({ requestsPerHour: 2 })
    const stream = connect(server)
    await stream.fetchPage(window)
    await stream.fetchPage(window)
    const error = await failureOf(stream.fetchPage(window))
    expect(error).toMatchObject({ name: 'TransientError', retryAt: now + hour })
    await control(server, { advanceMs: hour })
    await stream.fetchPage(window)
  })

  test('the secondary limit, which does not say how long', async () => {
    const server = await serve({ requestsPerMinute: 1 })
    const stream = connect(server)
    await stream.fetchPage(window)
    const error = await failureOf(stream.fetchPage(window))
    expect(error).toMatchObject({ name: 'TransientError', message: expect.stringContaining('secondary rate limit') })
    expect(error).toMatchObject({ retryAt: undefined })
  })

  test('an expired cursor is told apart, so that the walk goes on from a time', async () => {
    const server = await serve()
    const stream = connect(server)
    const { next: cursor = '' } = await stream.fetchPage(window)
    await control(server, { expireCursors: true })
    expect(await failureOf(stream.fetchPage({ ...window, cursor }))).toMatchObject({ name: 'CursorError' })
  })
})
