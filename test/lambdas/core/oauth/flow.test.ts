import { describe, expect, test } from 'vitest'
import { AuthError, ConfigError, StoreError, TransientError } from '../../../../lambdas/core/errors.ts'
import { resultOf } from '../../../../lambdas/core/oauth/attempts.ts'
import { challengeOf, type OAuthApp } from '../../../../lambdas/core/oauth/provider.ts'
import { attemptMs, newAttempt, sign } from '../../../../lambdas/core/oauth/signed-link.ts'
import { clientSecret, consentWorld, key, noon, publicUrl } from '../../../support/consent-world.ts'

const token = 'token-that-nobody-may-see-0123456789'
const code = 'code-that-nobody-may-see-0123456789'

/** A provider that gives one token for one code, and takes part in PKCE. */
function provider({ pkce = true, refuses }: { readonly pkce?: boolean; readonly refuses?: Error } = {}) {
  const seen = { challenge: undefined as string | undefined, exchanges: 0, tried: [] as string[], used: false }
  const app: OAuthApp = {
    consentUrl({ redirectUri, state, challenge }) {
      seen.challenge = challenge
      return `https://provider.example/consent?${new URLSearchParams({ redirectUri, state })}`
    },
    async exchange(grant) {
      seen.exchanges++
      if (refuses) throw refuses
      if (grant.code !== code || seen.used) throw new AuthError('the code is unknown or was used')
      seen.used = true
      if (grant.clientSecret !== clientSecret) throw new AuthError('the client secret is wrong')
      if (grant.redirectUri !== `${publicUrl}/oauth/log/callback`) throw new ConfigError('another callback')
      const isBound = pkce ? challengeOf(grant.verifier ?? '') === seen.challenge : grant.verifier === undefined
      if (!isBound) throw new AuthError('the code was asked for by another client')
      return { token }
    },
  }
  const tryOut = async (secret: string) => void seen.tried.push(secret)
  return { seen, consent: { app, pkce, tryOut } }
}

function worldWith(options: Parameters<typeof provider>[0] & { readonly tryOut?: () => Promise<void> } = {}) {
  const { seen, consent } = provider(options)
  const { tryOut = consent.tryOut } = options
  return { seen, ...consentWorld({ consentOf: async () => ({ ...consent, tryOut }) }) }
}

/** A world in which a person is at the provider. */
async function started(options: Parameters<typeof worldWith>[0] = {}) {
  const world = worldWith(options)
  const attempt = world.attempt()
  const answer = await world.start(world.link(attempt))
  expect(answer.outcome).toBe('started')
  const { state = '' } = world.parametersOf(answer)
  return { ...world, attempt, answer, given: { state, code } }
}

describe('a consent', () => {
  test.each([true, false])('becomes the credential of its source (PKCE: %s)', async (pkce) => {
    const { callback, given, values, store, attempt, seen } = await started({ pkce })
    expect(await callback(given)).toEqual({ outcome: 'stored', sourceId: 'log' })
    expect(values.get('log')).toBe(JSON.stringify({ token }))
    expect(values.has('other')).toBe(false)
    expect(seen.tried).toEqual([JSON.stringify({ token })])
    expect(await resultOf(store, attempt)).toEqual({ result: 'stored', says: 'the credential works and is stored' })
  })

  test('leaves neither code nor token nor client secret outside of secrets, and no verifier in an address', async () => {
    const { callback, given, everything, answer } = await started()
    const verifier = /"verifier":"([^"]+)"/.exec(everything())?.[1] ?? ''
    expect(verifier).toHaveLength(43)
    expect(answer.location).not.toContain(verifier)
    await callback(given)
    for (const secret of [code, token, clientSecret, verifier, key]) expect(everything()).not.toContain(secret)
  })

  test('reads only client secret and key', async () => {
    const { callback, given, reads } = await started()
    await callback(given)
    expect([...new Set(reads)].sort()).toEqual(['key', 'log-client'])
  })
})

