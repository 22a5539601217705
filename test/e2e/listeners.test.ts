import type { Server } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { startConsole } from '../../console/server/server.ts'
import { allSimulators } from '../../local/simulators.ts'
import { ask, collectListeners, placeOf } from '../support/listeners.ts'
import { startPipeline, webhookSettings } from '../support/pipeline.ts'

/** No page in a browser, and no other machine, can drive a listener of the local run or of a simulator. */

const fromElsewhere: readonly (readonly [string, (port: number) => Record<string, string>])[] = [
  ['a domain that leads to 127.0.0.1', (port) => ({ host: `rebound.example:${port}` })],
  ['a domain that begins like the address', (port) => ({ host: `127.0.0.1.example:${port}` })],
  ['an address of a network', (port) => ({ host: `192.0.2.7:${port}` })],
  ['another port', (port) => ({ host: `127.0.0.1:${port === 1 ? 2 : 1}` })],
  ['no port', () => ({ host: 'localhost' })],
  ['a page of another site', (port) => ({ host: `127.0.0.1:${port}`, origin: 'https://site.example' })],
  ['a page without an origin', (port) => ({ host: `127.0.0.1:${port}`, origin: 'null' })],
  ['a page of another listener', (port) => ({ host: `127.0.0.1:${port}`, origin: 'http://127.0.0.1:1' })],
  [
    'an image of a page of another site',
    (port) => ({ host: `127.0.0.1:${port}`, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }),
  ],
]

const fromHere: readonly (readonly [string, (port: number) => Record<string, string>])[] = [
  ['a program', (port) => ({ host: `127.0.0.1:${port}` })],
  ['a program that knows it by name', (port) => ({ host: `LocalHost:${port}` })],
  ['a program that knows its address of version 6', (port) => ({ host: `[::1]:${port}` })],
  ['a page of its own', (port) => ({ host: `127.0.0.1:${port}`, origin: `http://127.0.0.1:${port}` })],
  [
    'a link on a page of another site',
    (port) => ({
      host: `127.0.0.1:${port}`,
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    }),
  ],
]

async function expectClosedToOthers(listeners: Iterable<Server>): Promise<void> {
  for (const server of listeners) {
    const { address, port } = placeOf(server)
    expect(address).toBe('127.0.0.1')
    for (const method of ['GET', 'POST', 'OPTIONS']) {
      for (const [what, headers] of fromElsewhere) {
        const { status, body } = await ask(port, headers(port), method)
        expect([what, status, body]).toEqual([what, 403, expect.stringContaining('"Forbidden: ')])
      }
      for (const [what, headers] of fromHere) {
        const { body } = await ask(port, headers(port), method)
        expect(body, what).not.toContain('"Forbidden: ')
      }
    }
  }
}

test('every listener of the local run answers programs of this machine alone', async () => {
  const listeners = collectListeners()
  const pipeline = await startPipeline(webhookSettings)
  onTestFinished(() => pipeline.stop())
  const open = [...listeners].filter(({ listening }) => listening)
  const { endpoints, webhooks } = pipeline.run.ready
  const known = [...Object.values(endpoints), ...Object.values(webhooks).map(({ url }) => url)]
  const ports = new Set(known.map((url) => Number(new URL(url).port)))
  expect(new Set(open.map((server) => placeOf(server).port))).toEqual(ports)
  await expectClosedToOthers(open)
})

/** Enough for every provider. */
const options = {
  name: 'octo-org',
  bucket: 'example-logs',
  audience: '//iam.googleapis.com/example',
  owner: 'octo-org',
  hookId: 1,
  oauth: { clientId: 'example' },
}

test('the console answers programs of this machine alone', async () => {
  const listeners = collectListeners()
  const { url, close } = await startConsole({ choice: { data: '/nowhere' } })
  onTestFinished(close)
  expect([...listeners].map((one) => placeOf(one).port)).toEqual([Number(new URL(url).port)])
  await expectClosedToOthers(listeners)
})

test('every simulated provider answers programs of this machine alone', async () => {
  const served: string[] = []
  for (const [type, simulator] of await allSimulators()) {
    const listeners = collectListeners()
    const target = { options, seed: 1, secret: 'secret-of-nobody', recovery: options }
    const { server } =
      'serve' in simulator
        ? await simulator.serve(target)
        : 'withRecovery' in simulator && simulator.withRecovery
          ? await simulator.withRecovery({ ...target, url: 'http://127.0.0.1:9' })
          : {}
    if (server === undefined) continue
    onTestFinished(() => server.stop())
    served.push(type)
    const ports = new Set([...listeners].map((one) => placeOf(one).port))
    expect([type, ports]).toEqual([type, new Set([Number(new URL(server.url).port)])])
    await expectClosedToOthers(listeners)
  }
  expect(served).toEqual(
    expect.arrayContaining(['github-webhook', 'github-audit', 'slack-audit', 'slack-workspace', 'anthropic-activity']),
  )
})
