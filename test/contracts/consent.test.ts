import { describe, expect, onTestFinished, test } from 'vitest'
import { oauthApps } from '../../lambdas/connectors/generated/oauth.ts'
import { polledStreams } from '../../lambdas/connectors/generated/polled.ts'
import { registered } from '../../lambdas/connectors/registry.ts'
import { tryOut } from '../../lambdas/core/oauth/try-out.ts'
import { createHttpClient } from '../../lambdas/core/poll/provider/http.ts'
import { allSimulators } from '../../local/simulators.ts'
import { consentWorld } from '../support/consent-world.ts'

const simulators = await allSimulators()
const http = createHttpClient()

/** The settings of a source, and the choices on the simulated consent page whose credential is right for them. */
const sources: Readonly<
  Record<string, { readonly options: Record<string, string>; readonly right: readonly string[] }>
> = {
  'github-audit': { options: { scope: 'organization', name: 'octo-org' }, right: ['ada'] },
  'slack-audit': { options: { enterpriseId: 'E0EXAMPLE1' }, right: ['organization'] },
  'slack-workspace': { options: { teamId: 'T0EXAMPLE1', logs: 'both' }, right: ['organization', 'workspace'] },
}

/** A simulated provider, and the function's two requests over it. */
async function simulated(type: string) {
  const { options = {} } = sources[type] ?? {}
  const simulator = simulators.get(type)
  if (!simulator || !('serve' in simulator)) throw new Error(`${type} has no simulated feed`)
  const clientId = '1234.5678'
  const { server, clientSecret = '' } = await simulator.serve({ options: { ...options, oauth: { clientId } }, seed: 1 })
  onTestFinished(() => server.stop())
  const [{ facts, connect }, streams] = await Promise.all([
    registered(oauthApps, type),
    registered(polledStreams, type),
  ])
  const addresses = { apiUrl: server.url, webUrl: server.url }
  const world = consentWorld({
    sources: [{ id: 'log', type, clientId, options }],
    consentOf: async () => ({
      app: connect({ options, clientId, scopes: facts.scopes, http, ...addresses }),
      pkce: facts.pkce,
      tryOut: (secret) => tryOut({ streams, options, http, ...addresses }, secret),
    }),
  })
  world.values.set('log-client', clientSecret)
  world.values.set('log', 'the credential from before')
  return { ...world, server }
}

type World = Awaited<ReturnType<typeof simulated>>

const inputs = (page: string, kind: string): [string, string][] =>
  [...page.matchAll(new RegExp(`<input type="${kind}" name="([^"]+)" value="([^"]*)"`, 'g'))].map(
    ([, name = '', value = '']) => [name, value.replaceAll('&amp;', '&')],
  )

/** The consent page, as a browser shows it after the start link. */
async function pageOf({ start, link }: World) {
  const { location = '' } = await start(link())
  const page = await (await fetch(location)).text()
  return { location, hidden: inputs(page, 'hidden'), choices: inputs(page, 'radio'), scopes: inputs(page, 'checkbox') }
}

/** Sends the form, and follows the way back. */
async function decide({ callback }: World, location: string, fields: readonly (readonly [string, string])[]) {
  const { origin, pathname } = new URL(location)
  const body = new URLSearchParams(fields.map(([name, value]): [string, string] => [name, value]))
  const answer = await fetch(`${origin}${pathname}`, { method: 'POST', body, redirect: 'manual' })
  expect(answer.status).toBe(302)
  return await callback(Object.fromEntries(new URL(answer.headers.get('location') ?? '').searchParams))
}

test('every source type by consent is tried against its simulated provider', () => {
  expect(Object.keys(sources).sort()).toEqual(Object.keys(oauthApps).sort())
})

describe.each(Object.entries(sources))('the simulated consent page of %s', (type, { right }) => {
  test('gives a credential for the right account or place alone', async () => {
    const outcomes: [string, string, boolean][] = []
    const { choices } = await pageOf(await simulated(type))
    for (const choice of choices) {
      const world = await simulated(type)
      const { location, hidden, scopes } = await pageOf(world)
      const { outcome } = await decide(world, location, [...hidden, ...scopes, choice, ['answer', 'allow']])
      outcomes.push([choice[1], outcome, world.values.get('log') === 'the credential from before'])
    }
    expect(outcomes.length).toBeGreaterThan(1)
    expect(outcomes).toEqual(
      choices.map(([, value]) => (right.includes(value) ? [value, 'stored', false] : [value, 'refused', true])),
    )
  })

  test('gives none when the person leaves out the scope, or cancels', async () => {
    for (const [answer, outcome] of [
      ['allow', 'refused'],
      ['cancel', 'denied'],
    ] as const) {
      const world = await simulated(type)
      const { location, hidden, choices } = await pageOf(world)
      const choice = choices.filter(([, value]) => value === right[0])
      expect((await decide(world, location, [...hidden, ...choice, ['answer', answer]])).outcome).toBe(outcome)
      expect(world.values.get('log')).toBe('the credential from before')
    }
  })

  test('gives none for a client secret that was rotated', async () => {
    const world = await simulated(type)
    world.values.set('log-client', 'the-client-secret-from-before')
    const { location, hidden, choices, scopes } = await pageOf(world)
    const choice = choices.filter(([, value]) => value === right[0])
    const { outcome } = await decide(world, location, [...hidden, ...choice, ...scopes, ['answer', 'allow']])
    expect(outcome).toBe('refused')
    expect(world.results()).toMatchObject([{ says: expect.stringContaining('client secret') }])
  })
})