describe('a start link', () => {
  test('works once, also when two browsers open it at the same time', async () => {
    const { start, link } = worldWith()
    const one = link()
    const outcomes = await Promise.all([start(one), start(one), start(one)])
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['started', 'used', 'used'])
  })

  test.each([
    ['just before ten minutes', attemptMs - 1, 'started'],
    ['after ten minutes', attemptMs, 'expired'],
    ['when the clock that made it is three minutes ahead', -3 * 60_000, 'expired'],
    ['when the clock that made it is a minute ahead', -60_000, 'started'],
  ])('%s: %d ms: %s', async (_, later, outcome) => {
    const { start, link, world } = worldWith()
    const one = link()
    world.now += later
    expect((await start(one)).outcome).toBe(outcome)
  })

  test.each([
    [
      'signed with another key',
      (world: ReturnType<typeof worldWith>) => world.link(world.attempt(), 'another-key-0123456789'),
    ],
    [
      'of another source',
      (world: ReturnType<typeof worldWith>) => world.link(world.attempt('other')).replace('/other/', '/log/'),
    ],
    ['without a signature', () => `${publicUrl}/oauth/log/start`],
    [
      'with the state of a callback in place of it',
      () => `${publicUrl}/oauth/log/start?link=${sign('state', newAttempt('log', noon), key)}`,
    ],
  ])('%s is refused, and costs no call of a store', async (_, make) => {
    const world = worldWith()
    const link = make(world)
    await world.start(link)
    world.reads.length = 0
    expect((await world.start(link)).outcome).toBe('invalid_link')
    expect(world.objects.size).toBe(0)
    expect(world.reads).toEqual([])
  })

  test('of an unknown source leads nowhere', async () => {
    const { start, link, attempt } = worldWith()
    expect(await start(link(attempt('nothing')))).toEqual({ outcome: 'unknown_source' })
  })

  test('counts at once after the key was replaced', async () => {
    const { start, link, attempt, values, world } = worldWith()
    expect((await start(link())).outcome).toBe('started')
    values.set('key', 'the-next-key-0123456789abcdef')
    expect((await start(link(attempt(), 'the-next-key-0123456789abcdef'))).outcome).toBe('started')
    world.now += 1
    expect((await start(link())).outcome).toBe('invalid_link')
  })

  test('is the eleventh within a minute: it is used up and says so; a minute later others work', async () => {
    const { start, link, world, attempt, store } = worldWith()
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => start(link())))
    expect(outcomes.every(({ outcome }) => outcome === 'started')).toBe(true)
    const eleventh = attempt('other')
    expect((await start(link(eleventh))).outcome).toBe('too_many')
    expect(await resultOf(store, eleventh)).toMatchObject({ result: 'refused' })
    expect((await start(link(eleventh))).outcome).toBe('used')
    world.now += 60_000
    expect((await start(link())).outcome).toBe('started')
  })

  test('that was used cannot use up the starts of a minute', async () => {
    const { start, link } = worldWith()
    const one = link()
    for (let time = 0; time < 20; time++) await start(one)
    expect((await start(link())).outcome).toBe('started')
  })

  test('is not used up while the store of attempts is down', async () => {
    const { start, link, state } = worldWith()
    const one = link()
    state.down = true
    expect((await start(one)).outcome).not.toBe('started')
    state.down = false
    expect((await start(one)).outcome).toBe('started')
  })
})

