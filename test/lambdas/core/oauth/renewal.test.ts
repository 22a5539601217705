import { expect, test } from 'vitest'
import { AuthError } from '../../../../lambdas/core/errors.ts'
import { withRenewal } from '../../../../lambdas/core/oauth/renewal-check.ts'
import { lastRenewal } from '../../../../lambdas/core/oauth/renewal-lease.ts'
import { checkStreams } from '../../../../lambdas/core/poll/check.ts'
import { Kill, Killer } from '../../../support/killer.ts'
import { epoch, hour, leaseKey, minute, tokenIn, renewalWorld as world } from '../../../support/renewal-world.ts'

test('a token is renewed at half of its life, and the new pair is stored with the one before', async () => {
  const { clock, provider, process, kept, first } = world()
  const secret = process()
  clock.time = epoch + 6 * hour - 1
  expect(tokenIn(await secret.value())).toBe(first.token)
  expect(provider.exchanges).toBe(0)
  clock.time = epoch + 6 * hour
  const value = JSON.parse(await secret.value())
  expect(value.token).not.toBe(first.token)
  expect(value).toEqual({ ...JSON.parse(kept.version.value), team: 'T0EXAMPLE1', previous: first })
  expect(provider.accepts(value.token)).toBe(true)
  for (let n = 0; n < 100; n++) await secret.value()
  expect([provider.exchanges, kept.puts]).toEqual([1, 1])
})

test('tokens renewed for a month are accepted all the time', async () => {
  const { clock, provider, process } = world()
  const secret = process()
  for (let n = 0; n < 30 * 24 * 4; n++) {
    expect(provider.accepts(tokenIn(await secret.value()))).toBe(true)
    clock.time += hour / 4
  }
  expect(provider.exchanges).toBeGreaterThanOrEqual(59)
  expect(provider.exchanges).toBeLessThanOrEqual(121)
})

test.each(['xoxp-pasted-by-hand', '{"token": "xoxp-pasted-by-hand"}'])(
  'a token pasted by hand stays as it is: %s',
  async (pasted) => {
    const { clock, provider, process, objects } = world(() => pasted)
    clock.time += 400 * 24 * hour
    expect(await process().value()).toBe(pasted)
    expect(provider.exchanges).toBe(0)
    expect(objects.size).toBe(0)
  },
)

test('a pair whose expiry is unknown is renewed at once', async () => {
  const { provider, process } = world(({ token, refreshToken }) => JSON.stringify({ token, refreshToken }))
  expect(provider.accepts(tokenIn(await process().value()))).toBe(true)
  expect(provider.exchanges).toBe(1)
})

test('a death before or after any step costs no credential', async () => {
  const scenario = async (killer: Killer) => {
    const all = world()
    all.clock.time = epoch + 6 * hour
    await all
      .process(killer)
      .value()
      .catch(() => undefined)
    // Two minutes: the next processes begin each minute.
    for (let n = 0; n < 3; n++) {
      all.clock.time += minute
      await all.process().value()
    }
    return all
  }
  const counter = new Killer()
  await scenario(counter)
  expect(counter.steps).toBeGreaterThanOrEqual(12)
  for (let at = 0; at < counter.steps; at++) {
    const killer = new Killer(at)
    const { clock, provider, process, reported } = await scenario(killer)
    expect(killer.killed).toBe(true)
    expect(
      reported.filter((error) => !(error instanceof Kill)),
      `killed at step ${at}`,
    ).toEqual([])
    // The stored pair is one that works on: also half a life later, and again.
    for (let n = 0; n < 4; n++) {
      clock.time += 7 * hour
      for (let m = 0; m < 3; m++) {
        clock.time += minute
        expect(provider.accepts(tokenIn(await process().value())), `killed at step ${at}`).toBe(true)
      }
    }
  }
})

test('an answer that is lost is asked for again at once', async () => {
  const { clock, provider, process, reported } = world()
  clock.time = epoch + 6 * hour
  provider.faults.push('lost')
  expect(provider.accepts(tokenIn(await process().value()))).toBe(true)
  expect(provider.exchanges).toBe(2)
  expect(reported).toEqual([])
})

test('two processes never exchange the same refresh token, whatever their order', async () => {
  for (let seed = 1; seed <= 200; seed++) {
    const { clock, provider, process } = world()
    clock.time = epoch + 6 * hour
    let state = seed
    const between = async () => {
      state = (state * 48_271) % 2_147_483_647
      for (let turns = state % 4; turns > 0; turns--) await Promise.resolve()
    }
    const processes = [process(new Killer(), between), process(new Killer(), between)]
    const values = await Promise.all(processes.map((secret) => secret.value()))
    for (const value of values) expect(provider.accepts(tokenIn(value))).toBe(true)
    expect(provider.exchanges).toBe(1)
  }
})

