import { expect, onTestFinished, test } from 'vitest'
import { prepareSenders, startProviders } from '../../local/simulators.ts'
import {
  type LaunchedFunction,
  polledSources,
  type RoutedApi,
  type WebhookSource,
  webhookSources,
} from '../../local/sources.ts'
import { startReceiver } from '../support/receiver.ts'

const principal = { name: 'poller', accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'KeyOfNobody' }
const secrets = { current: (id: string) => `the value of ${id}`, fill: () => {} }

/** The type of source of a route, such as `POST /acme/{sourceId}`. */
const typeOf = (route: string): string => `${route.split('/')[1]}-webhook`

const api = (url: string, routes: Readonly<Record<string, unknown>>): { apis: Map<string, RoutedApi> } => ({
  apis: new Map([
    [
      'api',
      {
        url,
        routes: Object.entries(routes).map(([key, sources]) => ({
          key,
          target: { spec: { variables: { SOURCE_TYPE: typeOf(key), SOURCES: JSON.stringify(sources) } } },
        })),
      },
    ],
  ]),
})

test("sources are found with their type and their function's options", () => {
  const site = api('http://127.0.0.1:1', {
    'POST /github/{sourceId}': { hooks: { label: 'Hooks', secretId: 'arn:1' } },
    'POST /hex/{sourceId}': {
      one: { label: 'One', secretId: 'arn:2', header: 'x-one' },
      two: { label: 'Two', secretId: 'arn:3', header: 'x-two' },
    },
    'GET /health': {},
  })
  expect(webhookSources(site)).toEqual([
    { id: 'hooks', type: 'github-webhook', url: 'http://127.0.0.1:1/github/hooks', secretId: 'arn:1', options: {} },
    {
      id: 'one',
      type: 'hex-webhook',
      url: 'http://127.0.0.1:1/hex/one',
      secretId: 'arn:2',
      options: { header: 'x-one' },
    },
    {
      id: 'two',
      type: 'hex-webhook',
      url: 'http://127.0.0.1:1/hex/two',
      secretId: 'arn:3',
      options: { header: 'x-two' },
    },
  ])
})

test('each source gets the sender of its type, with its own URL, secret and options', async () => {
  const { url, received } = await startReceiver()
  const source = { url, secretId: 's', options: {} }
  const senders = await prepareSenders(
    [
      { ...source, id: 'hooks', type: 'github-webhook' },
      { ...source, id: 'hex', type: 'hex-webhook', options: { header: 'x-mine' } },
      { ...source, id: 'unknown', type: 'nobody-simulates-this' },
    ],
    [],
    { secrets },
  )
  onTestFinished(() => senders.stop())
  senders.start()
  await expect.poll(() => received.length).toBeGreaterThanOrEqual(2)
  await senders.stop()
  const fromHex = received.filter(({ headers }) => headers['x-mine'] === 'the value of s')
  expect(JSON.parse(fromHex[0]?.body ?? '')[0]).toHaveProperty('event.actor')
  expect(received.some(({ headers }) => headers['x-github-event'] === 'ping')).toBe(true)
})

test('two sources of one type are two workspaces', async () => {
  const { url, received } = await startReceiver()
  const source = { url, secretId: 's', type: 'hex-webhook' }
  const senders = await prepareSenders(
    [
      { ...source, id: 'one', options: { header: 'x-one' } },
      { ...source, id: 'two', options: { header: 'x-two' } },
    ],
    [],
    { secrets },
  )
  onTestFinished(() => senders.stop())
  senders.start()
  await expect.poll(() => received.length).toBeGreaterThanOrEqual(2)
  await senders.stop()
  const workspaces = received.map(({ body }) => JSON.parse(body)[0].event.actor.metadata.workspaceId)
  expect(new Set(workspaces).size).toBe(2)
})

test('a missing option is reported by name, and no other source gets events', async () => {
  const { url, received } = await startReceiver()
  const sources: WebhookSource[] = [
    { id: 'hooks', type: 'github-webhook', url, secretId: 's', options: {} },
    { id: 'hex', type: 'hex-webhook', url, secretId: 's', options: {} },
  ]
  await expect(prepareSenders(sources, [], { secrets })).rejects.toThrow(
    'source hex: its function lacks the option "header"',
  )
  expect(received).toEqual([])
})

const poller = (type: string, source: object, more: Record<string, string> = {}): LaunchedFunction => ({
  spec: { variables: { SOURCE_TYPE: type, SOURCE: JSON.stringify(source), ...more } },
  surroundings: { variables: {}, principal },
})

test('a polled source without an address polls a simulated provider, with its credential', async () => {
  const site = {
    functions: new Map([
      ['a', poller('github-audit', { id: 'log', label: 'Log', secretId: 'arn:log', name: 'octo-org' })],
      ['b', poller('anthropic-activity', { id: 'feed', label: 'Feed', secretId: 'arn:feed' })],
      [
        'c',
        poller(
          'github-audit',
          { id: 'own', label: 'Own', secretId: 'arn:own', name: 'x' },
          { API_URL: 'http://127.0.0.1:1' },
        ),
      ],
      ['d', { spec: { variables: {} }, surroundings: { variables: {}, principal } }],
    ]),
  }
  const sources = polledSources(site)
  expect(sources.map(({ id, type, apiUrl }) => [id, type, apiUrl])).toEqual([
    ['log', 'github-audit', undefined],
    ['feed', 'anthropic-activity', undefined],
    ['own', 'github-audit', 'http://127.0.0.1:1'],
  ])
  const filled = new Map<string, string>()
  const providers = await startProviders(sources, { secrets: { fill: (id, value) => void filled.set(id, value) } })
  onTestFinished(() => providers.stop())
  expect(Object.keys(providers.urls)).toEqual(['log', 'feed'])
  expect([...filled.keys()]).toEqual(['arn:log', 'arn:feed'])
  expect(site.functions.get('a')?.surroundings.variables).toEqual({
    API_URL: providers.urls.log,
    WEB_URL: providers.urls.log,
  })
  expect(site.functions.get('c')?.surroundings.variables).toEqual({})
  const answer = await fetch(`${providers.urls.log}/orgs/octo-org/audit-log`, {
    headers: { authorization: `Bearer ${filled.get('arn:log')}`, 'user-agent': 'test' },
  })
  expect(answer.status).toBe(200)
})