describe('an answer of the provider', () => {
  test('counts once, also when it arrives twice at the same time', async () => {
    const { callback, given, seen } = await started()
    const outcomes = await Promise.all([callback(given), callback(given)])
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['stored', 'used'])
    expect((await callback(given)).outcome).toBe('used')
    expect(seen.exchanges).toBe(1)
  })

  test.each([
    ['an invented state', (state: string) => ({ state: `x${state.slice(1)}`, code }), 'log'],
    ['the state of another source', () => ({ state: sign('state', newAttempt('other', noon), key), code }), 'log'],
    ['its state at another source', (state: string) => ({ state, code }), 'other'],
    ['a start link in place of the state', () => ({ state: sign('start', newAttempt('log', noon), key), code }), 'log'],
    ['no state', () => ({ code }), 'log'],
  ])('with %s is refused before anything is asked or stored', async (_, query, sourceId) => {
    const { callback, given, seen, values } = await started()
    expect((await callback(query(given.state), sourceId)).outcome).toBe('invalid_link')
    expect(seen.exchanges).toBe(0)
    expect(values.has(sourceId)).toBe(false)
  })

  test('with a state that was never started is refused', async () => {
    const { callback, seen } = worldWith()
    const state = sign('state', newAttempt('log', noon), key)
    expect((await callback({ state, code })).outcome).toBe('used')
    expect(seen.exchanges).toBe(0)
  })

  test('is awaited for ten minutes after the start', async () => {
    const late = await started()
    late.world.now += attemptMs + 1_000
    expect((await late.callback(late.given)).outcome).toBe('expired')
    const inTime = await started()
    inTime.world.now += attemptMs - 1_000
    expect((await inTime.callback(inTime.given)).outcome).toBe('stored')
  })

  test('can be that the person does not consent', async () => {
    const { callback, given, results, values } = await started()
    expect((await callback({ state: given.state, error: 'access_denied' })).outcome).toBe('denied')
    expect(results()).toEqual([{ result: 'refused', says: 'the person did not consent' }])
    expect(values.has('log')).toBe(false)
  })

  test.each([{ error: '<script>alert(1)</script>' }, { error: 'redirect_uri_mismatch', code }, { code: '' }, {}])(
    'can hold no code: %j is refused and not repeated',
    async (query) => {
      const { callback, given, results, seen } = await started()
      expect((await callback({ state: given.state, ...query })).outcome).toBe('refused')
      expect(results()).toMatchObject([{ result: 'refused' }])
      expect(results()[0]?.says).not.toContain('script')
      expect(seen.exchanges).toBe(0)
    },
  )
})

describe('nothing is stored, and the command that waits says why,', () => {
  const says = (text: RegExp) => [{ result: 'refused', says: expect.stringMatching(text) }]

  test.each([
    ['the provider refuses', new AuthError('the client secret is wrong'), 'refused', /client secret is wrong/],
    [
      'the provider is down',
      new TransientError('provider.example: no answer'),
      'provider_down',
      /no answer; make a new link/,
    ],
    ['our own code fails', new Error(`about ${token}`), 'internal', /^AuditLake failed/],
  ])('when %s', async (_, refuses, outcome, text) => {
    const { callback, given, results, values } = await started({ refuses })
    expect((await callback(given)).outcome).toBe(outcome)
    expect(results()).toEqual(says(text))
    expect(values.has('log')).toBe(false)
    expect((await callback(given)).outcome).toBe('used')
  })

  test('when the credential does not read the log of the source', async () => {
    const { callback, given, results, values } = await started({
      tryOut: async () => {
        throw new AuthError('it belongs to another organization', { fault: 'wrong-organization' })
      },
    })
    values.set('log', 'the credential from before')
    expect((await callback(given)).outcome).toBe('refused')
    expect(results()).toEqual(says(/another organization/))
    expect(values.get('log')).toBe('the credential from before')
  })

  test.each(['', '  \n'])('when the client secret is missing: %j', async (value) => {
    const { callback, given, results, values, seen } = await started()
    values.set('log-client', value)
    expect((await callback(given)).outcome).toBe('refused')
    expect(results()).toEqual(says(/put the client secret of the app into log-client/))
    expect(seen.exchanges).toBe(0)
  })

  test('when the client secret was rotated at the provider; the new one counts at once', async () => {
    const old = await started()
    old.values.set('log-client', 'the-client-secret-from-before')
    expect((await old.callback(old.given)).outcome).toBe('refused')
    const { callback, given, values } = await started()
    values.set('log-client', `${clientSecret}\n`)
    expect((await callback(given)).outcome).toBe('stored')
  })

  test('when the secret cannot be stored', async () => {
    const { callback, given, results, world } = await started({})
    world.storeFails = true
    const answer = await callback(given)
    expect(answer.outcome).toBe('store_down')
    expect(answer.cause).toBeInstanceOf(StoreError)
    expect(results()).toEqual(says(/cannot be stored; make a new link/))
  })
})
