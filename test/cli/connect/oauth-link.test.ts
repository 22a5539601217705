import { describe, expect, test } from 'vitest'
import { startLink, waitForConsent } from '../../../cli/connect/oauth-link.ts'
import { beginAttempt } from '../../../lambdas/core/oauth/attempts.ts'
import { attemptMs } from '../../../lambdas/core/oauth/signed-link.ts'
import { clientSecret, consentWorld, key, noon, publicUrl } from '../../support/consent-world.ts'

const facts = {
  region: 'eu-central-1',
  buckets: { lake: 'lake', ops: 'ops' },
  queues: { records: 'a', recordsBulk: 'b', deadLetters: 'c' },
  database: 'lake',
  workgroup: 'lake',
  webhooks: { url: publicUrl, secrets: 'log-' },
  oauthKeySecretId: 'key',
  sources: { log: { type: 'any', label: 'Log', clientSecret: 'client' }, other: { type: 'any', label: 'Other' } },
}

function worldWith(now = () => noon) {
  const app = {
    consentUrl: ({ state }: { readonly state: string }) => `https://provider.example/?state=${state}`,
    exchange: async () => ({ token: `made-with-${clientSecret}` }),
  }
  const world = consentWorld({ consentOf: async () => ({ app, pkce: false, tryOut: async () => {} }) })
  const { secrets } = world
  return { ...world, make: (sourceId = 'log') => startLink({ facts, sourceId, secrets, now }) }
}

describe('a start link', () => {
  test('is one that the function takes, and its result is what the command waits for', async () => {
    const { make, start, callback, parametersOf, store } = worldWith()
    const { url, attempt } = await make()
    expect(url.startsWith('https://lake.example/oauth/log/start?link=log.')).toBe(true)
    const waiting = waitForConsent(attempt, {
      ops: store,
      now: () => noon,
      signal: new AbortController().signal,
      lookMs: 1,
    })
    const { state = '' } = parametersOf(await start(url))
    expect((await callback({ state, code: 'code' })).outcome).toBe('stored')
    expect(await waiting).toEqual({ result: 'stored', says: 'the credential works and is stored' })
  })

  test('is made for sources with oauth in their settings alone, and needs the key and the client secret', async () => {
    const { make, values } = worldWith()
    await expect(make('other')).rejects.toThrow('The settings of other have no "oauth"')
    await expect(make('constructor')).rejects.toThrow('The settings of constructor have no "oauth"')
    values.set('log-client', ' ')
    await expect(make()).rejects.toThrow('The secret log-client is empty: put the client secret of the app there')
    values.delete('key')
    await expect(make()).rejects.toThrow('The secret key is empty')
  })

  test('never holds the key', async () => {
    const { url } = await worldWith().make()
    expect(url).not.toContain(key)
  })
})

describe('the wait', () => {
  test('ends when nobody can consent any more', async () => {
    const { make, store } = worldWith()
    const { attempt } = await make()
    const { signal } = new AbortController()
    const ended = await waitForConsent(attempt, { ops: store, now: () => noon + 2 * attemptMs + 61_000, signal })
    expect(ended).toMatchObject({ result: 'refused', says: expect.stringContaining('nobody consented') })
  })

  test('goes on while a person is at the provider, and ends with its signal', async () => {
    const { make, store } = worldWith()
    const { attempt } = await make()
    await beginAttempt(store, attempt, 'verifier')
    const leaving = new AbortController()
    const looks: string[] = []
    const ops = {
      get: async (name: string) => {
        looks.push(name)
        if (looks.length === 3) leaving.abort()
        return store.get(name)
      },
    }
    expect(await waitForConsent(attempt, { ops, now: () => noon, signal: leaving.signal, lookMs: 1 })).toBeUndefined()
    expect(looks).toHaveLength(3)
  })
})
