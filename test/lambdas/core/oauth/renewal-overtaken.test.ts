import { expect, test } from 'vitest'
import { AuthError } from '../../../../lambdas/core/errors.ts'
import { Killer } from '../../../support/killer.ts'
import { epoch, hour, leaseKey, minute, tokenIn, renewalWorld as world } from '../../../support/renewal-world.ts'

/** Another credential is stored while a pair is renewed. */

test('a credential that is stored while the token is renewed is not overwritten', async () => {
  const { clock, provider, process, kept } = world()
  clock.time = epoch + 6 * hour
  const secret = process(new Killer(), async () => {
    if (provider.exchanges === 1) kept.version = { value: 'xoxp-pasted-by-hand', createdAt: clock.time }
  })
  expect(await secret.value()).toBe('xoxp-pasted-by-hand')
  expect([provider.exchanges, kept.puts]).toEqual([1, 0])
})

/** A process that has renewed the pair in the secret while another credential was stored there. */
async function overtaken(other = 'xoxp-pasted-by-hand') {
  const all = world()
  const { clock, provider, process, kept, reported, text } = all
  clock.time = epoch + 6 * hour
  const before = kept.version.value
  let isStored = false
  const secret = process(new Killer(), async () => {
    if (isStored || provider.exchanges === 0) return
    isStored = true
    kept.version = { value: other, createdAt: clock.time }
  })
  expect(await secret.value()).toBe(other)
  expect([provider.exchanges, kept.puts]).toEqual([1, 0])
  expect(reported).toEqual([])
  expect(text(leaseKey)).toBe('{}')
  const putBack = () => {
    kept.version = { value: before, createdAt: clock.time }
    secret.forget()
  }
  return { ...all, secret, putBack }
}

test('a renewed pair is stored as soon as the one that it replaces is put back', async () => {
  const { clock, provider, kept, secret, putBack } = await overtaken()
  clock.time += minute
  putBack()
  expect(tokenIn(await secret.value())).toBe('xoxe.xoxp-1-2')
  expect([provider.exchanges, kept.puts]).toEqual([1, 1])
  clock.time += 7 * hour
  expect(provider.accepts(tokenIn(await secret.value()))).toBe(true)
  expect(provider.accepts(tokenIn(kept.version.value))).toBe(true)
})

test('it is stored over nothing else, and outlives the renewal of another pair', async () => {
  const { clock, provider, kept, secret, putBack } = await overtaken()
  kept.version = { value: JSON.stringify({ ...provider.issue(), expiresAt: undefined }), createdAt: clock.time }
  secret.forget()
  clock.time += minute
  expect(tokenIn(await secret.value())).toBe('xoxe.xoxp-1-4')
  expect([provider.exchanges, kept.puts]).toEqual([2, 1])
  putBack()
  clock.time += minute
  expect(tokenIn(await secret.value())).toBe('xoxe.xoxp-1-2')
})

test('it is forgotten when it expires beside another credential', async () => {
  const { clock, provider, kept, secret, putBack } = await overtaken()
  clock.time += 12 * hour
  await secret.value()
  putBack()
  await expect(secret.value()).rejects.toThrow('invalid_refresh_token')
  expect([provider.exchanges, kept.puts]).toEqual([2, 0])
})

test('without the process that has it, the one that is put back works until it expires, and its renewal is refused', async () => {
  const { clock, provider, process, reported, first, putBack } = await overtaken()
  clock.time += minute
  putBack()
  clock.time = epoch + 10 * hour
  expect(tokenIn(await process().value())).toBe(first.token)
  expect(provider.accepts(first.token)).toBe(true)
  expect(reported).toEqual([new AuthError('invalid_refresh_token')])
  clock.time = epoch + 12 * hour
  await expect(process().value()).rejects.toThrow('invalid_refresh_token')
})

test('the process that has it stores it although another one was refused in between', async () => {
  const { clock, provider, process, kept, secret, putBack } = await overtaken()
  clock.time += minute
  putBack()
  clock.time = epoch + 10 * hour
  await process().value()
  clock.time += minute
  expect(tokenIn(await secret.value())).toBe('xoxe.xoxp-1-2')
  expect(provider.accepts(tokenIn(kept.version.value))).toBe(true)
})

test('a pair is not stored over a credential that comes while storing it fails', async () => {
  const { clock, process, kept } = world()
  clock.time = epoch + 6 * hour
  kept.fails = 2
  const secret = process(new Killer(), async () => {
    if (kept.fails === 1) kept.version = { value: 'xoxp-pasted-by-hand', createdAt: clock.time }
  })
  expect(await secret.value()).toBe('xoxp-pasted-by-hand')
  expect(kept.puts).toBe(0)
})

test('a pair is not stored twice when only the answer of the store is lost', async () => {
  const { clock, process, kept } = world()
  clock.time = epoch + 6 * hour
  kept.loses = 1
  expect(tokenIn(await process().value())).toBe('xoxe.xoxp-1-2')
  expect(kept.puts).toBe(1)
})
