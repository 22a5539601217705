import { describe, expect, test } from 'vitest'
import { connect as connectStream } from '../../../../lambdas/connectors/github/audit.ts'
import { createHttpClient } from '../../../../lambdas/core/poll/provider/http.ts'
import { exampleGithubToken } from '../../../../simulators/github/audit.ts'
import { connect, queryOf, serve, window } from '../../../support/github-organization.ts'
import { control, everythingIn, failureOf } from '../../../support/provider.ts'

describe('links to the next page', () => {
  test.each([
    'https://evil.example/organizations/1/audit-log?after=x',
    '//evil.example/orgs/example-org/audit-log?after=x',
    'http://127.0.0.1:1/orgs/example-org/audit-log?after=x',
    'http://localhost/orgs/example-org/audit-log?after=x',
    'ftp://127.0.0.1/x',
    'javascript:alert(1)',
  ])('%s is refused', async (location) => {
    const server = await serve()
    await control(server, { faults: [{ kind: 'next-link', location }] })
    const error = await failureOf(connect(server).fetchPage(window))
    expect(error).toMatchObject({ name: 'ConfigError', message: expect.stringContaining('apiUrl') })
    expect(everythingIn(error)).not.toContain(exampleGithubToken)
  })

  test('another port, scheme or user name is refused', async () => {
    const server = await serve()
    const { host, port } = new URL(server.url)
    for (const origin of [`https://${host}`, `http://127.0.0.1:${Number(port) - 1}`, `http://user:pass@${host}`]) {
      await control(server, { faults: [{ kind: 'next-link', location: `${origin}/x?after=1` }] })
      expect(await failureOf(connect(server).fetchPage(window))).toMatchObject({ name: 'ConfigError' })
    }
  })

  test.each([
    '/orgs/other-org/audit-log?x=1',
    '/orgs/example-org-2/audit-log?x=1',
    '/orgs/example-org/members?x=1',
    '/orgs/example-org/audit-log/streams?x=1',
    '/orgs/example-org/audit-log/../../other-org/audit-log',
    '/organizations/90210/members',
    '/organizations/other-org/audit-log',
    '/organizations/90210/../1/x/audit-log',
    '/enterprises/12/audit-log',
    '/repos/example-org/x/audit-log',
    '/app/installations/1/access_tokens',
    '/x/orgs/example-org/audit-log',
    '//127.0.0.1/orgs/example-org/audit-log',
    '/',
  ])('%s is another path, and is refused', async (location) => {
    const server = await serve()
    await control(server, { faults: [{ kind: 'next-link', location }] })
    const error = await failureOf(connect(server).fetchPage(window))
    expect(error).toMatchObject({ name: 'ConfigError', message: expect.stringMatching(/leads to .*apiUrl/) })
    expect(server.requests).toHaveLength(1)
  })

  test.each([
    ['organization', 'example-org', '', '/orgs/example-org/audit-log?after=x'],
    ['organization', 'example-org', '', '/orgs/Example-Org/audit-log?after=x'],
    ['organization', 'example-org', '', '/organizations/7/audit-log?after=x'],
    ['organization', 'example-org', '/api/v3', '/api/v3/organizations/7/audit-log?after=x'],
    ['enterprise', 'example', '', '/enterprises/example/audit-log?after=x'],
    ['enterprise', 'example', '', '/enterprises/12/audit-log?after=x'],
    ['enterprise', 'example', '/api/v3', '/api/v3/enterprises/12/audit-log?after=x'],
  ] as const)('of %s %s below "%s", %s is accepted', async (scope, name, basePath, location) => {
    const server = await serve({ basePath })
    await control(server, { faults: [{ kind: 'next-link', location }] })
    const { next } = await connect(server, { scope, name }).fetchPage(window)
    expect(next).toMatch(`${server.url}${location}`)
  })

  test.each([
    ['organization', '', '/enterprises/example-org/audit-log'],
    ['enterprise', '', '/organizations/12/audit-log'],
    ['enterprise', '', '/enterprises/other/audit-log'],
    ['organization', '/api/v3', '/organizations/7/audit-log'],
    ['organization', '/api/v3', '/api/v4/organizations/7/audit-log'],
    ['organization', '/api/v3', '/apixv3/organizations/7/audit-log'],
  ] as const)('of an %s below "%s", %s is refused', async (scope, basePath, location) => {
    const server = await serve({ basePath })
    await control(server, { faults: [{ kind: 'next-link', location }] })
    const name = scope === 'enterprise' ? 'example' : 'example-org'
    expect(await failureOf(connect(server, { scope, name }).fetchPage(window))).toMatchObject({ name: 'ConfigError' })
  })

  test.each([
    `https://${exampleGithubToken}.evil.example/orgs/example-org/audit-log`,
    `/orgs/${exampleGithubToken}/audit-log`,
    `/orgs/${exampleGithubToken.toUpperCase()}/audit-log`,
  ])('a refused link does not bring the token into the message: %s', async (location) => {
    const server = await serve()
    await control(server, { faults: [{ kind: 'next-link', location }] })
    const error = await failureOf(connect(server).fetchPage(window))
    expect(error).toMatchObject({ name: 'ConfigError', message: expect.stringContaining('leads to [left out]') })
    expect(everythingIn(error).toLowerCase()).not.toContain(exampleGithubToken.slice(8, 20).toLowerCase())
  })

  test('an unreadable link is an error, not the end of the log', async () => {
    const server = await serve()
    const headers = { link: 'https://127.0.0.1/x; rel="next"' }
    await control(server, { faults: [{ kind: 'status', status: 200, body: [], headers }] })
    expect(await failureOf(connect(server).fetchPage(window))).toMatchObject({ name: 'TransientError' })
  })

  test('a relative link is followed, and gets the filters that it lacks', async () => {
    const server = await serve()
    await control(server, {
      faults: [{ kind: 'next-link', location: '/organizations/90210/audit-log?page=2&include=web' }],
    })
    const { next } = await connect(server).fetchPage(window)
    const query = queryOf(`GET ${next}`)
    expect(next).toMatch(`${server.url}/organizations/90210/audit-log?page=2&include=web&phrase=created%3A`)
    expect(query.get('per_page')).toBe('100')
  })

  test('a stored link is not followed to another server or another path', async () => {
    const server = await serve()
    for (const cursor of [
      'https://elsewhere.example/orgs/example-org/audit-log?after=1',
      `${server.url}/orgs/other-org/audit-log?after=1`,
      'no link',
    ]) {
      expect(await failureOf(connect(server).fetchPage({ ...window, cursor }))).toMatchObject({ name: 'CursorError' })
    }
    expect(server.requests).toHaveLength(0)
  })
})

test('a provider that repeats the token does not put it into the message', async () => {
  const server = await serve()
  const body = { message: `token ${exampleGithubToken} (${exampleGithubToken.slice(0, 12)}…) is\nnot known` }
  await control(server, { faults: [{ kind: 'status', status: 401, body }] })
  const error = await failureOf(connect(server).fetchPage(window))
  expect(error.message).toContain('token [left out] [left out] is not known')
})

test.each([
  'http://github.example.com/api/v3',
  'https://user:pass@github.example.com',
  'https://github.example.com/?x=1',
  'ftp://github.example.com',
  'github.example.com',
])('apiUrl %s is refused', (apiUrl) => {
  const make = () =>
    connectStream({ options: { name: 'x' }, apiUrl, pageSize: 100, secret: async () => 'x', http: createHttpClient() })
  expect(make).toThrow(expect.objectContaining({ name: 'ConfigError', message: expect.stringContaining('apiUrl') }))
})
