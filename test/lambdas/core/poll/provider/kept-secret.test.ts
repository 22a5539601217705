import { expect, test } from 'vitest'
import { AuthError } from '../../../../../lambdas/core/errors.ts'
import { keptSecret } from '../../../../../lambdas/core/poll/provider/kept-secret.ts'
import type { SecretVersion } from '../../../../../lambdas/core/ports.ts'
import { epoch, pollWorld } from '../../../../support/poll-world.ts'

const minute = 60_000

function secretOf(version?: SecretVersion) {
  const store = { version, reads: 0 }
  const clock = { time: epoch }
  const read = async () => {
    store.reads++
    return store.version
  }
  return { store, clock, secret: keptSecret({ read }, 'arn:the-secret', { now: () => clock.time }) }
}

test('a secret is read once for all pages of some minutes', async () => {
  const { store, clock, secret } = secretOf({ value: 'one', createdAt: epoch })
  for (let n = 0; n < 10; n++) expect(await secret.value()).toBe('one')
  expect(store.reads).toBe(1)
  store.version = { value: 'two', createdAt: epoch + minute }
  clock.time += 5 * minute
  expect(await secret.value()).toBe('two')
})

test('a refused secret is read again before its next use', async () => {
  const { store, secret } = secretOf({ value: 'one', createdAt: epoch })
  await secret.value()
  secret.forget()
  store.version = { value: 'two', createdAt: epoch + minute }
  expect(await secret.value()).toBe('two')
})

test('an empty secret is a credential error with a remedy, and is read each time', async () => {
  const { store, secret } = secretOf()
  await expect(secret.value()).rejects.toMatchObject({
    name: 'AuthError',
    unasked: true,
    message: expect.stringContaining('arn:the-secret'),
  })
  expect(await secret.since()).toBeUndefined()
  store.version = { value: 'one', createdAt: epoch }
  expect(await secret.value()).toBe('one')
  expect(await secret.since()).toBe(epoch)
})

test('a stream with a refused credential waits, until the credential is replaced', async () => {
  const world = pollWorld({ order: 'newest-first', pageSize: 5 })
  const since = { time: epoch }
  const run = () => world.run({ options: { credentialSince: async () => since.time } })
  world.provider.expose()
  world.provider.faults.push(...Array.from({ length: 4 }, () => ({ error: new AuthError('revoked') })))
  for (let n = 0; n < 3; n++) {
    expect((await run()).outcome).toBe('credentials')
    world.clock.time = world.state().backoff.notBefore
  }
  expect((await run()).outcome).toBe('credentials')
  world.clock.time += minute
  expect((await run()).outcome).toBe('waiting')
  since.time = world.clock.time
  expect((await run()).outcome).toBe('done')
  expect(world.arrived).toEqual(world.provider.exposed)
})

test('a second wrong credential that replaces a first one is tried again after a minute, as the first was', async () => {
  const world = pollWorld({ order: 'newest-first', pageSize: 5 })
  const since = { time: epoch }
  const run = () => world.run({ options: { credentialSince: async () => since.time } })
  const waitMs = () => world.state().backoff.notBefore - world.clock.time
  world.provider.faults.push(...Array.from({ length: 5 }, () => ({ error: new AuthError('revoked') })))
  await run()
  expect(waitMs()).toBe(minute)
  for (let n = 0; n < 3; n++) {
    world.clock.time = world.state().backoff.notBefore
    await run()
  }
  expect(waitMs()).toBeGreaterThan(5 * minute)
  world.clock.time += minute
  since.time = world.clock.time
  expect((await run()).outcome).toBe('credentials')
  expect(waitMs()).toBe(minute)
})

test('every run looks for a missing secret, at no cost of requests', async () => {
  const world = pollWorld({ order: 'newest-first', pageSize: 5 })
  const missing = new AuthError('put it in', { unasked: true })
  world.provider.faults.push(...Array.from({ length: 3 }, () => ({ error: missing })))
  for (let n = 0; n < 3; n++) {
    expect((await world.run()).outcome).toBe('credentials')
    world.clock.time += minute
  }
  expect((await world.run()).outcome).toBe('done')
})