test('a process that stood still after its exchange does not overwrite the pair of another', async () => {
  const { clock, provider, process, kept } = world()
  clock.time = epoch + 6 * hour
  let isStill = true
  const secret = process(new Killer(), async () => {
    if (!isStill || provider.exchanges === 0) return
    isStill = false
    clock.time += minute
    await process().value()
  })
  await secret.value()
  expect(provider.exchanges).toBe(2)
  expect(kept.puts).toBe(1)
  expect(provider.accepts(tokenIn(kept.version.value))).toBe(true)
})

test('a provider that is down leaves the token in use, and is asked again after a wait', async () => {
  const { clock, provider, process, reported, text } = world()
  clock.time = epoch + 6 * hour
  const secret = process()
  provider.faults.push('down', 'down', 'down')
  expect(provider.accepts(tokenIn(await secret.value()))).toBe(true)
  expect(reported).toHaveLength(1)
  expect(text(leaseKey)).toContain('the provider is down')
  expect(text(leaseKey)).not.toContain('xoxe')
  clock.time += minute
  expect(tokenIn(await secret.value())).toBe('xoxe.xoxp-1-2')
})

test('a refresh token that is refused is an error once the token has expired, and only reported before', async () => {
  const { clock, provider, process, reported } = world()
  provider.clientSecretIsRight = false
  const secret = process()
  clock.time = epoch + 11 * hour
  expect(provider.accepts(tokenIn(await secret.value()))).toBe(true)
  expect(reported).toEqual([new AuthError('bad_client_secret')])
  clock.time = epoch + 12 * hour
  await expect(secret.value()).rejects.toThrow('bad_client_secret')
  provider.clientSecretIsRight = true
  clock.time += hour / 4
  expect(provider.accepts(tokenIn(await secret.value()))).toBe(true)
})

test('a pair that cannot be stored is not used, and stored as soon as that works', async () => {
  const { clock, provider, process, kept, reported, first } = world()
  clock.time = epoch + 6 * hour
  const secret = process()
  kept.fails = 5
  expect(tokenIn(await secret.value())).toBe(first.token)
  expect(reported).toHaveLength(1)
  clock.time += minute
  expect(tokenIn(await secret.value())).toBe('xoxe.xoxp-1-2')
  expect([provider.exchanges, kept.puts]).toEqual([1, 1])
})

test('a credential that was replaced by hand meanwhile is taken as it is', async () => {
  const { clock, provider, process, kept } = world()
  const secret = process()
  await secret.value()
  clock.time = epoch + 6 * hour
  kept.version = { value: 'xoxp-pasted-by-hand', createdAt: clock.time }
  expect(await secret.value()).toBe('xoxp-pasted-by-hand')
  expect(provider.exchanges).toBe(0)
})

test('an expired token is not used while its renewal waits, and the error says why it was not renewed', async () => {
  const { clock, provider, process } = world()
  provider.clientSecretIsRight = false
  clock.time = epoch + 12 * hour
  const secret = process()
  await expect(secret.value()).rejects.toThrow('bad_client_secret')
  clock.time += minute / 2
  await expect(process().value()).rejects.toMatchObject({
    name: 'AuthError',
    message: 'the token has expired, and is not renewed: bad_client_secret',
  })
})

test('a check says that a renewal is refused although the token still works', async () => {
  const { clock, provider, process, kept, store } = world()
  provider.clientSecretIsRight = false
  clock.time = epoch + 6 * hour
  await process().value()
  const read = async () => {}
  const checked = async () =>
    await checkStreams([
      withRenewal({ stream: 'acme.audit', read }, () => lastRenewal(store, leaseKey, async () => kept.version.value)),
    ])
  expect(await checked()).toEqual({
    checks: [
      {
        stream: 'acme.audit',
        ok: false,
        fault: 'expired-or-revoked',
        says: 'the token works until it expires, and is not renewed: bad_client_secret',
      },
    ],
  })
  provider.clientSecretIsRight = true
  clock.time += hour
  await process().value()
  expect(await checked()).toEqual({ checks: [{ stream: 'acme.audit', ok: true }] })
})

test('the wait after a refusal is not one for another pair, and nothing tells its refresh token', async () => {
  const { clock, provider, process, kept, text } = world()
  provider.clientSecretIsRight = false
  clock.time = epoch + 6 * hour
  await process().value()
  provider.clientSecretIsRight = true
  const consented = provider.issue()
  const expiresAt = new Date(clock.time - 1).toISOString()
  kept.version = { value: JSON.stringify({ ...consented, expiresAt }), createdAt: clock.time }
  expect(text(leaseKey)).toContain('bad_client_secret')
  expect(text(leaseKey)).not.toContain('xoxe')
  expect(tokenIn(await process().value())).toBe('xoxe.xoxp-1-3')
})

test('a lease of before, which names no pair, is held', async () => {
  const { clock, provider, process, objects } = world()
  clock.time = epoch + 6 * hour
  const older = { owner: 'another process', expiresAt: clock.time + 20_000 }
  objects.set(leaseKey, new TextEncoder().encode(JSON.stringify(older)))
  await process().value()
  expect(provider.exchanges).toBe(0)
  clock.time += minute
  await process().value()
  expect(provider.exchanges).toBe(1)
})
